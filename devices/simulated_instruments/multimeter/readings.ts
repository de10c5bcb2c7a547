/**
 * Readings as a multimeter sends them.
 *
 * @module
 */

import { encodeBlock, type Endianness } from "../../ieee_block.ts";
import type { ScpiResponse } from "../scpi/response.ts";

/** How readings are sent. */
export interface ReadingFormat {
  /** As text, or as binary numbers of 4 or 8 bytes. */
  readonly type: "ASC" | "REAL,32" | "REAL,64";
  /** Which byte of a binary number comes first. */
  readonly endianness: Endianness;
}

/** Largest number of binary formats that says "overload", as there is no infinity on the wire. */
const OVERLOAD = 9.9e37;

/** Readings as an answer: text, or a definite block. */
export function formatReadings(
  readings: readonly number[],
  { type, endianness }: ReadingFormat,
): ScpiResponse {
  if (type === "ASC") return readings;
  const numbers = readings.map((one) => Number.isFinite(one) ? one : Math.sign(one) * OVERLOAD);
  const array = type === "REAL,32" ? new Float32Array(numbers) : new Float64Array(numbers);
  return encodeBlock(array, { endianness });
}
