/**
 * What pictures are made with, as text.
 *
 * @module
 */

import { brotliDecompressSync } from "node:zlib";

/** The renderer and its fonts, packed: Brotli, as base64. */
export interface PackedAssets {
  /** The renderer, as WebAssembly. */
  readonly renderer: string;
  /** TrueType fonts. */
  readonly fonts: readonly string[];
}

/** The bytes that a text holds. */
export function unpacked(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(brotliDecompressSync(Uint8Array.fromBase64(text)));
}
