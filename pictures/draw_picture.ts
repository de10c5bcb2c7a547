/**
 * A figure as a drawing of a size.
 *
 * @module
 */

import { draw } from "../plots/draw.ts";
import type { Figure } from "../plots/figure.ts";
import { layOut } from "../plots/layout.ts";
import { toSvg } from "../plots/svg.ts";
import { theme } from "../plots/theme.ts";
import { zoneOffset } from "../plots/zone.ts";
import type { PictureLook } from "./look.ts";

/** A drawing. */
export interface Drawing {
  /** It as SVG. */
  readonly svg: string;
  /** What it shows in a sentence, for those who can't see it. */
  readonly description: string;
}

/**
 * Draws a figure.
 *
 * @param id What ids in the SVG begin with.
 */
export function drawPicture(figure: Figure, look: PictureLook, id: string): Drawing {
  const { width, height, scale, theme: name, timeZone } = look;
  const list = draw(layOut(figure, {
    width,
    height,
    resolution: scale,
    theme: theme(name),
    offset: zoneOffset(timeZone),
  }));
  return { svg: toSvg(list, { id }), description: list.description };
}
