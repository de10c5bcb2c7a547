/**
 * A figure that is laid out, as a drawing.
 *
 * @module
 */

import { seriesOf } from "./axes.ts";
import type { AxisNote, DisplayList } from "./display_list.ts";
import { axisShapes, gridShapes } from "./draw_axes.ts";
import { emptyShapes, headShapes } from "./draw_head.ts";
import { heatmapShapes } from "./draw_heatmap.ts";
import { gapShapes, markShapes } from "./draw_marks.ts";
import { seriesShapes } from "./draw_series.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";
import { formatValue } from "./numbers.ts";
import { momentText } from "./time_ticks.ts";

function noteOf({ id, label, kind, scale, series }: Axis, names: readonly string[]): AxisNote {
  const { range, pixels } = scale;
  return { id, label, kind, range, pixels, series: series.flatMap((at) => names[at] ?? []) };
}

/** The names of what is shown, as a list. */
function shownNames({ figure }: Layout): string {
  if (figure.kind === "heatmap") return figure.z.label ?? figure.z.name;
  return figure.series.map(({ name, label }) => label ?? name).join(", ");
}

/** A sentence for those who can't see the drawing. */
function describe(layout: Layout): string {
  const { figure, x, y, offset, gaps, marks } = layout;
  const names = shownNames(layout);
  if (names === "") return "An empty plot.";
  const [from, to] = x.scale.range;
  const ends = (axis: Axis) => axis.scale.range.map((end) => formatValue(end, 4)).join(" to ");
  const across = x.kind === "time"
    ? `from ${momentText(from, offset)} to ${momentText(to, offset)}`
    : `against ${x.label === "" ? "time" : x.label} from ${ends(x)}`;
  const up = y.map((axis) => `${axis.label === "" ? "Values" : axis.label} from ${ends(axis)}.`);
  const what = figure.kind === "heatmap" ? `${names} as colours` : names;
  const missing = gaps.length === 0 ? "" : ` Gaps: ${gaps.length}.`;
  const marked = marks.length === 0 ? "" : ` Marked events: ${marks.length}.`;
  return `${what} ${across}. ${up.join(" ")}${missing}${marked}`;
}

/**
 * Draws a figure.
 *
 * @param layout What {@linkcode layOut} made of it.
 * @returns The drawing, to be shown by {@linkcode toSvg} or {@linkcode paint}.
 */
export function draw(layout: Layout): DisplayList {
  const { width, height, theme, x, y, z, figure } = layout;
  const names = seriesOf(figure).map(({ name }) => name);
  const box = { x: 0, y: 0, width, height };
  const data = figure.kind === "heatmap" ? heatmapShapes(layout) : seriesShapes(layout);
  const empty = data.every((shape) => shape.role === "colors");
  return {
    width,
    height,
    font: theme.font,
    title: figure.definition.title ?? shownNames(layout),
    description: describe(layout),
    axes: [x, ...y, ...(z === undefined ? [] : [z])].map((axis) => noteOf(axis, names)),
    shapes: [
      { kind: "box", role: "background", box, fill: theme.background },
      ...gapShapes(layout),
      ...gridShapes(layout),
      ...(figure.kind === "heatmap" ? [] : markShapes(layout)),
      ...data,
      ...(empty ? emptyShapes(layout) : []),
      ...axisShapes(layout),
      ...headShapes(layout),
    ],
  };
}
