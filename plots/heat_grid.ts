/**
 * From the points of a sweep with two axes to the cells of a heat map.
 *
 * @module
 */

import type { AxisScale } from "./definition.ts";
import type { HeatmapFigure } from "./figure.ts";
import type { Span } from "./scale.ts";

/** A grid with what was measured so far. */
export interface HeatGrid {
  /** The columns' edges, ascending: one more than there are columns. */
  readonly columns: Float64Array;
  /** The rows' edges, ascending: one more than there are rows. */
  readonly rows: Float64Array;
  /** For each cell, row by row, the place of its point; -1 where nothing was measured yet. */
  readonly point: Int32Array;
}

/** So many cells a point there may be: with more, the points are on no grid. */
const SPARSEST = 8;

/** Finite values, ascending, each once; values that measuring has scattered a little count as one. */
function places(values: Float64Array, kind: AxisScale): Float64Array {
  const scaled = (value: number) => kind === "log" ? Math.log10(value) : value;
  const ascending = values.filter((value) => Number.isFinite(scaled(value))).sort();
  const distinct = ascending.filter((value, index) =>
    index === 0 || value !== ascending[index - 1]
  );
  // A place of a sweep comes again in each of its rows, to the last digit unless it was measured.
  const measured = values.length >= 8 && distinct.length > values.length / 2;
  const limit = measured ? scatter(distinct.map(scaled)) : 0;
  const means: number[] = [];
  let [sum, count, last] = [0, 0, -Infinity];
  for (const value of distinct) {
    if (count > 0 && scaled(value) - last > limit) {
      means.push(sum / count);
      [sum, count] = [0, 0];
    }
    sum += value;
    count++;
    last = scaled(value);
  }
  if (count > 0) means.push(sum / count);
  return Float64Array.from(means);
}

/** So many times the scatter of measured values a step of the sweep must be, to be told from it. */
const CLEAR = 50;

/**
 * How far apart values of one place lie at most: zero if each value is a place. Scattered values have many small
 * distances and a few great ones, with nothing between.
 */
function scatter(ascending: Float64Array): number {
  const steps = ascending.subarray(1).map((value, index) => value - (ascending[index] ?? 0)).sort();
  let [limit, widest] = [0, CLEAR];
  for (let k = Math.ceil(steps.length / 2); k < steps.length; k++) {
    const [small, great] = [steps[k - 1] ?? 0, steps[k] ?? 0];
    if (great / small > widest) [limit, widest] = [small, great / small];
  }
  return limit;
}

/** The edges between places: half-way, and as far outside. */
function edges(centres: Float64Array, kind: AxisScale): Float64Array {
  const there = kind === "log" ? Math.log10 : (value: number) => value;
  const back = kind === "log" ? (value: number) => 10 ** value : (value: number) => value;
  const at = centres.map(there);
  const n = at.length;
  const found = new Float64Array(n + 1);
  const value = (k: number) => at[k] ?? 0;
  for (let k = 1; k < n; k++) found[k] = back(value(k - 1) / 2 + value(k) / 2);
  const lone = kind === "log" ? 0.05 : Math.abs(value(0)) * 0.05 || 0.5;
  const [before, after] = n > 1
    ? [(value(1) - value(0)) / 2, (value(n - 1) - value(n - 2)) / 2]
    : [lone, lone];
  found[0] = back(value(0) - before);
  found[n] = back(value(n - 1) + after);
  return found;
}

/** The last of the ascending edges that is not above a value. */
export function cellAt(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length - 1;
  if (!(value >= (edges[0] ?? NaN) && value <= (edges[high] ?? NaN))) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The grid on which a figure's points lie; null if they lie on none, and are to be drawn as points.
 *
 * The grid may be irregular and incomplete. Of two points of a cell the later counts.
 */
export function heatGrid({ definition, points }: HeatmapFigure): HeatGrid | null {
  const kindX = definition.xAxis?.scale ?? "linear";
  const kindY = definition.yAxis?.scale ?? "linear";
  const across = places(points.x, kindX);
  const up = places(points.y, kindY);
  const cells = across.length * up.length;
  const count = points.z.length;
  if (cells === 0 || cells > SPARSEST * Math.max(count, 16)) return null;
  // The first row of a sweep has as many columns as points; where the other axis has as many too, there is no grid.
  if (Math.min(across.length, up.length) > Math.max(4, count / 2)) return null;
  const columns = edges(across, kindX);
  const rows = edges(up, kindY);
  const point = new Int32Array(cells).fill(-1);
  for (let k = 0; k < count; k++) {
    const column = cellAt(columns, points.x[k] ?? NaN);
    const row = cellAt(rows, points.y[k] ?? NaN);
    if (column >= 0 && row >= 0) point[row * across.length + column] = k;
  }
  return { columns, rows, point };
}

/** The ends of ascending edges. */
export function spanOf(edges: Float64Array): Span {
  return [edges[0] ?? 0, edges[edges.length - 1] ?? 1];
}
