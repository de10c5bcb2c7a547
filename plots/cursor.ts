/**
 * What a drawing says at a place: for cursors.
 *
 * @module
 */

import { traceIndex } from "./extents.ts";
import type { BucketRun, HeatmapFigure, PointRun, TimeSeries, XySeries } from "./figure.ts";
import { cellAt, type HeatGrid } from "./heat_grid.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";

/** Where a cursor is, CSS pixels. */
export interface CursorPlace {
  /** From the drawing's left edge. */
  readonly x: number;
  /** From the drawing's upper edge. */
  readonly y: number;
}

/** What a series has at a cursor. */
export interface CursorReading {
  /** Which series, by its place in the figure; 0 of a heat map. */
  readonly series: number;
  /** Where along the horizontal axis, in its values. */
  readonly across: number;
  /** The value; of a bucket the mean, of a heat map its colour's. */
  readonly value: number;
  /** Of a bucket that holds several values, the least and the greatest. */
  readonly range?: readonly [least: number, greatest: number];
  /** Of a heat map, where along the vertical axis. */
  readonly up?: number;
  /** Where it is drawn, pixels. */
  readonly x: number;
  /** Where it is drawn, pixels. */
  readonly y: number;
}

/** The first index from `at` on, in steps, whose value is a number; -1 if there is none. */
function finiteFrom(values: Float64Array, at: number, step: 1 | -1): number {
  for (let k = at; k >= 0 && k < values.length; k += step) {
    if (Number.isFinite(values[k])) return k;
  }
  return -1;
}

/** The index of the value that is a number and whose place in ascending places is the nearest; -1 if there is none. */
function nearest(places: Float64Array, values: Float64Array, wanted: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? NaN) < wanted) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [finiteFrom(values, low - 1, -1), finiteFrom(values, low, 1)];
  if (before < 0 || after < 0) return Math.max(before, after);
  return wanted - (places[before] ?? NaN) <= (places[after] ?? NaN) - wanted ? before : after;
}

interface Found {
  readonly across: number;
  readonly value: number;
  readonly range?: readonly [number, number];
}

function inRun(run: PointRun | BucketRun, t: number): Found | null {
  const buckets = run.kind === "buckets";
  const half = buckets ? run.width / 2 : 0;
  const values = buckets ? run.mean : run.v;
  const at = nearest(run.t, values, t - half);
  const value = values[at];
  if (value === undefined) return null;
  const across = (run.t[at] ?? NaN) + half;
  const [low, high] = buckets ? [run.min[at] ?? value, run.max[at] ?? value] : [value, value];
  return low === high ? { across, value } : { across, value, range: [low, high] };
}

function inSeries({ data }: TimeSeries, t: number): Found | null {
  return data.map((run) => inRun(run, t)).reduce(
    (best, one) =>
      one !== null && (best === null || Math.abs(one.across - t) <= Math.abs(best.across - t))
        ? one
        : best,
    null,
  );
}

/** Which of points is drawn nearest to a place; -1 if none is. */
function nearestInPlane(
  layout: Layout,
  up: Axis,
  [xs, ys]: readonly [Float64Array, Float64Array],
  { x, y }: CursorPlace,
): number {
  let best = Infinity;
  let found = -1;
  for (let k = 0; k < ys.length; k++) {
    const dx = layout.x.scale.toPixel(xs[k] ?? NaN) - x;
    const dy = up.scale.toPixel(ys[k] ?? NaN) - y;
    const distance = dx * dx + dy * dy;
    // Of two points at one place the later is in front.
    if (distance <= best) [best, found] = [distance, k];
  }
  return found;
}

function inPlane({ x, y }: XySeries, layout: Layout, up: Axis, at: CursorPlace): Found | null {
  const found = nearestInPlane(layout, up, [x, y], at);
  return found < 0 ? null : { across: x[found] ?? NaN, value: y[found] ?? NaN };
}

/** The point whose cell is at a place; -1 if nothing was measured there. */
function cellPoint(grid: HeatGrid, across: Axis, up: Axis, at: CursorPlace): number {
  const column = cellAt(grid.columns, across.scale.toValue(at.x));
  const row = cellAt(grid.rows, up.scale.toValue(at.y));
  if (column < 0 || row < 0) return -1;
  return grid.point[row * (grid.columns.length - 1) + column] ?? -1;
}

function inHeatmap(layout: Layout, figure: HeatmapFigure, at: CursorPlace): CursorReading[] {
  const { grid, y: [axis] } = layout;
  if (axis === undefined) return [];
  const { x, y, z } = figure.points;
  const point = grid === null
    ? nearestInPlane(layout, axis, [x, y], at)
    : cellPoint(grid, layout.x, axis, at);
  const [across, up, value] = [x[point], y[point], z[point]];
  if (across === undefined || up === undefined || value === undefined) return [];
  const place = { x: layout.x.scale.toPixel(across), y: axis.scale.toPixel(up) };
  return [{ series: 0, across, up, value, ...place }];
}

/**
 * What the series of a drawing have at a place.
 *
 * Of series over time and of traces it is the value nearest along the horizontal axis, of an x–y plot the point nearest
 * in the plane, of a heat map the cell or, where there is no grid, the nearest point.
 *
 * @param layout The drawing's layout.
 * @param at Where the cursor is.
 * @returns At most one reading a series, of those whose value is in what the horizontal axis shows.
 */
export function readAt(layout: Layout, at: CursorPlace): CursorReading[] {
  const { figure, plot, x } = layout;
  if (figure.kind === "heatmap") return inHeatmap(layout, figure, at);
  const wanted = x.scale.toValue(at.x);
  return figure.series.flatMap((_, series): CursorReading[] => {
    const up = layout.y.find((axis) => axis.series.includes(series));
    if (up === undefined) return [];
    const found = figure.kind === "time"
      ? ofKind(figure.series[series], (one) => inSeries(one, wanted))
      : figure.kind === "xy"
      ? ofKind(figure.series[series], (one) => inPlane(one, layout, up, at))
      : ofKind(
        figure.series[series],
        (one) => inRun({ kind: "points", t: traceIndex(one), v: one.values }, wanted),
      );
    if (found === null) return [];
    const place = { x: x.scale.toPixel(found.across), y: up.scale.toPixel(found.value) };
    const inside = place.x >= plot.x - 0.5 && place.x <= plot.x + plot.width + 0.5;
    return inside && Number.isFinite(place.y) ? [{ series, ...found, ...place }] : [];
  });
}

function ofKind<T>(series: T | undefined, find: (series: T) => Found | null): Found | null {
  return series === undefined ? null : find(series);
}
