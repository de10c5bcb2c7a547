/**
 * Reads PNGs: those of 8 bits a channel, with or without opacity, which pictures are.
 *
 * @module
 */

import { inflateSync } from "node:zlib";

/** An image: four bytes a pixel, row by row. */
export interface Pixels {
  /** How many pixels a row has. */
  readonly width: number;
  /** How many rows there are. */
  readonly height: number;
  /** Red, green, blue and opacity of each pixel. */
  readonly rgba: Uint8Array;
}

/** What the filters of the PNG specification (W3C, section 9) predict a byte to be. */
function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const [a, b, c] = [left, up, corner].map((one) => Math.abs(left + up - corner - one));
      return (a ?? 0) <= (b ?? 0) && (a ?? 0) <= (c ?? 0)
        ? left
        : (b ?? 0) <= (c ?? 0)
        ? up
        : corner;
    }
    default:
      throw new TypeError(`There is no filter ${filter}`);
  }
}

/** Reads a PNG. */
export function decodePng(png: Uint8Array<ArrayBuffer>): Pixels {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (view.getUint32(0) !== 0x89504e47) throw new TypeError("It is no PNG");
  let [width, height, channels] = [0, 0, 4];
  const parts: Uint8Array[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const kind = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    const data = at + 8;
    if (kind === "IHDR") {
      [width, height] = [view.getUint32(data), view.getUint32(data + 4)];
      const [depth, color, , , interlaced] = png.subarray(data + 8, data + 13);
      if (depth !== 8 || interlaced !== 0 || (color !== 6 && color !== 2)) {
        throw new TypeError(`It has ${depth} bits, colours ${color}, interlacing ${interlaced}`);
      }
      channels = color === 6 ? 4 : 3;
    } else if (kind === "IDAT") parts.push(png.subarray(data, data + length));
    at = data + length + 4;
  }
  const packed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (packed.set(part, at), at + part.length), 0);
  const lines = inflateSync(packed);
  const bytes = width * channels;
  const plain = new Uint8Array(height * bytes);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (bytes + 1)] ?? 0;
    for (let k = 0; k < bytes; k++) {
      const left = k < channels ? 0 : plain[y * bytes + k - channels] ?? 0;
      const up = y === 0 ? 0 : plain[(y - 1) * bytes + k] ?? 0;
      const corner = y === 0 || k < channels ? 0 : plain[(y - 1) * bytes + k - channels] ?? 0;
      plain[y * bytes + k] = (lines[y * (bytes + 1) + 1 + k] ?? 0) +
        predicted(filter, left, up, corner);
    }
  }
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let k = 0; k < channels; k++) rgba[pixel * 4 + k] = plain[pixel * channels + k] ?? 0;
  }
  return { width, height, rgba };
}
