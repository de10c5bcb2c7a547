/**
 * Where reports are made: reads the file and writes what is sent.
 *
 * @module
 */

import type { PlotDefinition } from "../plots/definition.ts";
import { zoneOffset } from "../plots/zone.ts";
import { plotsOf } from "../session/figures/declared_plots.ts";
import type { Reader } from "../session/store/reader.ts";
import { gather, type Gathered, type ReportRequest } from "./gather.ts";
import { oneLine } from "./one_line.ts";
import type { Report } from "./report.ts";
import { reportHtml } from "./report_html.ts";
import { reportText } from "./report_text.ts";
import { type ReportFile, table } from "./table.ts";
import { inWords } from "./words.ts";

/** Which of the run's plots go with a report: all, none, or those at some places, from 0. */
export type PlotChoice = "all" | false | readonly number[];

/** Most plots that go with a report. */
const MOST_PLOTS = 20;

/** What is read for a report. It can be sent to a Worker. */
export interface ReadRequest extends ReportRequest {
  /** Which plots go with it. */
  readonly plots: PlotChoice;
  /** A table of the last so many milliseconds goes with it, if this is given. */
  readonly table?: number;
}

/** What was read for a report. */
export interface ReadReport extends Gathered {
  /** The plots, in the order in which the report names them. */
  readonly plots: readonly PlotDefinition[];
  /** The table. */
  readonly table?: ReportFile;
}

/** A report as it is sent. */
export interface WrittenReport {
  /** As HTML. */
  readonly html: string;
  /** As plain text. */
  readonly text: string;
}

/** Reads a report from a session. */
export async function readReport(reader: Reader, request: ReadRequest): Promise<ReadReport> {
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
  return {
    report: { ...report, notes },
    baseline,
    plots,
    ...(file === undefined ? {} : { table: file }),
  };
}

/** The experiment's name as part of a file's name. */
function fileName({ name }: Report): string {
  return oneLine(name, 60).replace(/[^\p{L}\p{N} ._-]+/gu, "_");
}

/** Writes a report. */
export function writeReport(report: Report, timeZone: string): WrittenReport {
  const words = inWords(report, zoneOffset(timeZone));
  return { html: reportHtml(words), text: reportText(words) };
}
