/**
 * The finest lines: on whole pixels, so that they are crisp.
 *
 * @module
 */

import type { LineShape } from "./display_list.ts";

/** How many pixels wide they are: one, and more on screens that are looked at from afar. */
export function hairWidth(fontSize: number): number {
  return Math.max(1, Math.round(fontSize / 13));
}

/** The middle of the pixels that a hairline takes. */
export function crisp(pixel: number, fontSize: number): number {
  return hairWidth(fontSize) % 2 === 1 ? Math.floor(pixel) + 0.5 : Math.round(pixel);
}

/** Hairlines through points. */
export function hairline(
  points: readonly number[],
  stroke: string,
  fontSize: number,
  role: string,
): LineShape {
  const width = hairWidth(fontSize);
  return { kind: "line", role, points: Float64Array.from(points), stroke, width };
}
