/**
 * The finest lines: one pixel, on whole pixels, so that they are crisp.
 *
 * @module
 */

import type { LineShape } from "./display_list.ts";

/** The middle of the pixel that a hairline takes. */
export function crisp(pixel: number): number {
  return Math.floor(pixel) + 0.5;
}

/** Lines of one pixel. */
export function hairline(points: readonly number[], stroke: string, role: string): LineShape {
  return { kind: "line", role, points: Float64Array.from(points), stroke, width: 1 };
}
