/**
 * Series over time as shapes.
 *
 * @module
 */

import type { Shape } from "./display_list.ts";
import type { BucketRun, Gap, PointRun, TimeFigure, TimeSeries } from "./figure.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";
import { PixelLine, type PixelLineOptions } from "./pixel_line.ts";
import type { Scale } from "./scale.ts";
import { lineShapes, penOf } from "./series_pen.ts";

/** Buckets wider than so many pixels are drawn as a band with its mean, not as one line through their extremes. */
const WIDE_BUCKET = 3;

/** Tells between which points a line must not run. */
class Interruptions {
  readonly #gaps: readonly Gap[];
  readonly #longest: number;
  #next = 0;
  #last = -Infinity;

  constructor(figure: TimeFigure, series: TimeSeries) {
    this.#longest = series.longestStep ?? Infinity;
    this.#gaps = (figure.gaps ?? [])
      .filter((gap) => gap.series === undefined || gap.series.includes(series.name))
      .toSorted((a, b) => a.from - b.from);
  }

  /**
   * Whether the line is interrupted between two neighbouring points: if the better part of a gap lies between them. A
   * variable that was recorded in a gap, as its task went on, so keeps its line.
   */
  between(from: number, to: number): boolean {
    if (to - from > this.#longest) return true;
    if (this.#gaps.length === 0) return false;
    if (from < this.#last) this.#next = 0;
    this.#last = from;
    for (let at = this.#next; at < this.#gaps.length; at++) {
      const gap = this.#gaps[at];
      if (gap === undefined || gap.from >= to) return false;
      if (gap.to <= from) {
        if (at === this.#next) this.#next++;
        continue;
      }
      const common = Math.min(to, gap.to) - Math.max(from, gap.from);
      if (common * 2 >= gap.to - gap.from) return true;
    }
    return false;
  }
}

/** Where the points of series are drawn. */
interface Place {
  readonly across: Scale;
  readonly up: Scale;
}

/** A line that is being drawn: where it is. */
interface Drawing {
  readonly line: PixelLine;
  /** When. */
  last: number;
  /** How high, pixels. */
  y: number;
}

/** A line through points. */
function pointLine(
  { t, v }: PointRun,
  { across, up }: Place,
  pen: Drawing,
  breaks: Interruptions,
): void {
  const { line } = pen;
  let { last, y } = pen;
  for (let k = 0; k < t.length; k++) {
    const at = t[k] ?? NaN;
    if (breaks.between(last, at)) line.lift();
    y = up.toPixel(v[k] ?? NaN);
    line.to(across.toPixel(at), y);
    last = at;
  }
  [pen.last, pen.y] = [last, y];
}

/** A line through the extremes of narrow buckets: each from the end that is nearer to where the line is. */
function bucketLine(
  run: BucketRun,
  { across, up }: Place,
  pen: Drawing,
  breaks: Interruptions,
): void {
  const half = run.width / 2;
  for (let k = 0; k < run.t.length; k++) {
    const low = run.min[k] ?? NaN;
    const high = run.max[k] ?? NaN;
    if (Number.isNaN(low) && Number.isNaN(high)) continue;
    const t = (run.t[k] ?? NaN) + half;
    if (breaks.between(pen.last, t)) pen.line.lift();
    const x = across.toPixel(t);
    const [a, b] = [up.toPixel(low), up.toPixel(high)];
    const upwards = Math.abs(a - pen.y) <= Math.abs(b - pen.y);
    pen.line.to(x, upwards ? a : b);
    if (a !== b) pen.line.to(x, upwards ? b : a);
    pen.y = upwards ? b : a;
    pen.last = t;
  }
}

/** Polygons around wide buckets, one for each stretch without interruption. */
function bucketBand(run: BucketRun, { across, up }: Place, breaks: Interruptions): Float64Array {
  const points: number[] = [];
  let lower: number[] = [];
  const close = () => {
    if (lower.length > 0) {
      for (let k = lower.length - 2; k >= 0; k -= 2) points.push(lower[k] ?? 0, lower[k + 1] ?? 0);
      points.push(NaN, NaN);
    }
    lower = [];
  };
  let last = NaN;
  for (let k = 0; k < run.t.length; k++) {
    const t = run.t[k] ?? NaN;
    const [low, high] = [up.toPixel(run.min[k] ?? NaN), up.toPixel(run.max[k] ?? NaN)];
    if (Number.isNaN(low) || Number.isNaN(high)) continue;
    if (breaks.between(last, t)) close();
    const [from, to] = [across.toPixel(t), across.toPixel(t + run.width)];
    points.push(from, high, to, high);
    lower.push(from, low, to, low);
    last = t;
  }
  close();
  return Float64Array.from(points.slice(0, -2));
}

/** One variable over time, from the history's buckets to the latest points in one line. */
export function timeShapes(layout: Layout, figure: TimeFigure, place: number, axis: Axis): Shape[] {
  const series = figure.series[place];
  if (series === undefined) return [];
  const where: Place = { across: layout.x.scale, up: axis.scale };
  const { across } = where;
  const pen = penOf(layout, place);
  const { plot, resolution } = layout;
  const options: PixelLineOptions = { box: plot, by: "columns", resolution };
  const state: Drawing = { line: new PixelLine(options), last: NaN, y: NaN };
  const breaks = new Interruptions(figure, series);
  const shapes: Shape[] = [];
  for (const run of series.data) {
    if (run.kind === "points") {
      pointLine(run, where, state, breaks);
      continue;
    }
    const [from, to] = across.range;
    const wide = run.width / Math.abs(to - from) * plot.width > WIDE_BUCKET;
    if (!wide) {
      bucketLine(run, where, state, breaks);
      continue;
    }
    const points = bucketBand(run, where, new Interruptions(figure, series));
    const common = { clip: plot, series: pen.name, role: "band" };
    if (points.length > 0) {
      shapes.push({ ...common, kind: "area", points, fill: pen.color, opacity: 0.22 });
    }
    const mean = { ...run, min: run.mean, max: run.mean };
    bucketLine(mean, where, state, breaks);
  }
  return [...shapes, ...lineShapes(layout, state.line, pen)];
}
