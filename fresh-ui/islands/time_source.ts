/**
 * Plots over time.
 *
 * @module
 */

import type { TimePlotDefinition } from "../../plots/definition.ts";
import { plotVariables } from "../../plots/definition.ts";
import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { timeFigure } from "../../plots/time_figure.ts";
import { type FigureSource, spanOf, variableOf } from "./figure_source.ts";
import type { SessionStore } from "./store.ts";
import { TimeData } from "./time_data.ts";

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

  figure(view: View, width: number): Figure {
    const span = view.x ?? spanOf(this.#store, this.#definition);
    const [from, to] = span;
    this.#data.show({ from, to }, width, this.#store.latest);
    return timeFigure({
      definition: this.#definition,
      span,
      width,
      variable: (name) => variableOf(this.#store, name),
      data: (name) => this.#data.runs(name),
      events: this.#store.events.value,
    });
  }

  csv(view: View): string {
    const [from, to] = view.x ?? spanOf(this.#store, this.#definition);
    return this.#store.api.url(this.#store.id, "export.csv", { name: this.#names, from, to });
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#data.close();
  }
}
