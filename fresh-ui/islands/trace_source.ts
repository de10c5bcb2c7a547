/**
 * Plots of datasets.
 *
 * @module
 */

import { effect } from "@preact/signals";
import type { TracePlotDefinition } from "../../plots/definition.ts";
import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { type Trace, traceFigure } from "../../plots/trace_figure.ts";
import { zoneOffset } from "../../plots/zone.ts";
import { fromWire } from "../components/format.ts";
import type { DatasetInfo } from "../protocol.ts";
import type { FigureSource } from "./figure_source.ts";
import type { SessionStore } from "./store.ts";

/** Values of a trace beyond which the server reduces it. */
const MOST_VALUES = 4_000;
const offset = zoneOffset();

interface NumberedTrace extends Trace {
  readonly n: number;
}

function traceOf({ name, n, t, index, values }: DatasetInfo): NumberedTrace {
  if (index === undefined || values === undefined) return { name, n, t };
  return {
    name,
    n,
    t,
    index: Float64Array.from(index),
    values: Float64Array.from(values, fromWire),
  };
}

/** The data of a plot of the last datasets of a name. */
export class TraceSource implements FigureSource {
  readonly #store: SessionStore;
  readonly #definition: TracePlotDefinition;
  readonly #changed: () => void;
  readonly #stop: () => void;
  #traces: readonly NumberedTrace[] = [];
  #read = -1;
  #reading = false;
  #trouble: string | undefined;

  /** @param changed Called when there is something new to draw. */
  constructor(store: SessionStore, definition: TracePlotDefinition, changed: () => void) {
    this.#store = store;
    this.#definition = definition;
    this.#changed = changed;
    this.#stop = effect(() => {
      const { datasets } = store.info.value;
      void this.#follow(datasets.find(({ name }) => name === definition.dataset)?.count ?? 0);
    });
  }

  get loading(): boolean {
    return this.#read < 0;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Reads the last datasets once there are others than those that are shown. */
  async #follow(count: number): Promise<void> {
    if (this.#reading || count === this.#read) return;
    this.#reading = true;
    const { dataset, count: wanted = 1 } = this.#definition;
    try {
      const { api, id } = this.#store;
      const known = new Map(this.#traces.map((trace) => [trace.n, trace]));
      const numbers = Array.from({ length: Math.min(wanted, count) }, (_, i) => count - 1 - i);
      const traces = await Promise.all(
        numbers.reverse().map(async (n) =>
          known.get(n) ?? traceOf(await api.dataset(id, dataset, n, MOST_VALUES / 2))
        ),
      );
      this.#traces = traces;
      this.#read = count;
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    } finally {
      this.#reading = false;
    }
    this.#changed();
  }

  figure(_view: View, _width: number): Figure {
    return traceFigure(this.#definition, this.#traces, this.#store.now.value, offset);
  }

  csv(): undefined {
    return undefined;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
