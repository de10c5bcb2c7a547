/**
 * What the axes of a figure have to show.
 *
 * @module
 */

import type { AxisScale } from "./definition.ts";
import type { TimeFigure, TimeSeries, TraceSeries, XySeries } from "./figure.ts";
import { Extent } from "./ranges.ts";
import type { Span } from "./scale.ts";

/** The first and the last moment of a figure's data. */
export function timeExtent(series: readonly TimeSeries[]): Span | null {
  const found = new Extent();
  for (const { data } of series) {
    for (const run of data) {
      for (const t of run.t) found.add(t);
      if (run.kind === "buckets" && run.t.length > 0) found.add((run.t.at(-1) ?? 0) + run.width);
    }
  }
  return found.span;
}

/** The values of series over time in a span; where none is in it, those next to it, between which a line runs. */
export function valueExtent(
  series: readonly TimeSeries[],
  [from, to]: Span,
  kind: AxisScale,
): Span | null {
  const found = new Extent(kind);
  const beside = new Extent(kind);
  for (const { data } of series) {
    let before = NaN;
    let after = NaN;
    for (const run of data) {
      const points = run.kind === "points";
      const late = points ? 0 : run.width;
      for (let k = 0; k < run.t.length; k++) {
        const t = run.t[k] ?? NaN;
        const low = (points ? run.v[k] : run.min[k]) ?? NaN;
        if (t + late < from) before = low;
        else if (t > to) after = Number.isNaN(after) ? low : after;
        else {
          found.add(low);
          if (!points) found.add(run.max[k] ?? NaN);
        }
      }
    }
    beside.add(before);
    beside.add(after);
  }
  return found.span ?? beside.span;
}

/** The values of arrays. */
export function arraysExtent(arrays: Iterable<Float64Array>, kind: AxisScale): Span | null {
  const found = new Extent(kind);
  for (const array of arrays) for (const value of array) found.add(value);
  return found.span;
}

/** The values of arrays whose partners lie in a span. */
export function partnersExtent(
  pairs: Iterable<readonly [of: Float64Array, partner: Float64Array]>,
  [from, to]: Span,
  kind: AxisScale,
): Span | null {
  const [low, high] = from <= to ? [from, to] : [to, from];
  const found = new Extent(kind);
  for (const [of, partner] of pairs) {
    for (let k = 0; k < of.length; k++) {
      const at = partner[k] ?? NaN;
      if (at >= low && at <= high) found.add(of[k] ?? NaN);
    }
  }
  return found.span;
}

/** A trace's indices: those it has, or 0, 1, 2, … */
export function traceIndex({ index, values }: TraceSeries): Float64Array {
  return index ?? Float64Array.from(values, (_, k) => k);
}

/** The last value of a series that is a number. */
export function lastValue(series: TimeSeries | XySeries | TraceSeries): number | null {
  const arrays = "data" in series
    ? series.data.map((run) => run.kind === "points" ? run.v : run.mean).reverse()
    : ["y" in series ? series.y : series.values];
  for (const array of arrays) {
    for (let k = array.length - 1; k >= 0; k--) {
      const value = array[k] ?? NaN;
      if (!Number.isNaN(value)) return value;
    }
  }
  return null;
}

/** The times that a figure shows if nobody zooms. */
export function shownTimes(
  figure: TimeFigure,
): { readonly span: Span | null; readonly last?: number } {
  if (figure.span !== undefined) return { span: figure.span };
  const { last } = figure.definition;
  const span = timeExtent(figure.series);
  return last === undefined ? { span } : { span, last };
}
