/**
 * The renderer of pictures as text, so that it is imported like any module and needs no permission to be read. Wasm
 * could be imported as such, but `deno bundle` cannot bundle a program in which that is done.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

const TEXT = new URL("../pictures/assets/resvg.txt", import.meta.url);

function wasm(): Buffer {
  return Buffer.from(
    Deno.readFileSync(new URL(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"))),
  );
}

/** Whether the text holds the renderer of the package that is installed. */
export function resvgIsCurrent(): boolean {
  try {
    const packed = Buffer.from(Deno.readTextFileSync(TEXT), "base64");
    return brotliDecompressSync(packed).equals(wasm());
  } catch {
    return false;
  }
}

/** Makes the text anew. */
export function makeResvg(): void {
  const packed = brotliCompressSync(wasm()).toString("base64");
  Deno.writeTextFileSync(TEXT, `${packed.replace(/.{100}/g, "$&\n")}\n`);
}
