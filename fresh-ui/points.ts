/**
 * Several variables against each other, as bytes.
 *
 * All numbers are little-endian. The first 8 bytes are the letters `SCP1` and, as an unsigned 32-bit integer, the number
 * of variables. Two 8-byte floats follow: n, the number of points, and how many there were before they were thinned.
 * Then come n times (Unix seconds) and, for each variable in the order in which it was asked for, n values, 8-byte
 * floats each, in the order of recording.
 *
 * There is a point for each entry that holds the last of the variables. Where the entry does not hold one of the others,
 * as with variables of different tasks, the point has its last known value. Where there are too many points, those
 * with the least and the greatest value of each variable in each stretch of them are kept.
 *
 * @module
 */

import type { Points } from "../session/history/points.ts";

const MAGIC = 0x31504353; // "SCP1"
const HEAD = 24;

/** Points as bytes. */
export function encodePoints({ t, values, of }: Points): Uint8Array<ArrayBuffer> {
  const n = t.length;
  const bytes = new Uint8Array(HEAD + (values.length + 1) * n * 8);
  new Uint32Array(bytes.buffer, 0, 2).set([MAGIC, values.length]);
  const numbers = new Float64Array(bytes.buffer, 8);
  numbers.set([n, of]);
  numbers.set(t, 2);
  for (const [i, column] of values.entries()) numbers.set(column, 2 + (i + 1) * n);
  return bytes;
}

/**
 * Undoes {@linkcode encodePoints}. The arrays are views of the bytes.
 *
 * @throws {TypeError} If the bytes are not points.
 */
export function decodePoints(buffer: ArrayBuffer): Points {
  const refuse = (why: string): TypeError => new TypeError(`Cannot read points, as ${why}.`);
  if (buffer.byteLength < HEAD) throw refuse(`${buffer.byteLength} bytes are too few`);
  const [magic, count = 0] = new Uint32Array(buffer, 0, 2);
  if (magic !== MAGIC) throw refuse("they do not begin with SCP1");
  const [n = 0, of = 0] = new Float64Array(buffer, 8, 2);
  if (buffer.byteLength !== HEAD + (count + 1) * n * 8) {
    throw refuse(`${count} variables of ${n} points are not ${buffer.byteLength} bytes`);
  }
  const column = (i: number): Float64Array<ArrayBuffer> =>
    new Float64Array(buffer, HEAD + i * n * 8, n);
  return { t: column(0), values: Array.from({ length: count }, (_, i) => column(i + 1)), of };
}
