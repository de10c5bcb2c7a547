/**
 * A plot of a session, as a picture when one is asked for.
 *
 * @module
 */

import { definePlot, type Plottable } from "../../plots/define.ts";
import { type PlotDefinition, plotVariables } from "../../plots/definition.ts";
import { parsePlotDefinition } from "../../plots/parse_definition.ts";
import { toSeconds } from "../moment.ts";
import { nowOf, readerOf } from "../reader_of.ts";
import type { Readings } from "../readings.ts";
import type { Reader } from "../store/reader.ts";
import { unknownName } from "../unknown_name.ts";
import { plotsOf } from "./declared_plots.ts";
import type { PictureFormat } from "./picture_messages.ts";
import { type Picture, type PictureOptions, renderPlots } from "./renderer.ts";

/** What of a plot is shown, and how it looks. */
export type FigureOptions = Omit<PictureOptions, "now">;

/** A plot of a session. Each call reads the session anew, in a thread of its own. */
export interface SessionFigure {
  /** What is shown. */
  readonly plot: PlotDefinition;
  /** As SVG: the text of a file that needs no other. */
  svg(): Promise<string>;
  /** As PNG: the bytes of a file. */
  png(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The plots that the last run declares. */
export function declaredPlots(readings: Readings): PlotDefinition[] {
  const reader = readerOf(readings);
  return reader.snapshot(() => plotsOf(reader, reader.runOutlines().at(-1)));
}

/**
 * A plot of a session.
 *
 * @param what The plot. If absent, the first one that the last run declares, or all variables over time.
 * @throws {RangeError} If it shows a variable or dataset that there is not; the message names those there are.
 * @throws {TypeError} If it is no plot.
 */
export function figureOf(
  readings: Readings,
  what: Plottable | PlotDefinition | undefined,
  options: FigureOptions,
): SessionFigure {
  const reader = readerOf(readings);
  const plot = what === undefined ? defaultPlot(reader) : meantPlot(what);
  refuseUnknown(reader, plot);
  const picture = async (format: PictureFormat): Promise<Picture> => {
    const now = nowOf(readings);
    const [made] = await renderPlots({
      ...options,
      source: readerOf(readings),
      plots: [plot],
      format,
      ...(now === undefined ? {} : { now: toSeconds(now) }),
    });
    if (made === undefined) throw new Error("Cannot make the picture, as nothing came of it");
    return made;
  };
  return {
    plot,
    svg: async () => new TextDecoder().decode((await picture("svg")).bytes),
    png: async () => (await picture("png")).bytes,
  };
}

function defaultPlot(reader: Reader): PlotDefinition {
  const [declared] = plotsOf(reader, reader.runOutlines().at(-1));
  if (declared !== undefined) return declared;
  const names = reader.variables().filter(({ recorded }) => recorded).map(({ name }) => name);
  if (names.length === 0) throw new RangeError("Cannot plot, as no variable was recorded yet");
  return { kind: "time", left: names };
}

function meantPlot(what: Plottable | PlotDefinition): PlotDefinition {
  if (typeof what !== "object" || what === null || !("kind" in what)) return definePlot(what);
  const plot = parsePlotDefinition(what);
  if (plot !== undefined) return plot;
  throw new TypeError(
    `Cannot plot, as this is no definition of a plot: ${JSON.stringify(what).slice(0, 80)}`,
  );
}

function refuseUnknown(reader: Reader, plot: PlotDefinition): void {
  const [what, wanted, known] = plot.kind === "trace"
    ? ["dataset", [plot.dataset], reader.datasetNames()] as const
    : ["variable", plotVariables(plot), reader.variables().map(({ name }) => name)] as const;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownName("plot", what, unknown, known);
}
