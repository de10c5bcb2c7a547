/**
 * Plots: from what a plot shows and its data to a drawing, by one piece of code for the live page's canvas, for SVG and
 * for pictures. It needs no screen: it runs in a browser, in a Worker and in a test alike.
 *
 * A {@linkcode Figure} is laid out ({@linkcode layOut}), drawn as a list of shapes ({@linkcode draw}), and shown
 * ({@linkcode toSvg}, {@linkcode paint}).
 *
 * @example
 * ```ts
 * import { draw, layOut, theme, type TimeFigure, toSvg } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const figure: TimeFigure = {
 *   kind: "time",
 *   definition: { kind: "time", left: ["bath"] },
 *   series: [{
 *     name: "bath",
 *     label: "Bath temperature",
 *     unit: "°C",
 *     data: [{ kind: "points", t: Float64Array.of(0, 60, 120), v: Float64Array.of(20, 22, 21) }],
 *   }],
 * };
 * const layout = layOut(figure, { width: 800, height: 300, theme: theme("dark") });
 * assert.equal(layout.y[0]?.label, "Bath temperature (°C)");
 * assert.match(toSvg(draw(layout)), /^<svg /);
 * ```
 *
 * @module
 */

export { paint, type PaintContext, type PaintOptions } from "./canvas.ts";
export {
  type AxisDefinition,
  type AxisScale,
  type HeatmapDefinition,
  type PlotDefinition,
  plotVariables,
  type TimePlotDefinition,
  type TracePlotDefinition,
  type XyPlotDefinition,
} from "./definition.ts";
export {
  type AreaShape,
  type AxisNote,
  type Box,
  type BoxShape,
  type CellsShape,
  type DisplayList,
  type DotsShape,
  type LineShape,
  type Shape,
  type ShapeFacts,
  type TextShape,
} from "./display_list.ts";
export { type CursorPlace, type CursorReading, readAt } from "./cursor.ts";
export { definePlot, plotInWords } from "./define.ts";
export { draw } from "./draw.ts";
export {
  type BucketRun,
  type EventMark,
  type Figure,
  type Gap,
  type HeatmapFigure,
  type MarkLevel,
  type PointRun,
  type Quantity,
  type SeriesLook,
  type TimeFigure,
  type TimeSeries,
  type TraceFigure,
  type TraceSeries,
  type XyFigure,
  type XySeries,
} from "./figure.ts";
export type { View } from "./figure_ranges.ts";
export type { HeatGrid } from "./heat_grid.ts";
export { type Layout, layOut, type LayoutOptions } from "./layout.ts";
export type { Axis } from "./layout_axes.ts";
export type { Legend, LegendEntry } from "./legend.ts";
export type { PlacedMark } from "./marks.ts";
export { formatValue } from "./numbers.ts";
export { parsePlotDefinition } from "./parse_definition.ts";
export type { Scale, Span } from "./scale.ts";
export { type SvgOptions, toSvg } from "./svg.ts";
export { fitText, textWidth } from "./text_width.ts";
export { fontSizeFor, lineColor, type Theme, theme, type ThemeName } from "./theme.ts";
export type { Tick, TickSet } from "./ticks.ts";
export { dateText, momentText, utc, type ZoneOffset, zoneText } from "./time_ticks.ts";
export { zoneOffset } from "./zone.ts";
