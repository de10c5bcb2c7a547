/**
 * The ends of a figure's axes: what a viewer looks at, what somebody chose, what the data need.
 *
 * @module
 */

import type { AxisNeed } from "./axes.ts";
import type { AxisDefinition } from "./definition.ts";
import { arraysExtent, partnersExtent, shownTimes, traceIndex, valueExtent } from "./extents.ts";
import type { Figure, TimeSeries, TraceSeries, XySeries } from "./figure.ts";
import { type HeatGrid, spanOf } from "./heat_grid.ts";
import { axisRange, timeRange } from "./ranges.ts";
import type { Span } from "./scale.ts";

/** What a viewer looks at, as far as it is not what the figure would show by itself. */
export interface View {
  /** The ends of the horizontal axis. */
  readonly x?: Span;
  /** The ends of vertical axes, by their id. */
  readonly y?: Readonly<Record<string, Span>>;
}

/** A viewer's span, if an axis can have it. */
function usable(span: Span | undefined, { scale = "linear" }: AxisDefinition): Span | null {
  if (span === undefined || !span.every(Number.isFinite) || span[0] === span[1]) return null;
  return scale === "log" && !(span[0] > 0 && span[1] > 0) ? null : span;
}

/** What was chosen for the horizontal axis. */
export function acrossDefinition(figure: Figure): AxisDefinition {
  return figure.kind === "time" ? {} : figure.definition.xAxis ?? {};
}

/** The edges of cells, unless somebody chose an end. */
function edgeRange(edges: Float64Array, definition: AxisDefinition): Span {
  const [from, to] = spanOf(edges);
  const [low, high] = definition.range ?? [null, null];
  return axisRange(null, { ...definition, range: [low ?? from, high ?? to] });
}

/** The ends of the horizontal axis; null if it is one of time and there is no moment to show. */
export function acrossRange(figure: Figure, view: View, grid: HeatGrid | null): Span | null {
  const definition = acrossDefinition(figure);
  const looked = usable(view.x, definition);
  if (looked !== null) return looked;
  const { scale = "linear" } = definition;
  switch (figure.kind) {
    case "time": {
      const { span, last } = shownTimes(figure);
      return span === null ? null : timeRange(span, last);
    }
    case "xy":
      return axisRange(arraysExtent(figure.series.map(({ x }) => x), scale), definition);
    case "trace": {
      const extent = arraysExtent(figure.series.map(traceIndex), scale);
      if (extent === null || extent[0] === extent[1]) return axisRange(extent, definition);
      const [low, high] = definition.range ?? [null, null];
      return axisRange(extent, { ...definition, range: [low ?? extent[0], high ?? extent[1]] });
    }
    case "heatmap":
      return grid === null
        ? axisRange(arraysExtent([figure.points.x], scale), definition)
        : edgeRange(grid.columns, definition);
  }
}

/** The values along a vertical axis that stand over the horizontal axis's span. */
function upExtent(figure: Figure, need: AxisNeed, across: Span): Span | null {
  const { scale = "linear" } = need.definition;
  // Which kind the series are is the figure's kind.
  const series = figure.kind === "heatmap" ? [] : need.series.map((at) => figure.series[at]);
  switch (figure.kind) {
    case "time":
      return valueExtent(series as TimeSeries[], across, scale);
    case "xy":
      return partnersExtent((series as XySeries[]).map(({ x, y }) => [y, x]), across, scale);
    case "trace":
      return partnersExtent(
        (series as TraceSeries[]).map((one) => [one.values, traceIndex(one)]),
        across,
        scale,
      );
    case "heatmap":
      return arraysExtent([figure.points.y], scale);
  }
}

/** The ends of a vertical axis. */
export function upRange(
  figure: Figure,
  need: AxisNeed,
  across: Span | null,
  view: View,
  grid: HeatGrid | null,
): Span {
  const looked = usable(view.y?.[need.id], need.definition);
  if (looked !== null) return looked;
  if (grid !== null) return edgeRange(grid.rows, need.definition);
  return axisRange(across === null ? null : upExtent(figure, need, across), need.definition);
}
