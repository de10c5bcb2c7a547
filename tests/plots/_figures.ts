/**
 * Figures for tests, and how to read a drawing back.
 *
 * @module
 */

import type { AxisNote } from "../../plots/display_list.ts";
import type { PointRun, TimeFigure, TimeSeries } from "../../plots/figure.ts";
import { scale } from "../../plots/scale.ts";

/** Points at the times `t`. */
export function points(t: readonly number[], v: readonly number[]): PointRun {
  return { kind: "points", t: Float64Array.from(t), v: Float64Array.from(v) };
}

/** A figure of series over time; each is its points, on the left axis, unless it says otherwise. */
export function timeFigure(
  series: Readonly<Record<string, PointRun | Partial<TimeSeries>>>,
  more: Partial<TimeFigure> = {},
): TimeFigure {
  return {
    kind: "time",
    definition: { kind: "time", left: Object.keys(series) },
    series: Object.entries(series).map(([name, one]) =>
      "kind" in one ? { name, data: [one] } : { name, data: [], ...one }
    ),
    ...more,
  };
}

/** Text of XML as it was before it was escaped. */
export function unescape(xml: string): string {
  return xml.replace(/&(lt|gt|quot|amp);/g, (_, name: string) => {
    return { lt: "<", gt: ">", quot: '"', amp: "&" }[name] ?? "";
  });
}

/** The axes that an SVG notes. */
export function axesOf(svg: string): Map<string, AxisNote> {
  const text = /<metadata>(.*?)<\/metadata>/s.exec(svg)?.[1] ?? "";
  const { axes }: { axes: AxisNote[] } = JSON.parse(unescape(text));
  return new Map(axes.map((axis) => [axis.id, axis]));
}

/** The lines of a series' paths in an SVG: for each line its points in pixels. */
export function linesOf(svg: string, series: string, role = "line"): [number, number][][] {
  return [...svg.matchAll(/<path ([^>]*)\/>/g)].flatMap(([, attributes = ""]) => {
    const of = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1];
    if (of("class") !== role || unescape(of("data-series") ?? "") !== series) return [];
    return (of("d") ?? "").split("M").filter((line) => line !== "").map((line) =>
      line.replace(/Z$|h0$/, "").split("L").map((pair): [number, number] => {
        const [x = NaN, y = NaN] = pair.split(" ").map(Number);
        return [x, y];
      })
    );
  });
}

/** A noted axis's scale. */
export function scaleOf(axes: ReadonlyMap<string, AxisNote>, id: string) {
  const axis = axes.get(id);
  if (axis === undefined) throw new RangeError(`Cannot read the axis as there is none: ${id}`);
  return scale(axis.kind === "log" ? "log" : "linear", axis.range, axis.pixels);
}
