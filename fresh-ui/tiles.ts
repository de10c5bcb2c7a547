/**
 * Series as bytes, at the width of a plot.
 *
 * All numbers are little-endian. The first 8 bytes are the letters `SCT1` and, as an unsigned 32-bit integer, the number
 * of series, which are in the order in which they were asked for. Each begins with four 8-byte floats:
 *
 * | | points | buckets |
 * | --- | --- | --- |
 * | kind | 0 | 1 |
 * | n | how many values | how many buckets that hold values |
 * | from | 0 | when bucket 0 begins, Unix seconds |
 * | width | 0 | seconds from one bucket to the next |
 *
 * Points follow as n times (Unix seconds) and n values, 8-byte floats each, in the order of recording. They include
 * the last value before and the first one after what was asked for, so that a line can reach the edges; NaN and the
 * infinities are as they were recorded.
 *
 * Buckets follow as n least, n greatest and n mean values, 8-byte floats each, then n numbers of buckets, unsigned
 * 32-bit integers in rising order, and, if n is odd, 4 bytes without meaning. A bucket without finite values is left out.
 *
 * @module
 */

import type { Tile } from "../session/history/tile.ts";

const MAGIC = 0x31544353; // "SCT1"
const HEAD = 4 * 8;

function sizeOf(tile: Tile): number {
  if (tile.kind === "points") return HEAD + tile.t.byteLength * 2;
  return HEAD + tile.min.byteLength * 3 + 8 * Math.ceil(tile.index.length / 2);
}

/** Series as bytes. */
export function encodeTiles(tiles: readonly Tile[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + tiles.reduce((sum, tile) => sum + sizeOf(tile), 0));
  new Uint32Array(bytes.buffer, 0, 2).set([MAGIC, tiles.length]);
  let at = 8;
  const put = (numbers: Float64Array): void => {
    new Float64Array(bytes.buffer, at, numbers.length).set(numbers);
    at += numbers.byteLength;
  };
  for (const tile of tiles) {
    if (tile.kind === "points") {
      put(Float64Array.of(0, tile.t.length, 0, 0));
      put(tile.t);
      put(tile.values);
    } else {
      const { index, from, width } = tile;
      put(Float64Array.of(1, index.length, from, width));
      put(tile.min);
      put(tile.max);
      put(tile.mean);
      new Uint32Array(bytes.buffer, at, index.length).set(index);
      at += 8 * Math.ceil(index.length / 2);
    }
  }
  return bytes;
}

/**
 * Undoes {@linkcode encodeTiles}. The arrays are views of the bytes.
 *
 * @throws {TypeError} If the bytes are not tiles.
 */
export function decodeTiles(buffer: ArrayBuffer): Tile[] {
  const refuse = (why: string): TypeError => new TypeError(`Cannot read tiles, as ${why}.`);
  if (buffer.byteLength < 8) throw refuse(`${buffer.byteLength} bytes are too few`);
  const [magic, count = 0] = new Uint32Array(buffer, 0, 2);
  if (magic !== MAGIC) throw refuse("they do not begin with SCT1");
  let at = 8;
  const take = (n: number): Float64Array<ArrayBuffer> => {
    if (!Number.isSafeInteger(n) || n < 0 || at + n * 8 > buffer.byteLength) {
      throw refuse(`they end early, after ${buffer.byteLength} bytes`);
    }
    const numbers = new Float64Array(buffer, at, n);
    at += n * 8;
    return numbers;
  };
  const tiles: Tile[] = [];
  for (let i = 0; i < count; i++) {
    const [kind, n = 0, from = 0, width = 0] = take(4);
    if (kind === 0) tiles.push({ kind: "points", t: take(n), values: take(n) });
    else if (kind === 1) {
      const [min, max, mean] = [take(n), take(n), take(n)];
      const start = at;
      take(Math.ceil(n / 2));
      const index = new Uint32Array(buffer, start, n);
      tiles.push({ kind: "buckets", from, width, index, min, max, mean });
    } else throw refuse(`there is no kind ${kind}`);
  }
  return tiles;
}
