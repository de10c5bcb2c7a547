/**
 * The reading side of a session, the same for one that runs and for one that is saved.
 *
 * @module
 */

import type { Plottable } from "../plots/define.ts";
import type { PlotDefinition } from "../plots/definition.ts";
import { type Dataset, decodeDataset } from "./dataset.ts";
import {
  declaredPlots,
  figureOf,
  type FigureOptions,
  type SessionFigure,
} from "./figures/session_figure.ts";
import { type Moment, toMicroseconds, toSeconds } from "./moment.ts";
import { readerOf } from "./reader_of.ts";
import { type OutboxEntry, outboxEntry } from "./outbox/entry.ts";
import type { Reader } from "./store/reader.ts";
import type { OutboxTotals } from "./store/outbox_types.ts";
import type { StoredDataset, StoredVariable } from "./store/reader_types.ts";
import type { RunInfo, StoredEvent, TaskStatistics, VariableInfo } from "./store/types.ts";
import { unknownName } from "./unknown_name.ts";

/** A series: times in Unix seconds and values, of one length, in the order of recording. */
export type Series = readonly [t: Float64Array, values: Float64Array];

/** One value and when it was recorded, in Unix seconds. */
export interface Reading {
  /** Unix seconds. */
  readonly t: number;
  /** The value. */
  readonly value: number;
}

/** Which part of a series is wanted. */
export interface Window {
  /** From this moment on, included. */
  readonly from?: Moment;
  /** Up to this moment, included. */
  readonly to?: Moment;
  /** The last so many of them. */
  readonly last?: number;
}

/** Least, greatest and mean of a series over equal stretches of time; each array has a number a bucket. */
export interface Buckets {
  /** Where each bucket begins, Unix seconds. */
  readonly t: Float64Array;
  /** Least value; NaN in an empty bucket. */
  readonly min: Float64Array;
  /** Greatest value; NaN in an empty bucket. */
  readonly max: Float64Array;
  /** Mean value; NaN in an empty bucket. */
  readonly mean: Float64Array;
  /** How many values; NaN values do not count. */
  readonly count: Float64Array;
}

/** Which events are wanted. */
export interface EventFilter {
  /** Only these kinds. */
  readonly kinds?: readonly string[];
  /** Only after this place in the order of everything stored. */
  readonly since?: number;
  /** At most so many. */
  readonly limit?: number;
}

