/**
 * Plots over time.
 *
 * @module
 */

import type { TimePlotDefinition } from "../../plots/definition.ts";
import { plotVariables } from "../../plots/definition.ts";
import type { EventMark, Figure, Gap, TimeSeries } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import type { EventRow } from "../protocol.ts";
import { type FigureSource, quantityOf, variableOf } from "./figure_source.ts";
import type { SessionStore } from "./store.ts";
import { type Runs, type Span, TimeData } from "./time_data.ts";

/** Lines are broken where so many values of a variable in a row are missing. */
const MISSING_IN_A_ROW = 10;
/** Kinds of events that are marked though they are not grave. */
const MARKED = ["note", "alarm", "pause", "resume"];
/** A run that has just begun is shown at this length at least, seconds. */
const LEAST_SPAN = 10;

/** The data of a plot over time. */
export class TimeSource implements FigureSource {
  readonly #store: SessionStore;
  readonly #definition: TimePlotDefinition;
  readonly #data: TimeData;
  readonly #names: readonly string[];
  readonly #stop: () => void;

  /** @param changed Called when there is something new to draw. */
  constructor(store: SessionStore, definition: TimePlotDefinition, changed: () => void) {
    this.#store = store;
    this.#definition = definition;
    this.#names = plotVariables(definition);
    this.#data = new TimeData(store.api, store.id, this.#names, changed);
    this.#stop = store.listen({
      entries: (batches) => {
        if (this.#data.append(batches)) changed();
      },
      stale: () => this.#data.spoil(),
    });
  }

  get loading(): boolean {
    return this.#data.loading && this.#store.latest > -Infinity;
  }

  get trouble(): string | undefined {
    return this.#data.trouble;
  }

  /** What the plot shows by itself: the last run, or the last while of it. */
  span(): Span {
    const { runs, span } = this.#store.info.value;
    const running = this.#store.status.value.state === "running";
    const run = runs.at(-1);
    const end = running ? this.#store.time() : Math.max(span?.[1] ?? 0, run?.started ?? 0);
    const began = run?.started ?? span?.[0] ?? end;
    const { last } = this.#definition;
    const from = last === undefined
      ? began
      : Math.max(end - last / 1e3, running ? -Infinity : began);
    return { from: Math.min(from, end - (last === undefined ? LEAST_SPAN : 0)), to: end };
  }

  figure(view: View, width: number): Figure {
    const own = this.span();
    const [from, to] = view.x ?? [own.from, own.to];
    this.#data.show({ from, to }, width, this.#store.latest);
    const right = rightOf(this.#definition, (name) => variableOf(this.#store, name).unit ?? "");
    const step = (to - from) / width;
    const series = this.#names.map((name, color): TimeSeries => {
      const { period } = variableOf(this.#store, name);
      return {
        ...quantityOf(this.#store, name),
        color,
        axis: right.includes(name) ? "right" : "left",
        data: this.#data.runs(name),
        ...(period === undefined
          ? {}
          : { longestStep: Math.max(MISSING_IN_A_ROW * period, 3 * step) }),
      };
    });
    const events = this.#store.events.value;
    return {
      kind: "time",
      definition: this.#definition,
      series,
      span: [from, to],
      gaps: gapsOf(events, series, from, to),
      marks: marksOf(events, from, to),
    };
  }

  csv(view: View): string {
    const own = this.span();
    const [from, to] = view.x ?? [own.from, own.to];
    return this.#store.api.url(this.#store.id, "export.csv", { name: this.#names, from, to });
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#data.close();
  }
}

/** The variables on the right axis: those that are told to be, else those of the second of two units. */
export function rightOf(
  { left, right }: TimePlotDefinition,
  unitOf: (name: string) => string,
): readonly string[] {
  if (right !== undefined) return right;
  const units = [...new Set(left.map(unitOf))];
  return units.length === 2 ? left.filter((name) => unitOf(name) === units[1]) : [];
}

/** Where nothing was recorded: each gap interrupts the series that have no value in it. */
export function gapsOf(
  events: readonly EventRow[],
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
export function marksOf(events: readonly EventRow[], from: number, to: number): EventMark[] {
  return events.filter(({ t, kind, level }) =>
    t >= from && t <= to && kind !== "gap" &&
    (level === "warning" || level === "error" || MARKED.includes(kind))
  ).map(({ t, kind, level, source, message }) => ({
    t,
    level,
    label: kind === "note" ? message : source === undefined ? kind : `${kind}: ${source}`,
  }));
}
