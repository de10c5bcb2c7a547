/**
 * What a plot shows, as plain data: the builder makes it, the file keeps it, the page and the pictures draw it.
 *
 * @module
 */

/** How an axis is divided. */
export type AxisScale = "linear" | "log";

/** An axis, as far as somebody chose it. */
export interface AxisDefinition {
  /** What it says. @default the labels and units of the variables on it */
  readonly label?: string;
  /** How it is divided; on `"log"`, values that are not positive are left out. @default "linear" */
  readonly scale?: AxisScale;
  /** Its ends; an end that is null follows the data. @default [null, null] */
  readonly range?: readonly [number | null, number | null];
}

/** Variables over time. */
export interface TimePlotDefinition {
  /** What kind of plot it is. */
  readonly kind: "time";
  /** What stands above it. */
  readonly title?: string;
  /** Variables on the left axis. */
  readonly left: readonly string[];
  /** Variables on the right axis. If absent, those of the second unit are, where there are just two units. */
  readonly right?: readonly string[];
  /** Only the last so many milliseconds are shown; the whole run if absent. */
  readonly last?: number;
  /** The left axis. */
  readonly leftAxis?: AxisDefinition;
  /** The right axis. */
  readonly rightAxis?: AxisDefinition;
}

/** Variables against another one. */
export interface XyPlotDefinition {
  /** What kind of plot it is. */
  readonly kind: "xy";
  /** What stands above it. */
  readonly title?: string;
  /** The variable along the horizontal axis. */
  readonly x: string;
  /** The variables along the vertical axis. */
  readonly y: readonly string[];
  /** Only what was recorded in the last so many milliseconds; the whole run if absent. */
  readonly last?: number;
  /** The horizontal axis. */
  readonly xAxis?: AxisDefinition;
  /** The vertical axis. */
  readonly yAxis?: AxisDefinition;
  /** Whether points are joined. @default true */
  readonly line?: boolean;
}

/** A variable over two others, as colours: the result of a sweep with two axes. */
export interface HeatmapDefinition {
  /** What kind of plot it is. */
  readonly kind: "heatmap";
  /** What stands above it. */
  readonly title?: string;
  /** The variable along the horizontal axis. */
  readonly x: string;
  /** The variable along the vertical axis. */
  readonly y: string;
  /** The variable that gives the colour. */
  readonly z: string;
  /** Only what was recorded in the last so many milliseconds; the whole run if absent. */
  readonly last?: number;
  /** The horizontal axis. */
  readonly xAxis?: AxisDefinition;
  /** The vertical axis. */
  readonly yAxis?: AxisDefinition;
  /** The colours' axis. */
  readonly zAxis?: AxisDefinition;
}

/** The datasets of a name as traces, the newest in front. */
export interface TracePlotDefinition {
  /** What kind of plot it is. */
  readonly kind: "trace";
  /** What stands above it. */
  readonly title?: string;
  /** The datasets' name. */
  readonly dataset: string;
  /** How many of the last ones are shown. @default 1 */
  readonly count?: number;
  /** The horizontal axis: the elements' index. */
  readonly xAxis?: AxisDefinition;
  /** The vertical axis. */
  readonly yAxis?: AxisDefinition;
}

/** A plot. */
export type PlotDefinition =
  | TimePlotDefinition
  | XyPlotDefinition
  | HeatmapDefinition
  | TracePlotDefinition;

/** The variables that a plot shows, each once, in the order of its definition. */
export function plotVariables(plot: PlotDefinition): string[] {
  switch (plot.kind) {
    case "time":
      return [...new Set([...plot.left, ...plot.right ?? []])];
    case "xy":
      return [...new Set([plot.x, ...plot.y])];
    case "heatmap":
      return [...new Set([plot.x, plot.y, plot.z])];
    case "trace":
      return [];
  }
}
