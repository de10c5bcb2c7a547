/**
 * The data of a figure as shapes.
 *
 * @module
 */

import type { DotsShape, Shape } from "./display_list.ts";
import { traceIndex } from "./extents.ts";
import type { BucketRun, Gap, TimeFigure, TimeSeries } from "./figure.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";
import { PixelLine, type PixelLineOptions } from "./pixel_line.ts";
import type { Scale } from "./scale.ts";
import { lineColor, lineDash } from "./theme.ts";

/** Buckets wider than so many pixels are drawn as a band with its mean, not as one line through their extremes. */
const WIDE_BUCKET = 3;

/** The width of a series' line. */
export function lineWidth({ fontSize }: Layout): number {
  return Math.max(1.25, fontSize / 9);
}

/** What is drawn of one series. */
interface Pen {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly opacity?: number;
}

function penOf(layout: Layout, place: number, opacity?: number): Pen {
  const series = layout.figure.kind === "heatmap" ? undefined : layout.figure.series[place];
  const color = series?.color ?? place;
  const width = lineWidth(layout);
  return {
    name: series?.name ?? "",
    color: lineColor(layout.theme, color),
    dash: lineDash(layout.theme, color, series?.dash).map((length) => length * width),
    ...(opacity === undefined ? {} : { opacity }),
  };
}

/** The shapes of a reduced line. */
function lineShapes(layout: Layout, line: PixelLine, pen: Pen): Shape[] {
  const { line: points, alone } = line.end();
  const width = lineWidth(layout);
  const common = { clip: layout.plot, series: pen.name };
  const opacity = pen.opacity === undefined ? {} : { opacity: pen.opacity };
  const shapes: Shape[] = [];
  if (points.length > 0) {
    const dash = pen.dash.length === 0 ? {} : { dash: pen.dash };
    const line = { kind: "line", role: "line", points, stroke: pen.color, width } as const;
    shapes.push({ ...common, ...opacity, ...line, ...dash });
  }
  if (alone.length > 0) {
    shapes.push({
      ...common,
      ...opacity,
      kind: "dots",
      role: "points",
      points: alone,
      radius: width * 1.4,
      fill: pen.color,
    });
  }
  return shapes;
}

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

/** A line through the extremes of narrow buckets: each from the end that is nearer to where the line is. */
function bucketLine(
  run: BucketRun,
  { across, up }: Place,
  pen: { line: PixelLine; last: number; y: number },
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
function timeShapes(layout: Layout, figure: TimeFigure, place: number, axis: Axis): Shape[] {
  const series = figure.series[place];
  if (series === undefined) return [];
  const where: Place = { across: layout.x.scale, up: axis.scale };
  const { across, up } = where;
  const pen = penOf(layout, place);
  const { plot, resolution } = layout;
  const options: PixelLineOptions = { box: plot, by: "columns", resolution };
  const state = { line: new PixelLine(options), last: NaN, y: NaN };
  const breaks = new Interruptions(figure, series);
  const shapes: Shape[] = [];
  for (const run of series.data) {
    if (run.kind === "points") {
      for (let k = 0; k < run.t.length; k++) {
        const t = run.t[k] ?? NaN;
        if (breaks.between(state.last, t)) state.line.lift();
        state.y = up.toPixel(run.v[k] ?? NaN);
        state.line.to(across.toPixel(t), state.y);
        state.last = t;
      }
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
