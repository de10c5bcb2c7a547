/**
 * What a drawing says at a place: for cursors.
 *
 * @module
 */

import { traceIndex } from "./extents.ts";
import type { BucketRun, PointRun, TimeSeries } from "./figure.ts";
import { cellAt } from "./heat_grid.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";

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

/** How far from the cursor a point of an x–y plot may be, in sizes of the font. */
const REACH = 3;

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

/** The point of an x–y plot that is drawn nearest to a place. */
function inPlane(
  { x, y }: { readonly x: Float64Array; readonly y: Float64Array },
  layout: Layout,
  up: Axis,
  at: { readonly x: number; readonly y: number },
): Found | null {
  let best = (layout.fontSize * REACH) ** 2;
  let found = -1;
  for (let k = 0; k < y.length; k++) {
    const dx = layout.x.scale.toPixel(x[k] ?? NaN) - at.x;
    const dy = up.scale.toPixel(y[k] ?? NaN) - at.y;
    const distance = dx * dx + dy * dy;
    if (distance < best) [best, found] = [distance, k];
  }
  return found < 0 ? null : { across: x[found] ?? NaN, value: y[found] ?? NaN };
}

function inCells(layout: Layout, at: { readonly x: number; readonly y: number }): CursorReading[] {
  const { figure, grid, y: [up] } = layout;
  if (figure.kind !== "heatmap" || grid === null || up === undefined) return [];
  const column = cellAt(grid.columns, layout.x.scale.toValue(at.x));
  const row = cellAt(grid.rows, up.scale.toValue(at.y));
  if (column < 0 || row < 0) return [];
  const point = grid.point[row * (grid.columns.length - 1) + column] ?? -1;
  const { x, y, z } = figure.points;
  const [across, height, value] = [x[point], y[point], z[point]];
  if (across === undefined || height === undefined || value === undefined) return [];
  const place = { x: layout.x.scale.toPixel(across), y: up.scale.toPixel(height) };
  return [{ series: 0, across, up: height, value, ...place }];
}

/**
 * What the series of a drawing have at a place.
 *
 * Of series over time and of traces it is the value nearest along the horizontal axis, of an x–y plot the point nearest
 * in the plane and not far off, of a heat map the cell.
 *
 * @param layout The drawing's layout.
 * @param at Where the cursor is, CSS pixels.
 * @returns At most one reading a series, of those whose value is in what the horizontal axis shows.
 */
export function readAt(
  layout: Layout,
  at: { readonly x: number; readonly y: number },
): CursorReading[] {
  const { figure, plot, x } = layout;
  if (figure.kind === "heatmap") return inCells(layout, at);
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
