/**
 * A report as plain text.
 *
 * @module
 */

import type { TroubleWords } from "./trouble_words.ts";
import type { ReportWords } from "./words.ts";

/**
 * The report as lines of text, for people and programs that show no HTML.
 *
 * @param words The report in words.
 */
export function reportText(words: ReportWords): string {
  const lines = [`${words.title}: ${words.state}`];
  if (words.reason !== "") lines.push(words.reason);
  const width = Math.max(0, ...words.facts.map(([name]) => name.length));
  lines.push("", ...words.facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`));
  if (words.standing.length > 0) lines.push(...section("Wrong now"), ...troubles(words.standing));
  lines.push(...section(`Last values, ${words.since}`), ...values(words));
  lines.push(...section(`What went wrong, ${words.since}`), ...troubles(words.troubles));
  if (words.troublesNote !== "") lines.push(`  ${words.troublesNote}`);
  if (words.plots.length > 0) {
    lines.push(...section("Plots"));
    for (const { title, cid, description } of words.plots) {
      lines.push(cid === undefined ? `  ${title} (no picture)` : `  ${title}`);
      if (description !== "") lines.push(`    ${description}`);
    }
  }
  if (words.tasks.length > 0) lines.push(...section("Tasks"), ...tasks(words));
  if (words.notes.length > 0) {
    lines.push(...section("Notes"), ...words.notes.map((note) => `  ${note}`));
  }
  return lines.join("\n") + "\n";
}

function section(title: string): string[] {
  return ["", title];
}

/** How many columns a text takes, if no character takes two. */
function widthOf(text: string): number {
  return [...text].length;
}

/** Rows with their columns under one another; the first `left` of them stand left, the others right. */
function table(rows: readonly (readonly string[])[], left: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? "")))
  );
  return rows.map((row) =>
    `  ${
      row.map((cell, column) => {
        const room = " ".repeat((widths[column] ?? 0) - widthOf(cell));
        return column < left ? cell + room : room + cell;
      }).join("  ")
    }`.trimEnd()
  );
}

function values({ values, valuesNote }: ReportWords): string[] {
  const lines = values.length === 0 ? [] : table([
    ["Variable", "Value", "Change", "Least", "Greatest", "Age"],
    ...values.map(({ title, name, value, change, min, max, age }) => [
      name === "" ? title : `${title} (${name})`,
      value,
      change,
      min,
      max,
      age,
    ]),
  ], 1);
  return valuesNote === "" ? lines : [...lines, `  ${valuesNote}`];
}

function troubles(all: readonly TroubleWords[]): string[] {
  return all.flatMap(({ title, when, messages }) => [
    when === "" ? `  ${title}` : `  ${title}, ${when}`,
    ...messages.map((message) => `    ${message}`),
  ]);
}

function tasks({ tasks, tasksNote }: ReportWords): string[] {
  const lines = table([
    ["Task", "State", "Steps", "Missed", "Failed", "Late (99\u202f%)"],
    ...tasks.map(({ name, state, steps, missed, failed, late }) => [
      name,
      state,
      steps,
      missed,
      failed,
      late,
    ]),
  ], 2);
  return tasksNote === "" ? lines : [...lines, `  ${tasksNote}`];
}
