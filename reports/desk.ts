/**
 * Where reports are made: reads the file, has the plots drawn, and writes what is sent.
 *
 * @module
 */

import type { PlotDefinition } from "../plots/definition.ts";
import { zoneOffset } from "../plots/zone.ts";
import { plotsOf } from "../session/figures/declared_plots.ts";
import { asError } from "../session/stopped.ts";
import type { Reader } from "../session/store/reader.ts";
import { gather, type Gathered, type ReportRequest } from "./gather.ts";
import { oneLine } from "./one_line.ts";
import type { Baseline, PlotLine, Report } from "./report.ts";
import { reportHtml } from "./report_html.ts";
import { reportText } from "./report_text.ts";
import { type ReportFile, table } from "./table.ts";
import { inWords } from "./words.ts";

/** Which of the run's plots go with a report: all, none, or those at some places, from 0. */
export type PlotChoice = "all" | false | readonly number[];

/** Most plots that go with a report. */
const MOST_PLOTS = 20;

/** What a report is made of. It can be sent to a Worker. */
export interface DeskRequest extends ReportRequest {
  /** Which plots go with it. */
  readonly plots: PlotChoice;
  /** Why they are not drawn, if they are not. */
  readonly undrawn?: string;
  /** A table of the last so many milliseconds goes with it, if this is given. */
  readonly table?: number;
  /** The zone whose clocks it follows. */
  readonly timeZone: string;
}

/** A plot that was drawn. */
export interface DrawnReportPlot {
  /** What stands above it. */
  readonly title: string;
  /** What it shows in a sentence, for those who can't see it. */
  readonly description: string;
  /** The picture, a PNG. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Draws plots that have no titles of their own.
 *
 * @param now What time the report says it is, Unix seconds.
 */
export type DrawReportPlots = (
  plots: readonly PlotDefinition[],
  now: number,
) => Promise<readonly DrawnReportPlot[]>;

/** A picture that the HTML names. */
export interface ReportPicture extends ReportFile {
  /** How the HTML names it. */
  readonly cid: string;
}

/** A report that can be sent. */
export interface MadeReport {
  /** What it tells. */
  readonly report: Report;
  /** It as HTML. */
  readonly html: string;
  /** It as plain text. */
  readonly text: string;
  /** The pictures in the HTML. */
  readonly pictures: readonly ReportPicture[];
  /** What goes with it. */
  readonly files: readonly ReportFile[];
  /** What the next one counts from. */
  readonly baseline: Baseline;
}

/** How large pictures are, CSS pixels: between a desk, where they are shown larger, and a phone, where they are smaller. */
export const REPORT_PICTURE = { width: 560, height: 310, scale: 2.4 } as const;

/**
 * Makes a report of a session.
 *
 * @param draw Draws its plots; where it throws, the report has none and says why.
 * @throws {Error} If the file holds no run, or can't be read.
 */
export async function makeReport(
  reader: Reader,
  request: DeskRequest,
  draw: DrawReportPlots,
): Promise<MadeReport> {
  const { report, baseline, plots, file } = await read(reader, request);
  const { drawn, note } = await drawings(plots, report, request, draw);
  const whole: Report = {
    ...report,
    plots: report.plots.map((line, i) => drawn[i]?.line ?? line),
    notes: note === undefined ? report.notes : [...report.notes, note],
  };
  const words = inWords(whole, zoneOffset(request.timeZone));
  return {
    report: whole,
    html: reportHtml(words),
    text: reportText(words),
    pictures: drawn.map(({ picture }) => picture),
    files: file === undefined ? [] : [file],
    baseline,
  };
}

/** Plots with their pictures, or why there are none. */
async function drawings(
  plots: readonly PlotDefinition[],
  { run, now }: Report,
  { undrawn }: DeskRequest,
  draw: DrawReportPlots,
): Promise<
  {
    readonly drawn: readonly { readonly line: PlotLine; readonly picture: ReportPicture }[];
    readonly note?: string;
  }
> {
  if (plots.length === 0) return { drawn: [] };
  try {
    if (undrawn !== undefined) throw new Error(undrawn);
    const made = await draw(plots.map(untitled), now);
    const drawn = made.map(({ title, description, bytes }, i) => {
      const name = `plot-${i + 1}`;
      // In a thread of messages, mail programs may look for a picture by its name in all of them.
      const cid = `${name}.${run}.${Math.round(now * 1e6)}@stripchart`;
      return {
        line: { title: plots[i]?.title ?? title, cid, description },
        picture: { name: `${name}.png`, type: "image/png", bytes, cid },
      };
    });
    return { drawn };
  } catch (error) {
    return { drawn: [], note: `There are no pictures: ${asError(error).message}` };
  }
}

/** A plot without its title, which stands above its picture. */
function untitled(plot: PlotDefinition): PlotDefinition {
  const { title: _, ...rest } = plot;
  return rest;
}

async function read(
  reader: Reader,
  request: DeskRequest,
): Promise<
  Gathered & { readonly plots: readonly PlotDefinition[]; readonly file: ReportFile | undefined }
> {
  const { plots: choice, table: length, now } = request;
  const declared = choice === false ? [] : plotsOf(reader, reader.runOutlines().at(-1));
  const wanted = choice === "all" || choice === false
    ? declared
    : choice.flatMap((index) => declared[index] ?? []);
  const plots = wanted.slice(0, MOST_PLOTS);
  const { report, baseline } = gather(reader, request, plots);
  const notes: string[] = [];
  if (wanted.length > plots.length) {
    notes.push(`Only the first ${MOST_PLOTS} of ${wanted.length} plots are shown.`);
  }
  if (choice !== "all" && choice !== false && wanted.length < choice.length) {
    notes.push(
      `The run declares ${declared.length} plots: there is none at ${
        choice.filter((index) => declared[index] === undefined).join(", ")
      }.`,
    );
  }
  let file: ReportFile | undefined;
  if (length !== undefined) {
    const day = new Date(now / 1e3).toISOString().slice(0, 10);
    file = await table(reader, { from: now - length * 1e3, to: now }, `${fileName(report)} ${day}`);
    if (file === undefined) {
      notes.push(`The table is too large to be sent. The data is in ${request.file}.`);
    }
  }
  return { report: { ...report, notes }, baseline, plots, file };
}

/** The experiment's name as part of a file's name. */
function fileName({ name }: Report): string {
  return oneLine(name, 60).replace(/[^\p{L}\p{N} ._-]+/gu, "_");
}
