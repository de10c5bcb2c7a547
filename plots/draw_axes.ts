/**
 * The grid and the axes with their labels as shapes.
 *
 * @module
 */

import type { Shape, TextShape } from "./display_list.ts";
import { lineWidth } from "./series_pen.ts";
import { crisp, hairline } from "./hairline.ts";
import type { Layout } from "./layout.ts";
import { type Axis, labelMiddle, TICK } from "./layout_axes.ts";
import { textWidth } from "./text_width.ts";
import { lineColor, lineDash } from "./theme.ts";

/** Pieces of straight line as one shape's points. */
function pieces(
  values: readonly number[],
  piece: (value: number) => readonly [number, number, number, number],
): number[] {
  return values.flatMap((value, at) => at === 0 ? piece(value) : [NaN, NaN, ...piece(value)]);
}

/** The grid: faint lines at the ticks of the horizontal axis and of the first vertical one. */
export function gridShapes({ plot, x, y, theme, figure, fontSize }: Layout): Shape[] {
  if (figure.kind === "heatmap") return [];
  const upright = pieces(
    x.ticks.major.map(({ value }) => crisp(x.scale.toPixel(value), fontSize)),
    (at) => [
      at,
      plot.y,
      at,
      plot.y + plot.height,
    ],
  );
  const first = y[0];
  const flat = first === undefined ? [] : pieces(
    first.ticks.major.map(({ value }) => crisp(first.scale.toPixel(value), fontSize)),
    (at) => [
      plot.x,
      at,
      plot.x + plot.width,
      at,
    ],
  );
  return [upright, flat].filter((points) => points.length > 0)
    .map((points) => hairline(points, theme.grid, fontSize, "grid"));
}

/** The second lines of a time axis, as far as they have room: the later one says what holds from there on. */
function contextShapes({ x, plot, theme, fontSize, width }: Layout): TextShape[] {
  const found: TextShape[] = [];
  let free = Infinity;
  for (const { value, context } of x.ticks.major.toReversed()) {
    if (context === undefined) continue;
    const half = textWidth(context, fontSize) / 2;
    const least = Math.min(plot.x, width - half * 2 - 2) + half;
    const middle = Math.max(least, Math.min(width - half - 2, x.scale.toPixel(value)));
    if (middle + half > free) continue;
    free = middle - half - fontSize;
    found.push({
      kind: "text",
      role: "label",
      text: context,
      x: middle,
      y: plot.y + plot.height + fontSize * (TICK + 2.4),
      size: fontSize,
      fill: theme.quiet,
      anchor: "middle",
    });
  }
  return found.reverse();
}

function acrossShapes(layout: Layout): Shape[] {
  const { x, plot, theme, fontSize, width } = layout;
  const at = crisp(x.at, fontSize);
  const down = (length: number) => (value: number) => [value, at, value, at + length] as const;
  const pixels = (values: readonly number[]) =>
    values.map((value) => crisp(x.scale.toPixel(value), fontSize));
  const long = pixels(x.ticks.major.map(({ value }) => value));
  const line = [
    ...[plot.x, at, plot.x + plot.width + 1, at, NaN, NaN],
    ...pieces(long, down(fontSize * TICK)),
  ];
  const short = pieces(pixels(x.ticks.minor), down(fontSize * TICK / 2));
  if (short.length > 0) line.push(NaN, NaN, ...short);
  const shapes: Shape[] = [hairline(line, theme.axis, fontSize, "axis")];
  for (const tick of x.ticks.major) {
    shapes.push({
      kind: "text",
      role: "label",
      text: tick.label,
      x: labelMiddle(x.scale.toPixel(tick.value), tick.label, fontSize, width),
      y: at + fontSize * (TICK + 1.05),
      size: fontSize,
      fill: theme.quiet,
      anchor: "middle",
    });
  }
  shapes.push(...contextShapes(layout));
  if (x.label !== "") {
    shapes.push({
      kind: "text",
      role: "label",
      text: x.label,
      x: plot.x + plot.width / 2,
      y: x.labelAt + fontSize * 0.35,
      size: fontSize,
      fill: theme.text,
      anchor: "middle",
    });
  }
  return shapes;
}

/** Pieces of the lines that belong to an axis, beside its label: which axis is whose, where there are several. */
function swatches(layout: Layout, axis: Axis, half: number): { shapes: Shape[]; length: number } {
  const { y, plot, fontSize, theme, figure } = layout;
  const length = fontSize * 1.1;
  const step = length + fontSize * 0.35;
  const most = Math.floor((plot.height / 2 - half) / step);
  if (y.length < 2 || figure.kind === "heatmap" || axis.series.length > Math.min(6, most)) {
    return { shapes: [], length: 0 };
  }
  const total = step * axis.series.length;
  const bottom = plot.y + plot.height / 2 + half + fontSize * 0.5 + total / 2;
  const shapes = axis.series.map((place, at): Shape => {
    const color = figure.series[place]?.color ?? place;
    const from = bottom - at * step;
    const width = lineWidth(layout) * 1.4;
    const dash = lineDash(theme, color, figure.series[place]?.dash)
      .map((part) => part * lineWidth(layout));
    return {
      kind: "line",
      role: "swatch",
      points: Float64Array.of(axis.labelAt, from, axis.labelAt, from - length),
      stroke: lineColor(theme, color),
      width,
      ...(dash.length === 0 ? {} : { dash }),
    };
  });
  return { shapes, length: total };
}

function uprightShapes(layout: Layout, axis: Axis): Shape[] {
  const { plot, theme, fontSize } = layout;
  const out = axis.side === "left" ? -1 : 1;
  const at = crisp(axis.at, fontSize);
  const aside = (length: number) => (value: number) =>
    [at, value, at + out * length, value] as const;
  const pixels = (values: readonly number[]) =>
    values.map((value) => crisp(axis.scale.toPixel(value), fontSize));
  const line = [
    ...[at, plot.y, at, plot.y + plot.height + 1, NaN, NaN],
    ...pieces(pixels(axis.ticks.major.map(({ value }) => value)), aside(fontSize * TICK)),
  ];
  const short = pieces(pixels(axis.ticks.minor), aside(fontSize * TICK / 2));
  if (short.length > 0) line.push(NaN, NaN, ...short);
  const shapes: Shape[] = [hairline(line, theme.axis, fontSize, "axis")];
  for (const { value, label } of axis.ticks.major) {
    shapes.push({
      kind: "text",
      role: "label",
      text: label,
      x: at + out * fontSize * (TICK + 0.3),
      y: axis.scale.toPixel(value) + fontSize * 0.36,
      size: fontSize,
      fill: theme.quiet,
      anchor: axis.side === "left" ? "end" : "start",
    });
  }
  if (axis.label !== "") {
    const beside = swatches(layout, axis, textWidth(axis.label, fontSize) / 2);
    shapes.push(...beside.shapes, {
      kind: "text",
      role: "label",
      text: axis.label,
      x: axis.labelAt + fontSize * 0.36,
      y: plot.y + plot.height / 2 - beside.length / 2,
      size: fontSize,
      fill: theme.text,
      anchor: "middle",
      rotate: -90,
    });
  }
  return shapes;
}

/** All axes with their ticks and labels. */
export function axisShapes(layout: Layout): Shape[] {
  const upright = layout.z === undefined ? layout.y : [...layout.y, layout.z];
  return [...acrossShapes(layout), ...upright.flatMap((axis) => uprightShapes(layout, axis))];
}
