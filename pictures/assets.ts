/**
 * Loads what pictures are made with. It is carried as text, so that reading it needs no permission and it travels with a
 * compiled program.
 *
 * @module
 */

import type { PackedAssets } from "./packed.ts";

/** Loads the renderer and its fonts: a megabyte, so only when a picture is wanted. */
export async function packedAssets(): Promise<PackedAssets> {
  const texts = await Promise.all([
    import("./assets/resvg.txt", { with: { type: "text" } }),
    import("./assets/dejavu_sans.txt", { with: { type: "text" } }),
    import("./assets/dejavu_sans_bold.txt", { with: { type: "text" } }),
  ]);
  const [renderer = "", ...fonts] = texts.map(({ default: text }) => text);
  return { renderer, fonts };
}
