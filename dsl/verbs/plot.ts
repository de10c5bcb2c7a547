/**
 * `.plot(variables, options?)` and `.plot({ x, y })`
 *
 * @module
 */

import {
  definePlot,
  plotInWords,
  type Plottable,
  type TimePlotOptions,
  type TracePlot,
} from "../../plots/define.ts";
import { type PlotDefinition, plotVariables } from "../../plots/definition.ts";
import { declarePlot } from "../../tasks/plot.ts";
import { formatDuration } from "../../time/duration.ts";
import type { CompileError } from "../compile_error.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/**
 * What can be plotted of the variables that there are, or a sentence why nothing can.
 *
 * @typeParam V The names of the variables.
 */
export type PlottableOf<V extends string> = [V] extends [never] ?
    | TracePlot
    | CompileError<
      "There is no variable yet: put .plot() behind the tasks that record what it shows"
    >
  : Plottable<V>;

/** The verb `plot`. */
export interface PlotVerb<D extends AnyNamed, V extends string> {
  /**
   * Adds a plot to the live page, to reports and to pictures: variables over time, variables against another one, a
   * variable over two others as a heat map, or the traces of datasets. An experiment with a plot serves the live page by
   * itself; {@linkcode LiveVerb.live} sets it up.
   *
   * @param what Variables by their names, `{ x, y }`, `{ x, y, z }` or `{ dataset }`. It comes after the tasks that
   * record them.
   * @param options Of variables over time: title, length, which are on the right axis, the axes.
   * @throws {TypeError} If something of it has the wrong shape.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("cooling")
   *   .device("bath", thermalBath())
   *   .every("10s", ({ bath }) => ({ temperature: bath.temperature(), power: bath.power() }))
   *   .plot(["temperature", "power"], { last: "2h", right: ["power"] })
   *   .plot({ x: "power", y: "temperature", xAxis: { range: [0, null] } });
   * ```
   */
  plot(what: PlottableOf<V>, options?: TimePlotOptions<V>): Experiment<D, V>;
}

/** A plot in a plan. */
export interface PlotNode extends Node {
  readonly kind: "plot";
  /** What it shows. */
  readonly plot: PlotDefinition;
}

const plot: Verb<PlotNode> = {
  kind: "plot",
  node([what, options]): PlotNode {
    return { kind: "plot", plot: Object.freeze(definePlot(what, options)) };
  },
  json: ({ kind, plot: { kind: shape, ...rest } }) => ({ kind, shape, ...rest }),
  describe({ plot }, page): void {
    const { last } = plot.kind === "trace" ? {} : plot;
    const variables = plotVariables(plot).join(", ");
    const what = plot.title === undefined ? plotInWords(plot) : `${plot.title}: ${variables}`;
    page.add("Plots", last === undefined ? what : `${what}, the last ${formatDuration(last)}`);
  },
  compile({ plot }, program): void {
    program.preparations.push(({ session }) => declarePlot(session, plot));
  },
};

/** The verb `plot`. */
export const plotVerb: Verb = defineVerb(plot);
