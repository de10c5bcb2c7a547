/**
 * Where everything of a figure goes.
 *
 * @module
 */

import { type AxisNeed, axisNeeds, seriesOf } from "./axes.ts";
import type { Box } from "./display_list.ts";
import { lastValue } from "./extents.ts";
import type { Figure, Quantity } from "./figure.ts";
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
import { layLegend, type Legend, ROW } from "./legend.ts";
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
/** The width of the bar of colours, and of what is before it, in sizes of the font. */
const BAR = 1.2;

/** What the vertical axes need, with their data's ends: all that does not depend on places. */
interface Needs {
  readonly frame: Frame;
  readonly axes: readonly {
    readonly need: AxisNeed;
    readonly range: Span;
    readonly quantities: readonly Quantity[];
  }[];
}

/** The vertical axes of one height, and where they leave room for the data. */
interface Upright {
  readonly rises: readonly Rise[];
  readonly color: Rise | null;
  readonly left: number;
  readonly right: number;
}

/** Makes the vertical axes for a height. */
function raise({ frame, axes }: Needs, span: Span): Upright {
  const { size, pad, width, figure } = frame;
  const rises = axes.map(({ need, range, quantities }) =>
    rise(frame, need, range, span, quantities)
  );
  const color = colorRise(frame, span);
  const beside = (side: "left" | "right") => {
    const all = rises.filter(({ need }) => need.side === side);
    const between = Math.max(0, all.length - 1) * size * BETWEEN;
    return all.reduce((sum, one) => sum + one.width, between);
  };
  const bar = figure.kind === "heatmap" ? size * (BAR + 1) : 0;
  const right = beside("right") + bar + (color?.width ?? 0);
  return {
    rises,
    color,
    left: Math.round(Math.max(pad + beside("left"), size * 2.2)),
    right: Math.round(width - Math.max(pad + right, size * 2)),
  };
}

/** Places the vertical axes side by side. */
function placeRises({ rises }: Upright, plot: Box, size: number): Axis[] {
  let outside = plot.x + plot.width;
  return rises.map((one) => {
    if (one.need.side === "left") return axisOf(one, plot.x, size);
    const axis = axisOf(one, outside, size);
    outside += one.width + size * BETWEEN;
    return axis;
  });
}

/** The bar of a heat map's colours with its axis. */
function placeBar({ color }: Upright, plot: Box, size: number): { z?: Axis; bar?: Box } {
  if (color === null) return {};
  const x = Math.round(plot.x + plot.width + size);
  const bar: Box = { ...plot, x, width: Math.round(size * BAR) };
  return { z: axisOf(color, bar.x + bar.width, size), bar };
}

/** The legend above the data, from `left` to `right`. */
function placeLegend(
  { figure, height, size }: Frame,
  { legend, lastValues = false }: LayoutOptions,
  { left, right, y }: { left: number; right: number; y: number },
): Legend {
  const series = seriesOf(figure);
  if (!(legend ?? (series.length > 1 || lastValues))) return { entries: [], height: 0 };
  return layLegend(series, lastValues ? series.map(lastValue) : null, {
    x: left,
    y,
    width: right - left,
    // The data come first.
    rows: Math.max(1, Math.floor(height * 0.25 / (size * ROW))),
    size,
  });
}

/** The title, above the data's left edge if it is short enough. */
function placeTitle({ figure, size, pad, width }: Frame, { x }: Box): Layout["title"] {
  const letters = size * TITLE_SIZE;
  const text = fitText(figure.definition.title ?? "", letters, width - 2 * pad, true);
  const right = width - pad - textWidth(text, letters, true);
  return { text, x: Math.max(pad, Math.min(x, right)), y: pad + letters };
}

/** How much the horizontal axis's labels take. */
function belowHeight({ figure, size }: Frame): number {
  if (figure.kind !== "time") return size * (TICK + 2.9);
  return size * (TICK + (figure.elapsed === true ? 1.4 : 2.6));
}

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
  const pad = Math.round(size * 0.75);
  const frame: Frame = { figure, width, height, size, pad };
  const grid = figure.kind === "heatmap" ? heatGrid(figure) : null;
  const across = acrossRange(figure, view, grid);
  const needs: Needs = {
    frame,
    axes: axisNeeds(figure).map((need) => ({
      need,
      range: upRange(figure, need, across, view, grid),
      quantities: along(figure, need),
    })),
  };

  // Widths depend on heights and heights on widths: first with a guess, then with what came of it.
  const titled = pad + ((figure.definition.title ?? "") === "" ? 0 : size * TITLE_SIZE * 1.5);
  const marks = figure.kind === "time" ? figure.marks ?? [] : [];
  const marked = marks.length > 0 ? size * 1.3 : titled > pad ? size * 0.2 : 0;
  const bottom = Math.round(height - pad - belowHeight(frame));
  const trial = raise(needs, [Math.round(titled + marked + size * ROW), bottom]);
  const legend = placeLegend(frame, options, { ...trial, y: titled });
  const blank = legend.height > 0 ? size * 0.2 : 0;
  const top = Math.min(Math.round(titled + legend.height + blank + marked), bottom - 1);
  const upright = raise(needs, [top, bottom]);
  const { left, right } = upright;
  const plot: Box = { x: left, y: top, width: Math.max(1, right - left), height: bottom - top };

  const x = acrossAxis(frame, plot, across, offset);
  return {
    figure,
    width,
    height,
    theme: options.theme ?? theme("light"),
    fontSize: size,
    resolution,
    offset,
    plot,
    x,
    y: placeRises(upright, plot, size),
    ...placeBar(upright, plot, size),
    grid,
    title: placeTitle(frame, plot),
    legend,
    marks: placeMarks(marks, x.scale, size),
    gaps: figure.kind === "time"
      ? placeGaps(figure.gaps ?? [], x.scale, Math.max(2, size / 6))
      : [],
  };
}