/** What can be read of a session. Everything that was acknowledged is there; times are Unix seconds. */
export abstract class Readings {
  get #reader(): Reader {
    return readerOf(this);
  }

  /** The names of all variables, in the order in which they were first recorded. */
  loggedVariables(): string[] {
    return this.#reader.variables().map(({ name }) => name);
  }

  /** A variable's unit, label and description. */
  variableInfo(name: string): VariableInfo {
    const { unit, label, description } = this.#known(name);
    return {
      ...(unit === undefined ? {} : { unit }),
      ...(label === undefined ? {} : { label }),
      ...(description === undefined ? {} : { description }),
    };
  }

  /**
   * A variable's series.
   *
   * @param name The variable.
   * @param window Which part; all of it, if absent.
   * @throws {RangeError} If there is no such variable; the message names those there are.
   *
   * @example
   * ```ts
   * import { Session } from "@stripchart/stripchart";
   * import assert from "node:assert/strict";
   *
   * await using session = new Session(null, { quiet: true });
   * await session.addEntry({ voltage: 1.5 });
   * const [t, voltage] = session.loggedVariable("voltage");
   * assert.deepEqual([t.length, voltage[0]], [1, 1.5]);
   * ```
   */
  loggedVariable(name: string, window: Window = {}): Series {
    this.#known(name);
    const { last } = window;
    if (last !== undefined && !(Number.isInteger(last) && last >= 0)) {
      throw new RangeError(`Cannot read the last values, as their number is not a count: ${last}`);
    }
    const { t, values } = this.#reader.series(name, {
      ...(window.from === undefined ? {} : { from: toMicroseconds(window.from) }),
      ...(window.to === undefined ? {} : { to: toMicroseconds(window.to) }),
      ...(last === undefined ? {} : { last }),
    });
    return [inSeconds(t), values];
  }

  /** The series of every variable, by name. */
  loggedData(window: Window = {}): Record<string, Series> {
    return byName(this.loggedVariables().map((name) => [name, this.loggedVariable(name, window)]));
  }

  /** A variable's series from a moment on, included. */
  loggedDataFrom(name: string, from: Moment): Series {
    return this.loggedVariable(name, { from });
  }

  /** The first value of every variable that has one. */
  loggedFirstValues(): Record<string, Reading> {
    return this.#inOrder(this.#reader.firstValues());
  }

  /** The last value of every variable that has one. */
  loggedLastValues(): Record<string, Reading> {
    return this.#inOrder(this.#reader.lastValues());
  }

  /**
   * Least, greatest and mean of a variable over a window, at a cost that hardly grows with its length.
   *
   * @param name The variable.
   * @param buckets Into how many equal stretches of time the window is divided.
   * @param window From where to where; its whole length, if absent.
   */
  loggedBuckets(name: string, buckets: number, window: Omit<Window, "last"> = {}): Buckets {
    this.#known(name);
    const range = this.#reader.range();
    const found = this.#reader.buckets(name, {
      buckets,
      from: window.from === undefined ? range.first ?? 0 : toMicroseconds(window.from),
      // The last value is included: the window ends a microsecond after it.
      to: (window.to === undefined ? range.last ?? 0 : toMicroseconds(window.to)) + 1,
    });
    return { ...found, t: inSeconds(found.t) };
  }

  /** The names of all datasets, in the order in which they were first stored. */
  datasetNames(): string[] {
    return this.#reader.datasetNames();
  }

  /** When a dataset was stored, once for each time: Unix seconds. */
  datasetTimes(name: string): Float64Array {
    this.#knownDataset(name);
    return inSeconds(this.#reader.datasetTimes(name));
  }

  /**
   * One dataset.
   *
   * @param which `n` counts from 0, or from the end if negative; `at` takes the last one stored at that
   *   moment or before. The last of all, if absent.
   * @throws {RangeError} If there is none.
   */
  dataset(name: string, which: { readonly n?: number; readonly at?: Moment } = {}): Dataset {
    this.#knownDataset(name);
    const found = which.at === undefined
      ? this.#reader.dataset(name, { n: which.n ?? -1 })
      : this.#reader.dataset(name, { at: toMicroseconds(which.at) });
    if (found === undefined) {
      throw new RangeError(
        `Cannot read the dataset ${JSON.stringify(name)}, as there is none at ` +
          `${which.at === undefined ? `index ${which.n}` : String(which.at)}`,
      );
    }
    return decoded(name, found);
  }

  /** Every dataset of that name in order, one in memory at a time. */
  async *datasets(name: string): AsyncGenerator<Dataset, void, unknown> {
    const count = this.datasetTimes(name).length;
    for (let n = 0; n < count; n++) {
      await null;
      yield this.dataset(name, { n });
    }
  }

  /** The value of the dataset that was stored last. */
  datasetLastData(name: string): Dataset["data"] {
    return this.dataset(name).data;
  }

  /**
   * A parameter's value.
   *
   * @throws {RangeError} If it was never saved; the message names those there are.
   */
  parameter(name: string): number {
    const all = this.parameters();
    const value = Object.hasOwn(all, name) ? all[name] : undefined;
    if (value === undefined) throw unknownName("read", "parameter", name, Object.keys(all));
    return value;
  }

  /** Whether a parameter was saved. */
  hasParameter(name: string): boolean {
    return Object.hasOwn(this.parameters(), name);
  }

  /** All parameters, by name. */
  parameters(): Record<string, number> {
    return byName([...this.#reader.parameters()].map(([name, { value }]) => [name, value]));
  }

  /** All metadata, by name. */
  metadata(): Record<string, string> {
    return byName([...this.#reader.metadata()].map(([name, { value }]) => [name, value]));
  }

  /** The runs that the file holds, oldest first. */
  runs(): RunInfo[] {
    return this.#reader.runs();
  }

  /** What happened: starts and stops, gaps, overruns, failures, log lines. */
  events(filter: EventFilter = {}): StoredEvent[] {
    return this.#reader.events(filter);
  }

  /** The figures of each task in a run; in the last one, if absent. */
  statistics(run?: number): TaskStatistics[] {
    return this.#reader.statistics(run ?? this.runs().at(-1)?.id ?? 0);
  }

  /** The plots that the last run declares. */
  plots(): PlotDefinition[] {
    return declaredPlots(this);
  }

  /**
   * A plot as a picture, which is made when it is asked for, away from the main thread.
   *
   * @param plot Variables over time, a plot of another kind, or one of {@linkcode Readings.plots}. If absent, the first
   *   of these, or all variables over time.
   * @param options What of it is shown, and how it looks.
   * @throws {RangeError} If it shows a variable or dataset that there is not; the message names those there are.
   *
   * @example
   * ```ts
   * import { Session } from "@stripchart/stripchart";
   * import assert from "node:assert/strict";
   *
   * await using session = new Session(null, { quiet: true });
   * await session.addEntry({ temperature: 20.5 });
   * const figure = session.figure("temperature", { width: 800, height: 450, theme: "dark" });
   * assert.match(await figure.svg(), /^<svg /);
   * ```
   */
  figure(plot?: Plottable | PlotDefinition, options: FigureOptions = {}): SessionFigure {
    return figureOf(this, plot, options);
  }

  /**
   * Messages to people, the oldest first, without what they say: those that wait, and the latest of those that were
   * delivered or given up.
   *
   * @param limit The latest so many; all of them, if absent.
   */
  outbox(limit?: number): OutboxEntry[] {
    return this.#reader.outbox(limit === undefined ? {} : { limit }).map(outboxEntry);
  }

  /** How many messages to people wait, were delivered, were given up. */
  outboxTotals(): OutboxTotals {
    return this.#reader.outboxTotals();
  }

  /** When the session's first run began, Unix seconds; NaN if there is none. */
  get startedAt(): number {
    const first = this.runs()[0];
    return first === undefined ? NaN : toSeconds(first.started);
  }

  /** When the last entry was recorded, Unix seconds; NaN before the first. */
  get lastTimestamp(): number {
    let latest = NaN;
    for (const { t } of this.#reader.lastValues().values()) if (!(latest >= t)) latest = t;
    return toSeconds(latest);
  }

  /** By name, in the order in which the variables were first recorded. */
  #inOrder(
    found: ReadonlyMap<string, { readonly t: number; readonly value: number }>,
  ): Record<string, Reading> {
    const pairs: [string, Reading][] = [];
    for (const name of this.loggedVariables()) {
      const reading = found.get(name);
      if (reading !== undefined) {
        pairs.push([name, { t: toSeconds(reading.t), value: reading.value }]);
      }
    }
    return byName(pairs);
  }

  #known(name: string): StoredVariable {
    const all = this.#reader.variables();
    const found = all.find((variable) => variable.name === name);
    if (found === undefined) {
      throw unknownName(
        "read",
        "variable",
        name,
        all.map((variable) => variable.name),
      );
    }
    return found;
  }

  #knownDataset(name: string): void {
    const names = this.datasetNames();
    if (!names.includes(name)) throw unknownName("read", "dataset", name, names);
  }
}

function inSeconds(t: Float64Array): Float64Array {
  for (let i = 0; i < t.length; i++) t[i] = toSeconds(t[i] ?? NaN);
  return t;
}

function byName<T>(pairs: (readonly [string, T])[]): Record<string, T> {
  // Without a prototype, as a variable may be called "__proto__" or "constructor".
  const result: Record<string, T> = Object.create(null);
  for (const [name, value] of pairs) result[name] = value;
  return result;
}

function decoded(name: string, found: StoredDataset): Dataset {
  return {
    name,
    t: toSeconds(found.t),
    dtype: found.dtype,
    shape: found.shape,
    data: decodeDataset(found),
  };
}
