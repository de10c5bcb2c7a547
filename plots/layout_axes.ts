/**
 * Axes with their scales, ticks, labels and places.
 *
 * @module
 */

import { type AxisNeed, axisText, seriesOf } from "./axes.ts";
import type { AxisDefinition } from "./definition.ts";
import type { Box } from "./display_list.ts";
import { elapsedTicks } from "./elapsed_ticks.ts";
import { arraysExtent } from "./extents.ts";
import type { Figure, Quantity } from "./figure.ts";
import { acrossDefinition } from "./figure_ranges.ts";
import { axisRange } from "./ranges.ts";
import { type Scale, scale, type Span } from "./scale.ts";
import { fitText, textWidth } from "./text_width.ts";
import { NO_TICKS, numberTicks, type Tick, type TickSet } from "./ticks.ts";
import { timeTicks, type ZoneOffset } from "./time_ticks.ts";

/** An axis with its place. */
export interface Axis {
  /** `"x"`, `"left"`, `"right"`, `"right2"`, …; of a heat map's colours `"z"`. */
  readonly id: string;
  /** On which side of the plot it is. */
  readonly side: "bottom" | "left" | "right";
  /** What its values are: `"time"` is Unix seconds, `"elapsed"` seconds since a start. */
  readonly kind: "linear" | "log" | "time" | "elapsed";
  /** From values to pixels and back. */
  readonly scale: Scale;
  /** Its ticks. */
  readonly ticks: TickSet;
  /** What it says; empty if nothing. */
  readonly label: string;
  /** Where its line is: x of a vertical axis, y of a horizontal one. */
  readonly at: number;
  /** The middle of its label across the axis: x of a vertical axis, y of a horizontal one. */
  readonly labelAt: number;
  /** The series along it, by their place in the figure. */
  readonly series: readonly number[];
}

/** The length of a tick, in sizes of the font. */
export const TICK = 0.4;

/** A vertical axis on trial: everything but its place. */
export interface Rise {
  readonly need: AxisNeed;
  readonly scale: Scale;
  readonly ticks: TickSet;
  readonly label: string;
  /** How far it reaches out from its line, label and all. */
  readonly width: number;
}

/** The sizes that do not depend on the data. */
export interface Frame {
  readonly figure: Figure;
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly pad: number;
}

/** Whether labels one above the other have room. */
function roomUp(on: Scale, size: number): (ticks: readonly Tick[]) => boolean {
  const least = size * (on.kind === "log" ? 1.5 : 1.9);
  return (ticks) =>
    ticks.every((tick, at) => {
      const before = ticks[at - 1];
      return before === undefined ||
        Math.abs(on.toPixel(tick.value) - on.toPixel(before.value)) >= least;
    });
}

/** The middle of a label under a pixel: there, but not outside of the drawing. */
export function labelMiddle(pixel: number, label: string, size: number, width: number): number {
  const half = textWidth(label, size) / 2;
  return Math.max(half + 1, Math.min(width - half - 1, pixel));
}

/** Whether labels side by side have room. */
function roomAcross(on: Scale, { size, width }: Frame): (ticks: readonly Tick[]) => boolean {
  const middle = ({ value, label }: Tick) => labelMiddle(on.toPixel(value), label, size, width);
  return (ticks) =>
    ticks.every((tick, at) => {
      const before = ticks[at - 1];
      if (before === undefined) return true;
      const wide = textWidth(tick.label, size) / 2 + textWidth(before.label, size) / 2;
      return Math.abs(middle(tick) - middle(before)) >= wide + size * 1.1;
    });
}

function numberAxis(
  definition: AxisDefinition,
  range: Span,
  pixels: Span,
  frame: Frame,
): { scale: Scale; ticks: TickSet } {
  const on = scale(definition.scale ?? "linear", range, pixels);
  const upright = pixels[0] > pixels[1];
  const { size } = frame;
  const length = Math.abs(pixels[1] - pixels[0]);
  const most = Math.max(2, length / (size * (upright ? 3.2 : 5.5)));
  const room = upright ? roomUp(on, size) : roomAcross(on, frame);
  return { scale: on, ticks: numberTicks(on, most, room) };
}

