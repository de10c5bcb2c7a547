/**
 * A figure: a plot's definition and the data to draw it with.
 *
 * @module
 */

import type {
  HeatmapDefinition,
  TimePlotDefinition,
  TracePlotDefinition,
  XyPlotDefinition,
} from "./definition.ts";

/** What is measured along an axis. */
export interface Quantity {
  /** The variable's name. */
  readonly name: string;
  /** What axes and legends call it. @default the name */
  readonly label?: string;
  /** Its unit. */
  readonly unit?: string;
}

/** Values and their times. Arrays are of one length; a value that is not finite interrupts the line. */
export interface PointRun {
  /** What kind of data it is. */
  readonly kind: "points";
  /** Times, Unix seconds. */
  readonly t: Float64Array;
  /** Values. */
  readonly v: Float64Array;
}

/**
 * Least, greatest and mean values in equal stretches of time. A bucket without a value has NaN; it does not interrupt the
 * line, as a variable may be measured more rarely than there are buckets.
 */
export interface BucketRun {
  /** What kind of data it is. */
  readonly kind: "buckets";
  /** When each bucket begins, Unix seconds. */
  readonly t: Float64Array;
  /** Least values. */
  readonly min: Float64Array;
  /** Greatest values. */
  readonly max: Float64Array;
  /** Mean values. */
  readonly mean: Float64Array;
  /** How long a bucket is, seconds. */
  readonly width: number;
}

/** How a series looks. */
export interface SeriesLook {
  /** Which colour of the theme; colours come again with other dashes. @default its place in the figure */
  readonly color?: number;
  /** Which pattern: 0 is a full line, 1 dashed, 2 dotted, 3 both. @default by the colour */
  readonly dash?: number;
}

/** A variable over time. */
export interface TimeSeries extends Quantity, SeriesLook {
  /** On which side its axis is. @default "left" */
  readonly axis?: "left" | "right";
  /** Its data, in the order of time: one line, from the history's buckets to the latest points. */
  readonly data: readonly (PointRun | BucketRun)[];
  /** Points further apart than so many seconds are not joined. @default Infinity */
  readonly longestStep?: number;
}

/** A stretch of time in which nothing was recorded. */
export interface Gap {
  /** When it began, Unix seconds. */
  readonly from: number;
  /** When it ended, Unix seconds. */
  readonly to: number;
  /** The names of the series that it interrupts. @default all */
  readonly series?: readonly string[];
}

/** How grave a marked event is. */
export type MarkLevel = "debug" | "info" | "warning" | "error";

/** An event that is marked. */
export interface EventMark {
  /** When, Unix seconds. */
  readonly t: number;
  /** How grave it is. */
  readonly level: MarkLevel;
  /** What it says; as much of it is shown as there is room for. */
  readonly label: string;
}

/** Variables over time. */
export interface TimeFigure {
  /** What kind of figure it is. */
  readonly kind: "time";
  /** What is shown and how. */
  readonly definition: TimePlotDefinition;
  /** The series. */
  readonly series: readonly TimeSeries[];
  /** Where nothing was recorded. */
  readonly gaps?: readonly Gap[];
  /** Events to mark. */
  readonly marks?: readonly EventMark[];
  /** The times shown, Unix seconds. @default those of the data, as far as the definition's `last` goes */
  readonly span?: readonly [from: number, to: number];
  /** True if times are seconds since a start rather than Unix seconds, as where runs are compared. @default false */
  readonly elapsed?: boolean;
}

/** Values against others. */
export interface XySeries extends Quantity, SeriesLook {
  /** Values along the horizontal axis. */
  readonly x: Float64Array;
  /** Values along the vertical axis, as many. */
  readonly y: Float64Array;
}

/** Variables against another one. */
export interface XyFigure {
  /** What kind of figure it is. */
  readonly kind: "xy";
  /** What is shown and how. */
  readonly definition: XyPlotDefinition;
  /** What is along the horizontal axis. */
  readonly x: Quantity;
  /** The series, each in the order of recording. */
  readonly series: readonly XySeries[];
}

/** A variable over two others. */
export interface HeatmapFigure {
  /** What kind of figure it is. */
  readonly kind: "heatmap";
  /** What is shown and how. */
  readonly definition: HeatmapDefinition;
  /** What is along the horizontal axis. */
  readonly x: Quantity;
  /** What is along the vertical axis. */
  readonly y: Quantity;
  /** What gives the colour. */
  readonly z: Quantity;
  /** One entry a point, in the order of recording: of two at one place the later is shown. */
  readonly points: {
    readonly x: Float64Array;
    readonly y: Float64Array;
    readonly z: Float64Array;
  };
}

/** A dataset's values over their index. */
export interface TraceSeries extends Quantity, SeriesLook {
  /** The values' indices. @default 0, 1, 2, … */
  readonly index?: Float64Array;
  /** The values. */
  readonly values: Float64Array;
}

/** Datasets as traces. */
export interface TraceFigure {
  /** What kind of figure it is. */
  readonly kind: "trace";
  /** What is shown and how. */
  readonly definition: TracePlotDefinition;
  /** The traces, the newest last: it is drawn in front, the others fade with their age. */
  readonly series: readonly TraceSeries[];
}

/** A plot with its data. */
export type Figure = TimeFigure | XyFigure | HeatmapFigure | TraceFigure;

/** Where a series is: all of them have a look, a name and a unit. */
export type AnySeries = TimeSeries | XySeries | TraceSeries;

/** A quantity's label with its unit, as an axis says it: `"Temperature (°C)"`. */
export function quantityLabel({ name, label, unit }: Quantity): string {
  const said = label ?? name;
  return unit === undefined || unit === "" ? said : `${said} (${unit})`;
}
