/**
 * From variables and events to a figure over time: for the page, whose data come over a network, and for pictures, whose
 * data come from the file.
 *
 * @module
 */

import { plotVariables, type TimePlotDefinition } from "./definition.ts";
import type {
  BucketRun,
  EventMark,
  Gap,
  MarkLevel,
  PointRun,
  Quantity,
  TimeFigure,
  TimeSeries,
} from "./figure.ts";
import type { Span } from "./scale.ts";

/** Lines are broken where so many values of a variable in a row are missing. */
const MISSING_IN_A_ROW = 10;
/** Lines are not broken over fewer pixels than this. */
const LEAST_BREAK = 3;
/** Kinds of events that are marked though they are not grave. */
export const MARKED_KINDS: readonly string[] = ["note", "alarm", "pause", "resume"];

/** Something that happened, as far as it may be drawn. */
export interface FigureEvent {
  /** When, Unix seconds. */
  readonly t: number;
  /** What kind: `"gap"`, `"note"`, … */
  readonly kind: string;
  /** How grave it is. */
  readonly level: MarkLevel;
  /** Whom it concerns. */
  readonly source?: string;
  /** A sentence. */
  readonly message: string;
  /** Of a gap: from when to when nothing was recorded. */
  readonly span?: Span;
}

/** What of a series is drawn. */
export type Runs = readonly (PointRun | BucketRun)[];

/** What a figure over time is made of. */
export interface TimeParts {
  /** What is shown and how. */
  readonly definition: TimePlotDefinition;
  /** The times shown, Unix seconds. */
  readonly span: Span;
  /** How wide it is, pixels of the screen or picture. */
  readonly width: number;
  /** What is known of a variable, and how many seconds there usually are from one value to the next. */
  variable(name: string): Quantity & { readonly period?: number };
  /** A variable's data, in the order of time. */
  data(name: string): Runs;
  /** What happened. */
  readonly events: readonly FigureEvent[];
}

/** A quantity without what else is known of it. */
export function quantityOf({ name, label, unit }: Quantity): Quantity {
  return {
    name,
    ...(label === undefined ? {} : { label }),
    ...(unit === undefined ? {} : { unit }),
  };
}

/** A figure over time. */
export function timeFigure(parts: TimeParts): TimeFigure {
  const { definition, span: [from, to], width, events } = parts;
  const right = rightOf(definition, (name) => parts.variable(name).unit ?? "");
  const pixel = (to - from) / width;
  const series = plotVariables(definition).map((name, color): TimeSeries => {
    const variable = parts.variable(name);
    const { period } = variable;
    return {
      ...quantityOf(variable),
      color,
      axis: right.includes(name) ? "right" : "left",
      data: parts.data(name),
      ...(period === undefined
        ? {}
        : { longestStep: Math.max(MISSING_IN_A_ROW * period, LEAST_BREAK * pixel) }),
    };
  });
  return {
    kind: "time",
    definition,
    series,
    span: [from, to],
    gaps: gapsOf(events, series, from, to),
    marks: marksOf(events, from, to),
  };
}

/** The variables on the right axis: those that are told to be, else those of the second of two units. */
function rightOf(
  { left, right }: TimePlotDefinition,
  unitOf: (name: string) => string,
): readonly string[] {
  if (right !== undefined) return right;
  const units = [...new Set(left.map(unitOf))];
  return units.length === 2 ? left.filter((name) => unitOf(name) === units[1]) : [];
}

/** Where nothing was recorded: each gap interrupts the series that have no value in it. */
function gapsOf(
  events: readonly FigureEvent[],
  series: readonly TimeSeries[],
  from: number,
  to: number,
): Gap[] {
  return events.flatMap(({ span }) => {
    if (span === undefined || span[1] < from || span[0] > to) return [];
    const empty = series.filter(({ data }) => !hasValueIn(data, span[0], span[1]));
    if (empty.length === 0) return [];
    const all = empty.length === series.length;
    return [{
      from: span[0],
      to: span[1],
      ...(all ? {} : { series: empty.map(({ name }) => name) }),
    }];
  });
}

/** Whether a series has a value well within a stretch of time. */
function hasValueIn(runs: Runs, from: number, to: number): boolean {
  return runs.some((run) => {
    const width = run.kind === "buckets" ? run.width : 0;
    let low = 0;
    let high = run.t.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((run.t[middle] ?? NaN) > from) high = middle;
      else low = middle + 1;
    }
    return (run.t[low] ?? Infinity) + width < to;
  });
}

/** Events that are worth a mark. */
function marksOf(events: readonly FigureEvent[], from: number, to: number): EventMark[] {
  return events.filter(({ t, kind, level }) =>
    t >= from && t <= to && kind !== "gap" &&
    (level === "warning" || level === "error" || MARKED_KINDS.includes(kind))
  ).map(({ t, kind, level, source, message }) => ({
    t,
    level,
    label: kind === "note" ? message : source === undefined ? kind : `${kind}: ${source}`,
  }));
}
