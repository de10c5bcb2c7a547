/**
 * What a session file holds, to be read.
 *
 * @module
 */

import { formatCount, formatLength, formatNumber } from "../../plots/format.ts";
import { printable } from "../../session/status_line.ts";
import type { OutboxEntry } from "../../session/outbox/entry.ts";
import { aligned } from "../columns.ts";
import type { RunFacts, SessionFacts, Spread, TaskFacts } from "./facts.ts";

/** Characters of a text in a table. */
const MOST_TEXT = 100;

/** A moment on the computer's clocks: `"2026-11-26 14:05:09"`. */
function moment(t: number): string {
  const date = new Date(t * 1e3);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** A text of the file, safe for a terminal, on one line. */
function shown(text: string): string {
  const line = printable(text.replaceAll(/\s*\n\s*/g, " "));
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT - 1)}…` : line;
}

function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(1, bytes)) / 3), units.length - 1);
  return `${Number((bytes / 1e3 ** power).toPrecision(3))} ${units[power]}`;
}

function section(title: string, rows: readonly (readonly string[])[], head?: string[]): string[] {
  if (rows.length === 0) return [];
  const lines = aligned(head === undefined ? rows : [head, ...rows]);
  return ["", title, ...lines.map((line) => `  ${line}`)];
}

function runRow({ id, name, status, reason, started, ended }: RunFacts): string[] {
  const length = ended === null ? "" : formatLength(ended - started);
  return [`${id}`, shown(name), status, moment(started), length, shown(reason ?? "")];
}

function milliseconds(ms: number | null): string {
  return ms === null ? "" : `${Number(ms.toPrecision(3))} ms`;
}

function spread({ p50, p99, max }: Spread): string {
  return p50 === null ? "" : [p50, p99, max].map(milliseconds).join(" / ");
}

function taskRow(task: TaskFacts): string[] {
  const { task: name, kind, period, state, ticks, skipped, failures, lateness, duration } = task;
  return [
    shown(name),
    kind,
    state,
    period === null ? "" : formatLength(period / 1e3),
    `${ticks}`,
    `${skipped}`,
    `${failures}`,
    spread(lateness),
    spread(duration),
  ];
}

function messagesTitle({ messages: { totals } }: SessionFacts): string {
  const { lastError: _, ...counts } = totals;
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return `Messages: ${parts.join(", ")}`;
}

function messageRow(
  { created, channel, state, attempts, subject, lastError }: OutboxEntry,
): string[] {
  const tries = attempts === 0 ? "" : attempts === 1 ? "1 try" : `${attempts} tries`;
  return [moment(created), shown(channel), state, tries, shown(subject), shown(lastError ?? "")];
}

/** What a session file holds, to be read. */
export function formatFacts(facts: SessionFacts): string {
  const { file, bytes, entries, span, runs } = facts;
  const head = [
    ...bytes === null ? [] : [size(bytes)],
    entries === 1 ? "1 entry" : `${formatCount(entries)} entries`,
    ...span === null ? [] : [`from ${moment(span[0])} to ${moment(span[1])}`],
  ];
  const lines = [
    `${printable(file)}: ${head.join(", ")}`,
    ...section("Runs", runs.map(runRow)),
    ...section(
      "Variables",
      facts.variables.map(({ name, unit = "", label = "", last }) => [
        shown(name),
        last === undefined ? "" : `${formatNumber(Number(last.value))} ${shown(unit)}`.trimEnd(),
        last === undefined ? "" : moment(last.t),
        shown(label),
      ]),
    ),
    ...section(
      "Parameters",
      facts.parameters.map(({ name, value }) => [shown(name), formatNumber(Number(value))]),
    ),
    ...section("Metadata", facts.metadata.map(({ name, text }) => [shown(name), shown(text)])),
    ...section("Datasets", facts.datasets.map(({ name, count }) => [shown(name), `${count}`])),
    ...section("Plots", facts.plots.map(({ title }, n) => [`${n + 1}`, shown(title)])),
    ...section("Tasks of the last run", facts.tasks.map(taskRow), [
      "NAME",
      "KIND",
      "STATE",
      "PERIOD",
      "STEPS",
      "MISSED",
      "FAILED",
      "LATE: MEDIAN / 99 % / MOST",
      "TOOK: MEDIAN / 99 % / MOST",
    ]),
    ...section(messagesTitle(facts), facts.messages.latest.map(messageRow)),
    ...section(
      "Last warnings and errors",
      facts.troubles.map(({ t, run, level, source, message }) => [
        moment(t),
        `run ${run}`,
        level,
        shown(source ?? ""),
        shown(message),
      ]),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
