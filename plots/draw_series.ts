/**
 * The data of a figure as shapes.
 *
 * @module
 */

import type { DotsShape, Shape } from "./display_list.ts";
import { timeShapes } from "./draw_time_series.ts";
import { traceIndex } from "./extents.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";
import { PixelLine } from "./pixel_line.ts";
import { lineShapes, type Pen, penOf } from "./series_pen.ts";

/** Pairs of values as a line, as dots, or both. */
function pairShapes(
  layout: Layout,
  place: number,
  axis: Axis,
  [x, y]: readonly [Float64Array, Float64Array],
  look: { line: boolean; ordered: boolean; opacity?: number },
): Shape[] {
  const pen = penOf(layout, place, look.opacity);
  const { plot, resolution } = layout;
  const by = look.ordered ? "columns" : "distance";
  const [across, up] = [layout.x.scale, axis.scale];
  if (!look.line) return dots(layout, pen, x, y, axis);
  const line = new PixelLine({ box: plot, by, resolution });
  for (let k = 0; k < y.length; k++) {
    line.to(across.toPixel(x[k] ?? NaN), up.toPixel(y[k] ?? NaN));
  }
  return lineShapes(layout, line, pen);
}

/** Dots, of those at one pixel only one. */
function dots(layout: Layout, pen: Pen, x: Float64Array, y: Float64Array, axis: Axis): DotsShape[] {
  const { plot, fontSize } = layout;
  const radius = fontSize / 6;
  const seen = new Set<number>();
  const points: number[] = [];
  for (let k = 0; k < y.length; k++) {
    const px = layout.x.scale.toPixel(x[k] ?? NaN);
    const py = axis.scale.toPixel(y[k] ?? NaN);
    const inside = px >= plot.x - radius && px <= plot.x + plot.width + radius &&
      py >= plot.y - radius && py <= plot.y + plot.height + radius;
    if (!inside) continue;
    const pixel = Math.round(py * 2) * 1e6 + Math.round(px * 2);
    if (seen.has(pixel)) continue;
    seen.add(pixel);
    points.push(px, py);
  }
  const common = { clip: plot, series: pen.name, role: "points" };
  return points.length === 0 ? [] : [{
    ...common,
    kind: "dots",
    points: Float64Array.from(points),
    radius,
    fill: pen.color,
    opacity: 0.75,
  }];
}

/** The faintest that the oldest trace gets. */
const OLDEST = 0.25;

/** The shapes of all series, the first one at the back. */
export function seriesShapes(layout: Layout): Shape[] {
  const { figure } = layout;
  if (figure.kind === "heatmap") return [];
  return figure.series.flatMap((_, place) => {
    const axis = layout.y.find(({ series }) => series.includes(place));
    if (axis === undefined) return [];
    switch (figure.kind) {
      case "time":
        return timeShapes(layout, figure, place, axis);
      case "xy": {
        const one = figure.series[place];
        const line = figure.definition.line ?? true;
        return one === undefined
          ? []
          : pairShapes(layout, place, axis, [one.x, one.y], { line, ordered: false });
      }
      case "trace": {
        const one = figure.series[place];
        if (one === undefined) return [];
        const age = figure.series.length - 1 - place;
        const opacity = age === 0 ? {} : { opacity: Math.max(OLDEST, 0.75 ** age) };
        const pair = [traceIndex(one), one.values] as const;
        return pairShapes(layout, place, axis, pair, { line: true, ordered: true, ...opacity });
      }
    }
  });
}
