/// <reference lib="dom" />
/**
 * A plot as a file for the viewer.
 *
 * @module
 */

import { draw } from "../../plots/draw.ts";
import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { layOut } from "../../plots/layout.ts";
import { toSvg } from "../../plots/svg.ts";
import { theme } from "../../plots/theme.ts";
import { zoneOffset } from "../../plots/zone.ts";
import { browserTime } from "./browser.ts";
import { drawOn } from "./paint.ts";

/** The size of a picture, CSS pixels, and how fine it is. */
const PICTURE = { width: 1200, height: 675, resolution: 2 } as const;

/** Gives the viewer a plot as a file, on white, whatever the page's colours are. */
export async function exportPicture(
  { figure, view }: { readonly figure: Figure; readonly view: View },
  format: "png" | "svg",
  name: string,
): Promise<void> {
  const layout = layOut(figure, {
    ...PICTURE,
    view,
    theme: theme("light"),
    offset: zoneOffset(),
    lastValues: false,
  });
  const file = `${name.replace(/[^\p{L}\p{N} ._-]+/gu, "_").slice(0, 80)}.${format}`;
  if (format === "svg") {
    return offer(new Blob([toSvg(draw(layout))], { type: "image/svg+xml" }), file);
  }
  const canvas = document.createElement("canvas");
  drawOn(canvas, layout, {});
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob !== null) offer(blob, file);
}

function offer(blob: Blob, file: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  // The browser reads it after the click.
  browserTime.after(10_000, () => URL.revokeObjectURL(url));
}
