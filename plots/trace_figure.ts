/**
 * From datasets to a figure of traces: for the page and for pictures.
 *
 * @module
 */

import type { TracePlotDefinition } from "./definition.ts";
import type { TraceFigure, TraceSeries } from "./figure.ts";
import type { ZoneOffset } from "./time_ticks.ts";

/** A dataset as a trace. */
export interface Trace {
  /** The dataset's name. */
  readonly name: string;
  /** When it was stored, Unix seconds. */
  readonly t: number;
  /** Indices of its values; absent if it is no array of numbers. */
  readonly index?: Float64Array;
  /** The values. */
  readonly values?: Float64Array;
}

/** A moment, with the date unless it is that of `now`: `"2026-11-26 14:05:09"`. */
function momentIn(t: number, now: number, offset: ZoneOffset): string {
  const written = (at: number): string[] =>
    new Date(Math.floor(at + offset(at)) * 1e3).toISOString().slice(0, 19).split("T");
  const [date = "", time = ""] = written(t);
  return date === written(now)[0] ? time : `${date} ${time}`;
}

/**
 * A figure of traces.
 *
 * @param traces The datasets, the newest last.
 * @param now What time it is, Unix seconds.
 * @param offset The clocks by which legends say when they were stored.
 */
export function traceFigure(
  definition: TracePlotDefinition,
  traces: readonly Trace[],
  now: number,
  offset: ZoneOffset,
): TraceFigure {
  const series = traces.flatMap(({ name, t, index, values }, place): TraceSeries[] =>
    index === undefined || values === undefined ? [] : [{
      name,
      label: `${name}, ${momentIn(t, now, offset)}`,
      color: traces.length - 1 - place,
      index,
      values,
    }]
  );
  const { dataset, yAxis } = definition;
  return {
    kind: "trace",
    definition: { ...definition, yAxis: { label: dataset, ...yAxis } },
    series,
  };
}
