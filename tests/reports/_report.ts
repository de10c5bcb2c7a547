/**
 * What tests of reports share.
 *
 * @module
 */

import type { PlotDefinition } from "../../plots/definition.ts";
import { utc } from "../../plots/time_ticks.ts";
import { gather, type Gathered, type ReportRequest } from "../../reports/gather.ts";
import { reportHtml } from "../../reports/report_html.ts";
import { reportText } from "../../reports/report_text.ts";
import type { Report } from "../../reports/report.ts";
import { inWords, type ReportWords } from "../../reports/words.ts";
import { readerOf } from "../../session/reader_of.ts";
import type { Session } from "../../session/session.ts";

/** What a session's report tells now. */
export async function gathered(
  session: Session,
  request: Partial<ReportRequest> = {},
  plots: readonly PlotDefinition[] = [],
): Promise<Gathered> {
  await session.flush();
  return gather(readerOf(session), {
    kind: "regular",
    reason: "",
    file: "cooling.db",
    now: session.clock.wall(),
    standing: session.standing(),
    ...request,
  }, plots);
}

/** A report as it is read. */
export function shown(
  report: Report,
): { readonly words: ReportWords; readonly html: string; readonly text: string } {
  const words = inWords(report, utc);
  return { words, html: reportHtml(words), text: reportText(words) };
}

/** The text that a browser would show of HTML, its elements apart by spaces. */
export function visibleText(html: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
  };
  return html.replace(/<head>[\s\S]*<\/head>/, "").replace(/<[^>]*>/g, " ")
    .replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity);
}

/** Every text that a report shows. */
export function allWords(words: ReportWords): string[] {
  return [
    words.title,
    words.state,
    words.reason,
    words.since,
    words.valuesNote,
    words.troublesNote,
    words.tasksNote,
    ...words.facts.flat(),
    ...[...words.standing, ...words.troubles].flatMap(({ title, when, messages }) => [
      title,
      when,
      ...messages,
    ]),
    ...words.values.flatMap(({ title, name, value, change, min, max, age }) => [
      title,
      name,
      value,
      change,
      min,
      max,
      age,
    ]),
    ...words.plots.map(({ title }) => title),
    ...words.tasks.flatMap(({ name, state, steps, missed, failed, late }) => [
      name,
      state,
      steps,
      missed,
      failed,
      late,
    ]),
    ...words.notes,
  ].filter((text) => text !== "");
}
