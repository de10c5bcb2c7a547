/**
 * Pixels as a PNG file.
 *
 * @module
 */

import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Header: eight bits for each of red, green and blue; no interlacing. */
const DEPTH = 8;
const RGB = 2;
const NO_FILTER = 0;

/** What is packed. Pictures of one size come one after the other: a buffer for each would have to be cleared and collected. */
let scratch = new Uint8Array(0);

/**
 * Opaque pixels as a PNG, of which the drawing's flat areas make little: rows are not filtered, which suits them better
 * than photographs, and the system's own zlib packs them several times faster than WebAssembly does.
 *
 * @see https://www.w3.org/TR/png-3/
 * @param pixels Red, green, blue and opacity of each pixel, a byte each, row by row.
 * @param width Pixels in a row.
 * @returns Undefined if a pixel can be seen through.
 */
export function opaquePng(pixels: Uint8Array, width: number): Uint8Array<ArrayBuffer> | undefined {
  const height = pixels.length / 4 / width;
  const length = height * (1 + 3 * width);
  if (scratch.length !== length) scratch = new Uint8Array(length);
  const rows = scratch;
  let from = 0;
  let to = 0;
  for (let y = 0; y < height; y++) {
    rows[to] = NO_FILTER;
    to += 1;
    for (let x = 0; x < width; x++, from += 4, to += 3) {
      if (pixels[from + 3] !== 255) return undefined;
      rows[to] = pixels[from] as number;
      rows[to + 1] = pixels[from + 1] as number;
      rows[to + 2] = pixels[from + 2] as number;
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([DEPTH, RGB], 8);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 6 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const file = new Uint8Array(
    chunks.reduce((sum, { length }) => sum + length, SIGNATURE.length),
  );
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const one of chunks) {
    file.set(one, at);
    at += one.length;
  }
  return file;
}

/** Length, type, data and the checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(12 + data.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  whole.set(new TextEncoder().encode(type), 4);
  whole.set(data, 8);
  view.setUint32(8 + data.length, crc32(whole.subarray(4, 8 + data.length)));
  return whole;
}
