/**
 * Measured figures as a Markdown table.
 *
 * @module
 */

import { VERSION } from "../session/version.ts";
import { type BenchRow, reached, SECTIONS } from "./_row.ts";

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

function target(row: BenchRow): string {
  if (row.target === undefined) return "";
  return "atMost" in row.target
    ? `≤ ${figure(row.target.atMost)}`
    : `≥ ${figure(row.target.atLeast)}`;
}

function measured(row: BenchRow): string {
  return `${figure(row.value)} ${row.unit}`;
}

function beside({ peer, value }: BenchRow): string {
  if (peer === undefined) return "";
  return `${peer.name}: ${figure(peer.value)} (×${figure(value / peer.value)})`;
}

/** The table, with a mark at what missed its target. */
export function table(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => {
    const mark = reached(row) ? "" : " **missed**";
    return [row.name, measured(row) + mark, target(row), beside(row), row.note ?? ""]
      .map((cell) => cell.replaceAll("|", "\\|")).join(" | ");
  });
  return [
    "| what | measured | target | beside it | note |",
    "| --- | ---: | ---: | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

/** A table for each section that has rows, under its heading. */
export function tables(rows: readonly BenchRow[]): string {
  return [...SECTIONS, undefined].flatMap((section) => {
    const own = rows.filter((row) => row.section === section);
    return own.length === 0 ? [] : [`## ${section ?? "Other figures"}\n\n${table(own)}`];
  }).join("\n\n");
}

/** A row as one line of text, for whoever watches the run. */
export function line(row: BenchRow): string {
  const aim = row.target === undefined
    ? []
    : [`${reached(row) ? "reached" : "MISSED"}: ${target(row)}`];
  const peer = row.peer === undefined ? [] : [beside(row)];
  return [`  ${row.name}: ${measured(row)}`, ...aim, ...peer].join("  |  ");
}

/** The processor's model and whether it is a virtual machine's, where the system tells. */
function processor(): string {
  let text: string;
  try {
    text = Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    // Only Linux has it.
    return "";
  }
  const model = /^model name\s*: (.+)$/m.exec(text)?.[1]?.trim();
  const virtual = /^flags\s*:.*\bhypervisor\b/m.test(text) ? ["virtual machine"] : [];
  return [...model === undefined ? [] : [model], ...virtual].map((one) => `, ${one}`).join("");
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
  const kernel = Deno.osRelease().split("-")[0];
  return `Measured ${day} on ${navigator.hardwareConcurrency} CPUs (${Deno.build.arch}${processor()}), ` +
    `${memory} GiB, ${Deno.build.os} ${kernel}, Deno ${Deno.version.deno}, ` +
    `Stripchart ${VERSION}, commit ${commit}.`;
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
