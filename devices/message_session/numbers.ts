/**
 * Numbers as instruments write them.
 *
 * @module
 */

import { ProtocolError } from "../transports/errors.ts";

/** SCPI-99 volume 1, 7.2.1: what stands for what is not a number or has no end. */
const NOT_A_NUMBER = 9.91e37;
const INFINITY = 9.9e37;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:\s?e\s?[+-]?\d+)?$/i;
const WORDS: ReadonlyMap<string, number> = new Map([
  ["NAN", NaN],
  ["INF", Infinity],
  ["+INF", Infinity],
  ["INFINITY", Infinity],
  ["NINF", -Infinity],
  ["-INF", -Infinity],
  ["NINFINITY", -Infinity],
]);

/**
 * Reads one number: decimal, `#H1F`, `#Q37`, `#B11`, `NAN`, `INF` or `NINF`.
 *
 * @param style `"scpi"` reads SCPI's numbers for NaN and Infinity as these.
 * @throws {ProtocolError} If it is none.
 */
export function parseNumber(text: string, style: "scpi" | "plain", resource: string): number {
  const plain = text.trim();
  let value = NaN;
  if (DECIMAL.test(plain)) value = Number(plain.replaceAll(/\s/g, ""));
  else {
    const word = WORDS.get(plain.toUpperCase());
    if (word !== undefined) return word;
    value = nonDecimal(plain);
    if (Number.isNaN(value)) {
      const seen = plain.length > 60 ? `${plain.slice(0, 60)} …` : plain;
      throw new ProtocolError(
        `Cannot read an answer of ${resource} as a number, as it is something else: ` +
          `${JSON.stringify(seen)}.`,
        resource,
      );
    }
  }
  if (style === "plain") return value;
  if (value === NOT_A_NUMBER) return NaN;
  return Math.abs(value) === INFINITY ? Math.sign(value) * Infinity : value;
}

/** IEEE 488.2 section 7.7.4: digits in another base; NaN if it is nothing of the kind. */
function nonDecimal(text: string): number {
  const match = /^#(?:(h)[0-9a-f]+|(q)[0-7]+|(b)[01]+)$/i.exec(text);
  if (match === null) return NaN;
  return parseInt(text.slice(2), match[1] !== undefined ? 16 : match[2] !== undefined ? 8 : 2);
}
