/**
 * Measured figures as a Markdown table.
 *
 * @module
 */

import { type BenchRow, reached } from "./_row.ts";

const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";

/** A figure with three or four digits that matter, thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 1000
    ? Math.round(value)
    : Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3));
  return digits.toLocaleString("en", { maximumFractionDigits: 6 }).replaceAll(",", " ");
}

/** The table, with a mark at what missed its target. */
export function table(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => {
    const target = row.target === undefined
      ? ""
      : "atMost" in row.target
      ? `≤ ${figure(row.target.atMost)}`
      : `≥ ${figure(row.target.atLeast)}`;
    const peer = row.peer === undefined
      ? ""
      : `${row.peer.name}: ${figure(row.peer.value)} (×${figure(row.value / row.peer.value)})`;
    const mark = reached(row) ? "" : " **missed**";
    return [row.name, `${figure(row.value)} ${row.unit}${mark}`, target, peer, row.note ?? ""]
      .map((cell) => cell.replaceAll("|", "\\|")).join(" | ");
  });
  return [
    "| what | measured | target | beside it | note |",
    "| --- | ---: | ---: | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

/** When and on what it was measured, without naming the machine. */
export function machine(): string {
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const day = Temporal.Now.plainDateISO("UTC").toString();
  const git = new Deno.Command("git", {
    args: ["describe", "--always", "--dirty", "--exclude=*"],
    cwd: new URL("..", import.meta.url),
    stderr: "null",
  });
  let commit = "unknown";
  try {
    commit = new TextDecoder().decode(git.outputSync().stdout).trim() || commit;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return `Measured ${day} on ${navigator.hardwareConcurrency} CPUs (${Deno.build.arch}), ${memory} GiB, ` +
    `${Deno.build.os} ${
      Deno.osRelease().split("-")[0]
    }, Deno ${Deno.version.deno}, commit ${commit}.`;
}

/** The page with the text between its markers replaced. */
export function between(page: string, text: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new SyntaxError(`Cannot write the figures, as the page has no ${BEGIN} … ${END}`);
  }
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}
