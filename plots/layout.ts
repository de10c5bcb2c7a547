/**
 * Where everything of a figure goes.
 *
 * @module
 */

import { axisNeeds, seriesOf } from "./axes.ts";
import type { Box } from "./display_list.ts";
import { lastValue } from "./extents.ts";
import type { Figure } from "./figure.ts";
import { acrossRange, upRange, type View } from "./figure_ranges.ts";
import { type HeatGrid, heatGrid } from "./heat_grid.ts";
import {
  acrossAxis,
  along,
  type Axis,
  axisOf,
  colorRise,
  type Frame,
  type Rise,
  rise,
  TICK,
} from "./layout_axes.ts";
import { layLegend, type Legend } from "./legend.ts";
import { type PlacedMark, placeGaps, placeMarks } from "./marks.ts";
import type { Span } from "./scale.ts";
import { fitText, textWidth } from "./text_width.ts";
import { fontSizeFor, type Theme, theme } from "./theme.ts";
import { utc, type ZoneOffset } from "./time_ticks.ts";

/** How a figure is laid out. */
export interface LayoutOptions {
  /** The width, CSS pixels. */
  readonly width: number;
  /** The height, CSS pixels. */
  readonly height: number;
  /** Colours. @default the light theme */
  readonly theme?: Theme;
  /** The font's size, pixels. @default what suits the size */
  readonly fontSize?: number;
  /** The clocks that time labels follow. @default UTC */
  readonly offset?: ZoneOffset;
  /** What a viewer has zoomed to. */
  readonly view?: View;
  /** Whether there is a legend. @default if there are several series */
  readonly legend?: boolean;
  /** Whether the legend gives last values. @default false */
  readonly lastValues?: boolean;
  /** Device pixels for each CSS pixel, to which data are reduced. @default 1 */
  readonly resolution?: number;
}

/** A figure with all its places, CSS pixels. */
export interface Layout {
  /** What is laid out. */
  readonly figure: Figure;
  /** The width. */
  readonly width: number;
  /** The height. */
  readonly height: number;
  /** Colours. */
  readonly theme: Theme;
  /** The font's size. */
  readonly fontSize: number;
  /** Device pixels for each CSS pixel. */
  readonly resolution: number;
  /** The clocks that time labels follow. */
  readonly offset: ZoneOffset;
  /** Where the data are drawn. */
  readonly plot: Box;
  /** The horizontal axis. */
  readonly x: Axis;
  /** The vertical axes. */
  readonly y: readonly Axis[];
  /** The colours' axis of a heat map, and its bar. */
  readonly z?: Axis;
  /** Where the bar of a heat map's colours is. */
  readonly bar?: Box;
  /** A heat map's cells; null if its points are on no grid. */
  readonly grid: HeatGrid | null;
  /** The title with its baseline; the text is empty if there is none. */
  readonly title: { readonly text: string; readonly x: number; readonly y: number };
  /** The legend. */
  readonly legend: Legend;
  /** Marks of events. */
  readonly marks: readonly PlacedMark[];
  /** Stretches of the horizontal axis in which nothing was recorded, pixels. */
  readonly gaps: readonly Span[];
}

/** The title's size, in sizes of the font. */
export const TITLE_SIZE = 1.15;
/** What is between two axes on one side, in sizes of the font. */
const BETWEEN = 0.8;

/**
 * Lays a figure out.
 *
 * @param figure What to show.
 * @param options The size and what else is wished.
 * @throws {RangeError} If the size is none.
 */
