/**
 * Plots of variables against others.
 *
 * @module
 */

import {
  type HeatmapDefinition,
  plotVariables,
  type XyPlotDefinition,
} from "../../plots/definition.ts";
import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { mostPoints, pointsFigure } from "../../plots/points_figure.ts";
import { fromWire } from "../components/format.ts";
import { decodePoints } from "../points.ts";
import type { EntryBatch } from "../protocol.ts";
import { type FigureSource, spanOf, variableOf } from "./figure_source.ts";
import { Growing } from "./growing.ts";
import type { SessionStore } from "./store.ts";

/** After so many new points all are read anew, thinned by the server. */
const MOST_NEW = 5_000;

/** Points of several variables, column by column. */
class Columns {
  readonly t = new Growing();
  readonly values: readonly Growing[];

  constructor(count: number) {
    this.values = Array.from({ length: count }, () => new Growing());
  }

  push(t: number, point: readonly number[]): void {
    this.t.push(t);
    this.values.forEach((column, i) => column.push(point[i] ?? NaN));
  }
}

/** The data of a plot of variables against others. */
export class PointsSource implements FigureSource {
  readonly #store: SessionStore;
  readonly #definition: XyPlotDefinition | HeatmapDefinition;
  readonly #changed: () => void;
  readonly #names: readonly string[];
  readonly #stop: () => void;
  readonly #latest: number[];
  #columns: Columns;
  #fresh = 0;
  #state: "empty" | "reading" | "read" = "empty";
  #waiting: (readonly [t: number, point: readonly number[]])[] = [];
  #trouble: string | undefined;

  /** @param changed Called when there is something new to draw. */
  constructor(
    store: SessionStore,
    definition: XyPlotDefinition | HeatmapDefinition,
    changed: () => void,
  ) {
    this.#store = store;
    this.#definition = definition;
    this.#changed = changed;
    this.#names = plotVariables(definition);
    this.#columns = new Columns(this.#names.length);
    this.#latest = this.#names.map(() => NaN);
    this.#stop = store.listen({
      entries: (batches) => this.#append(batches),
      stale: () => void this.#read(),
    });
    void this.#read();
  }

  get loading(): boolean {
    return this.#state === "empty";
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  async #read(): Promise<void> {
    if (this.#state === "reading") return;
    this.#state = "reading";
    const { api, id, latest } = this.#store;
    const [from] = spanOf(this.#store, this.#definition);
    try {
      const columns = new Columns(this.#names.length);
      if (latest >= from) {
        // All may have been recorded in one moment; a window has a length.
        const window = { from: Math.min(from, latest - 1), to: latest };
        const query = { name: this.#names, ...window, most: mostPoints(this.#definition) };
        const points = decodePoints(await api.bytes(id, "points", query));
        points.t.forEach((t, row) =>
          columns.push(t, points.values.map((column) => column[row] ?? NaN))
        );
        this.#names.forEach((_, i) => {
          const last = points.values[i]?.at(-1);
          if (last !== undefined) this.#latest[i] = last;
        });
      }
      for (const [t, point] of this.#waiting) if (t > latest) columns.push(t, point);
      this.#columns = columns;
      this.#fresh = 0;
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
    this.#waiting = [];
    this.#state = "read";
    this.#changed();
  }

  #append(batches: readonly EntryBatch[]): void {
    let any = false;
    for (const { names, t, values } of batches) {
      const places = this.#names.map((name) => names.indexOf(name));
      if (places.every((place) => place < 0)) continue;
      t.forEach((at, row) => {
        places.forEach((place, i) => {
          const value = values[place]?.[row];
          if (value !== undefined) this.#latest[i] = fromWire(value);
        });
        if (this.#latest.some(Number.isNaN)) return;
        any = true;
        const point = [...this.#latest];
        if (this.#state === "reading") this.#waiting.push([at, point]);
        this.#columns.push(at, point);
        this.#fresh++;
      });
    }
    if (!any) return;
    if (this.#fresh > MOST_NEW) void this.#read();
    this.#changed();
  }

  figure(_view: View, _width: number): Figure {
    const definition = this.#definition;
    const [from] = spanOf(this.#store, this.#definition);
    const times = this.#columns.t.view();
    // Points that have grown older than what is shown stay in memory until all are read anew.
    let first = 0;
    while (first < times.length && (times[first] ?? 0) < from) first++;
    const column = (name: string): Float64Array =>
      this.#columns.values[this.#names.indexOf(name)]?.view().subarray(first) ??
        new Float64Array(0);
    return pointsFigure({
      definition,
      variable: (name) => variableOf(this.#store, name),
      column,
    });
  }

  csv(): string {
    const { api, id } = this.#store;
    const [from, to] = spanOf(this.#store, this.#definition);
    return api.url(id, "export.csv", { name: this.#names, from, to });
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
