/**
 * Plots of a session as drawings, one after the other.
 *
 * @module
 */

import { drawPicture } from "../../pictures/draw_picture.ts";
import type { PictureLook } from "../../pictures/look.ts";
import { plotInWords } from "../../plots/define.ts";
import type { PlotDefinition } from "../../plots/definition.ts";
import { zoneOffset } from "../../plots/zone.ts";
import type { Reader } from "../store/reader.ts";
import { plotsOf } from "./declared_plots.ts";
import { type FigureRequest, readFigure } from "./read_figure.ts";

/** Which plots are drawn and how. It can be sent to a Worker. */
export interface DrawingRequest extends Omit<FigureRequest, "width" | "offset"> {
  /** The plots; undefined for those that the last run declares. */
  readonly plots: readonly PlotDefinition[] | undefined;
  /** Only what was recorded in the last so many milliseconds, whatever the plots say of that. */
  readonly last?: number;
  /** How they look. */
  readonly look: PictureLook;
}

/** A plot that is drawn. */
export interface DrawnPlot {
  /** What is drawn. */
  readonly plot: PlotDefinition;
  /** Its title, or what it shows in a few words. */
  readonly title: string;
  /** What it shows in a sentence, for those who can't see it. */
  readonly description: string;
  /** It as SVG. */
  readonly svg: string;
}

/** Draws plots, one at a time. */
export async function* drawPlots(
  reader: Reader,
  request: DrawingRequest,
  signal: AbortSignal,
): AsyncGenerator<DrawnPlot, void> {
  const { plots, look, last, ...times } = request;
  const offset = zoneOffset(look.timeZone);
  const width = look.width * look.scale;
  const labels = new Map(reader.variables().map(({ name, label }) => [name, label ?? name]));
  const all = plots ?? plotsOf(reader, reader.runOutlines().at(-1));
  for (const [n, declared] of all.entries()) {
    const plot = last === undefined || declared.kind === "trace" ? declared : { ...declared, last };
    const figure = await readFigure(reader, plot, { ...times, width, offset }, signal);
    signal.throwIfAborted();
    yield {
      plot,
      title: plotInWords(plot, (name) => labels.get(name) ?? name),
      ...drawPicture(figure, look, `plot${n + 1}`),
    };
  }
}
