/**
 * What the run shows of itself.
 *
 * @module
 */

import { definePlot, plotInWords, type Plottable, type TimePlotOptions } from "../plots/define.ts";
import type { PlotDefinition } from "../plots/definition.ts";
import type { Session } from "../session/session.ts";
import type { Json } from "../session/store/types.ts";
import type { Task } from "../session/task.ts";

/**
 * A task that declares a plot of the run: it is kept in the file, and the live page and reports draw it.
 * The task itself does nothing more. {@linkcode live} serves the page.
 *
 * @param what Variables over time by their names; `{ x, y }` for variables against another one; `{ x, y, z }`
 * for a heat map; `{ dataset }` for the traces of datasets.
 * @param options Of variables over time: title, length, axes.
 * @throws {TypeError} If something of it has the wrong shape.
 *
 * @example
 * ```ts
 * import { every, lasting, plot, Session, VirtualClock } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * await using session = new Session(null, { quiet: true, clock: new VirtualClock() });
 * await session.monitor(
 *   every("1s", () => ({ temperature: 20, voltage: 1 })),
 *   plot(["temperature", "voltage"], { last: "1h" }),
 *   plot({ x: "temperature", y: "voltage" }),
 *   lasting("5s"),
 * );
 * assert.equal(session.events({ kinds: ["plot"] }).length, 2);
 * ```
 */
export function plot(what: Plottable, options?: TimePlotOptions): Task {
  const definition = definePlot(what, options);
  return {
    kind: "plot",
    name: `plot of ${plotInWords(definition)}`,
    background: true,
    run({ session }): Promise<void> {
      declarePlot(session, definition);
      return Promise.resolve();
    },
  };
}

/** Keeps in the run that it declares a plot. */
export function declarePlot(session: Session, plot: PlotDefinition): void {
  session.event("plot", "debug", plotInWords(plot), undefined, plot as unknown as Json);
}
