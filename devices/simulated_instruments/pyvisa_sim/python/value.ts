/**
 * Python's values, as far as a property of an instrument has them.
 *
 * @module
 */

import { reprFloat } from "./float_text.ts";

/** A value: Python's `str`, `int` and `float`. */
export type PythonValue = string | bigint | number;

/** The name of a type of Python's. */
export type PythonType = "str" | "int" | "float";

/** What Python raises when a value is none of a type's. */
export class ValueError extends Error {}

const DIGITS = String.raw`\d+(?:_\d+)*`;
const INTEGER = new RegExp(String.raw`^[+-]?${DIGITS}$`);
const FLOAT = new RegExp(
  String
    .raw`^[+-]?(?:(?:${DIGITS}\.?(?:${DIGITS})?|\.${DIGITS})(?:e[+-]?${DIGITS})?|inf(?:inity)?|nan)$`,
  "i",
);

/** What Python's `str()` makes of a value. */
export function str(value: PythonValue): string {
  return typeof value === "number" ? reprFloat(value) : String(value);
}

/**
 * What Python's `int()` makes of a value: the fraction is cut off.
 *
 * @throws {ValueError} If it is no number.
 */
export function int(value: PythonValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ValueError(`${str(value)} is no integer`);
    return BigInt(Math.trunc(value));
  }
  const text = value.trim();
  if (!INTEGER.test(text)) throw new ValueError(`${JSON.stringify(value)} is no integer`);
  return BigInt(text.replaceAll("_", "").replace(/^\+/, ""));
}

/**
 * What Python's `float()` makes of a value.
 *
 * @throws {ValueError} If it is no number.
 */
export function float(value: PythonValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  const text = value.trim();
  if (!FLOAT.test(text)) throw new ValueError(`${JSON.stringify(value)} is no number`);
  const plain = text.replaceAll("_", "").toLowerCase();
  const special = /^([+-]?)(inf|nan)/.exec(plain);
  if (special === null) return Number(plain);
  return special[2] === "nan" ? NaN : special[1] === "-" ? -Infinity : Infinity;
}

/** The types by name. */
export const TYPES: Readonly<Record<PythonType, (value: PythonValue) => PythonValue>> = {
  str,
  int,
  float,
};