export function layOut(figure: Figure, options: LayoutOptions): Layout {
  const { width, height, view = {}, offset = utc, resolution = 1 } = options;
  if (!(width > 0 && height > 0 && width < 1e5 && height < 1e5)) {
    throw new RangeError(`Cannot lay a figure out, as it must have a size: ${width} x ${height}`);
  }
  const size = options.fontSize ?? fontSizeFor(width, height);
  const frame: Frame = { figure, width, height, size, pad: Math.round(size * 0.75) };
  const { pad } = frame;
  const colors = options.theme ?? theme("light");

  const grid = figure.kind === "heatmap" ? heatGrid(figure) : null;
  const across = acrossRange(figure, view, grid);
  const needs = axisNeeds(figure).map((need) => ({
    need,
    range: upRange(figure, need, across, view, grid),
    quantities: along(figure, need),
  }));
  const rises = (upright: Span) =>
    needs.map(({ need, range, quantities }) => rise(frame, need, range, upright, quantities));

  // Widths depend on heights and heights on widths: first with a guess, then with what came of it.
  const titled = figure.definition.title ?? "";
  const titleHeight = titled === "" ? 0 : size * TITLE_SIZE * 1.5;
  const marks = figure.kind === "time" ? figure.marks ?? [] : [];
  const markHeight = marks.length > 0 ? size * 1.3 : 0;
  const below = figure.kind === "time" && figure.elapsed !== true
    ? size * (TICK + 2.6)
    : size * (TICK + 1.4) + (figure.kind === "time" ? 0 : size * 1.5);
  const bottom = Math.round(height - pad - below);
  const beside = (all: readonly Rise[], side: "left" | "right") =>
    all.filter(({ need }) => need.side === side).reduce((sum, one) => sum + one.width, 0);
  const barWidth = figure.kind === "heatmap" ? Math.round(size * 2.2) : 0;
  const sides = (all: readonly Rise[], color: Rise | null) => {
    const left = Math.round(Math.max(pad + beside(all, "left"), size * 2.2));
    const onRight = all.filter(({ need }) => need.side === "right").length;
    const between = Math.max(0, onRight - 1) * size * BETWEEN;
    const right = beside(all, "right") + between + barWidth + (color?.width ?? 0);
    return { left, right: Math.round(width - Math.max(pad + right, size * 2)) };
  };
  const series = seriesOf(figure);
  const showsLegend = options.legend ?? (series.length > 1 || options.lastValues === true);
  const values = options.lastValues === true ? series.map(lastValue) : null;
  const guess = Math.round(pad + titleHeight + markHeight + size * (showsLegend ? 1.6 : 0));
  const trial = sides(rises([guess, bottom]), colorRise(frame, [guess, bottom]));
  const legend: Legend = showsLegend
    ? layLegend(series, values, {
      x: trial.left,
      y: pad + titleHeight,
      width: trial.right - trial.left,
      rows: Math.max(1, Math.floor(height * 0.25 / (size * 1.55))),
      size,
    })
    : { entries: [], height: 0 };
  const top = Math.round(
    pad + titleHeight + legend.height + markHeight + (legend.height > 0 ? size * 0.2 : 0),
  );
  const upright: Span = [Math.min(top, bottom - 1), bottom];
  const placed = rises(upright);
  const color = colorRise(frame, upright);
  const { left, right } = sides(placed, color);
  const plot: Box = {
    x: left,
    y: upright[0],
    width: Math.max(1, right - left),
    height: bottom - upright[0],
  };

  const flat: Span = [plot.x, plot.x + plot.width];
  const horizontal = acrossAxis(frame, plot, across, offset);
  const y: Axis[] = [];
  let outside = flat[1];
  for (const one of placed) {
    const onLeft = one.need.side === "left";
    y.push(axisOf(one, onLeft ? plot.x : outside, size));
    if (!onLeft) outside += one.width + size * BETWEEN;
  }
  const bar: Box = {
    x: Math.round(flat[1] + size),
    y: plot.y,
    width: Math.round(size * 1.2),
    height: plot.height,
  };
  const titleRoom = width - 2 * pad;
  const titleText = fitText(titled, size * TITLE_SIZE, titleRoom, true);
  const titleWide = textWidth(titleText, size * TITLE_SIZE, true);
  return {
    figure,
    width,
    height,
    theme: colors,
    fontSize: size,
    resolution,
    offset,
    plot,
    x: horizontal,
    y,
    ...(color === null ? {} : { z: axisOf(color, bar.x + bar.width, size), bar }),
    grid,
    title: {
      text: titleText,
      x: Math.max(pad, Math.min(plot.x, width - pad - titleWide)),
      y: pad + size * TITLE_SIZE,
    },
    legend,
    marks: placeMarks(marks, horizontal.scale, size),
    gaps: figure.kind === "time" ? placeGaps(figure.gaps ?? [], horizontal.scale) : [],
  };
}