/** How far the labels of ticks and the axis's own reach out. */
function riseWidth(ticks: TickSet, label: string, size: number): number {
  const labels = Math.max(0, ...ticks.major.map((tick) => textWidth(tick.label, size)));
  // In steps, so that a digit more does not move the whole plot.
  const wide = Math.ceil((labels + size * (TICK + 0.35)) / size * 2) / 2 * size;
  return wide + (label === "" ? 0 : size * 1.6);
}

export function rise(
  frame: Frame,
  need: AxisNeed,
  range: Span,
  [top, bottom]: Span,
  quantities: readonly Quantity[],
): Rise {
  const { scale: on, ticks } = numberAxis(need.definition, range, [bottom, top], frame);
  const { figure, size } = frame;
  const label = axisText(need.definition, quantities, ticks, bottom - top - size * 3, size);
  const fitted = fitText(label, size, Math.max(bottom - top, figure.kind === "heatmap" ? 80 : 60));
  return { need, scale: on, ticks, label: fitted, width: riseWidth(ticks, fitted, size) };
}

export function along(figure: Figure, need: AxisNeed): readonly Quantity[] {
  if (figure.kind === "heatmap") return [figure.y];
  const all = seriesOf(figure);
  return need.series.flatMap((at) => all[at] ?? []);
}

/** The axis of a heat map's colours. */
export function colorRise(frame: Frame, upright: Span): Rise | null {
  const { figure } = frame;
  if (figure.kind !== "heatmap") return null;
  const definition = figure.definition.zAxis ?? {};
  const extent = arraysExtent([figure.points.z], definition.scale ?? "linear");
  const [low, high] = definition.range ?? [null, null];
  // The colours' ends are the data's own: a blank at the ends would waste colours.
  const range = extent === null || extent[0] === extent[1]
    ? axisRange(extent, definition)
    : axisRange(extent, { ...definition, range: [low ?? extent[0], high ?? extent[1]] });
  const need: AxisNeed = { id: "z", side: "right", definition, series: [] };
  return rise(frame, need, range, upright, [figure.z]);
}

function acrossLabel(figure: Figure, ticks: TickSet, room: number, size: number): string {
  const definition = acrossDefinition(figure);
  switch (figure.kind) {
    case "time":
      return "";
    case "trace":
      return axisText({ label: "Index", ...definition }, [], ticks, room, size);
    default:
      return axisText(definition, [figure.x], ticks, room, size);
  }
}

export function axisOf(
  { need, scale: on, ticks, label, width }: Rise,
  at: number,
  size: number,
): Axis {
  const out = need.side === "left" ? -1 : 1;
  return {
    id: need.id,
    side: need.side,
    kind: on.kind,
    scale: on,
    ticks,
    label,
    at,
    labelAt: at + out * (width - size * 0.75),
    series: need.series,
  };
}

export function acrossAxis(
  frame: Frame,
  plot: Box,
  range: Span | null,
  offset: ZoneOffset,
): Axis {
  const { figure, size } = frame;
  const pixels: Span = [plot.x, plot.x + plot.width];
  const elapsed = figure.kind === "time" && figure.elapsed === true;
  const kind = figure.kind !== "time"
    ? acrossDefinition(figure).scale ?? "linear"
    : elapsed
    ? "elapsed"
    : "time";
  let on: Scale;
  let ticks: TickSet;
  if (figure.kind === "time") {
    on = scale("linear", range ?? [0, 1], pixels);
    const room = roomAcross(on, frame);
    const most = Math.max(2, plot.width / (size * 6.5));
    // Without a moment to show, any tick would be a lie.
    ticks = range === null
      ? NO_TICKS
      : elapsed
      ? elapsedTicks(range, most, room)
      : timeTicks(range, most, offset, room);
  } else {
    ({ scale: on, ticks } = numberAxis(acrossDefinition(figure), range ?? [0, 1], pixels, frame));
  }
  return {
    id: "x",
    side: "bottom",
    kind,
    scale: on,
    ticks,
    label: fitText(acrossLabel(figure, ticks, plot.width, size), size, plot.width),
    at: plot.y + plot.height,
    labelAt: plot.y + plot.height + size * (TICK + 2.15),
    series: seriesOf(figure).map((_, place) => place),
  };
}
