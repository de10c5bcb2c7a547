/**
 * From SVG to PNG, without a browser.
 *
 * @module
 */

import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { drawable } from "./characters.ts";
import { type PackedAssets, unpacked } from "./packed.ts";
import { opaquePng } from "./png.ts";

/** The family that the fonts are of, and that stands in for every other one. */
const FAMILY = "DejaVu Sans";

/** It can be set up once in a thread. */
let ready: Promise<void> | undefined;

/** Draws pixels. */
export class Rasterizer {
  readonly #fonts: Uint8Array[];

  /** Use {@linkcode Rasterizer.load}. */
  private constructor(fonts: Uint8Array[]) {
    this.#fonts = fonts;
  }

  /** Unpacks the renderer and its fonts; some 50 ms of a processor, so not where something is timed. */
  static async load({ renderer, fonts }: PackedAssets): Promise<Rasterizer> {
    ready ??= initWasm(new WebAssembly.Module(unpacked(renderer)));
    await ready;
    return new Rasterizer(fonts.map(unpacked));
  }

  /**
   * A drawing as a PNG.
   *
   * @param svg The drawing.
   * @param scale Pixels for each CSS pixel.
   */
  png(svg: string, scale: number): Uint8Array<ArrayBuffer> {
    const legible = svg.replace(/>([^<>]*)<\/text>/g, (_, text) => `>${drawable(text)}</text>`);
    const drawing = new Resvg(legible, {
      fitTo: { mode: "zoom", value: scale },
      font: {
        fontBuffers: this.#fonts,
        defaultFontFamily: FAMILY,
        sansSerifFamily: FAMILY,
      },
    });
    try {
      const image = drawing.render();
      try {
        // Copies: what is given may be a part of the renderer's memory.
        return opaquePng(image.pixels, image.width) ?? new Uint8Array(image.asPng());
      } finally {
        image.free();
      }
    } finally {
      drawing.free();
    }
  }
}
