/**
 * Trying an experiment out: all of it, in no time, with nothing at stake.
 *
 * @module
 */

import { Session } from "../session/session.ts";
import type { RunSummary } from "../session/session_types.ts";
import { lasting } from "../tasks/lasting.ts";
import { type DurationInput, formatDuration } from "../time/duration.ts";
import { systemClock } from "../time/system_clock.ts";
import { VirtualClock } from "../time/virtual_clock.ts";
import { execute } from "./execute.ts";
import { expectedBytes, formatBytes } from "./file_size.ts";
import { compile, type StagedProgram } from "./program.ts";
import { verbOf, VERBS } from "./registry.ts";
import type { Extent, Node, Opening, Sample } from "./verb.ts";
import { forNode } from "./verbs/ends.ts";

/** How a dry run is made. */
export interface DryRunOptions {
  /** How long the run lasts at most, in the experiment's own time. @default what the plan says, or 7 days */
  readonly for?: DurationInput;
}

/** What would have happened. */
export interface DryRun extends RunSummary {
  /** How long it lasted in its own time, in milliseconds. */
  readonly duration: number;
  /** Whether it was cut off, as it had not ended by itself. */
  readonly cut: boolean;
  /** How many values its entries held. */
  readonly values: number;
  /** Bytes that its file would have, about. */
  readonly bytes: number;
  /** The last value of each variable. */
  readonly last: Readonly<Record<string, number>>;
  /** What went wrong, at most ten of it. */
  readonly troubles: readonly string[];
  /** What would have been sent, as files that a person can look at. */
  readonly samples: readonly Sample[];
}

/** After this time a run is cut off that has no limit of its own: 7 days, in milliseconds. */
const LONGEST = 7 * 86_400_000;
/** Most steps of periodic tasks before a run is cut off. */
const MOST_STEPS = 200_000;
const MOST_TROUBLES = 10;

/** The devices that nothing stands in for. */
export function withoutStandIn(openings: readonly Opening[]): Opening[] {
  return openings.filter(({ simulate }) => simulate === undefined);
}

function refuse(openings: readonly Opening[]): TypeError {
  const names = openings.map(({ name, title }) => `${name} (${title})`).join(", ");
  const [first] = openings;
  return new TypeError(
    `Cannot make a dry run, as nothing stands in for ${
      openings.length === 1 ? "a device" : "some devices"
    }: ${names}. Declare what the methods that you use answer: ` +
      `.device(${JSON.stringify(first?.name)}, …, { simulate: { voltage: 1.2 } })`,
  );
}

/** What is known of an experiment without trying it. */
export function extentOf(nodes: readonly Node[]): Extent {
  const extent: Extent = { limit: Infinity, rate: 0, points: 0, settling: 0, unknown: [] };
  for (const node of nodes) verbOf(node).estimate?.(node, extent);
  return extent;
}

/** The steps with another limit in place of their own. */
export function limited(
  nodes: readonly Node[],
  duration: DurationInput | undefined,
): readonly Node[] {
  if (duration === undefined) return nodes;
  return [...nodes.filter(({ kind }) => kind !== "for"), forNode(duration)];
}

/**
 * Executes an experiment on a virtual clock with what stands in for its devices, in memory. Needs no permission.
 *
 * @param nodes Its steps.
 * @param name Its name, if it has one.
 * @throws {TypeError} If a device has no stand-in, or there is nothing to do.
 */
export async function dryRun(
  nodes: readonly Node[],
  options: DryRunOptions = {},
  name: string | null = null,
): Promise<DryRun> {
  const all = limited(nodes, options.for);
  const program = compile(all);
  const lacking = withoutStandIn(program.openings);
  if (lacking.length > 0) throw refuse(lacking);
  const extent = extentOf(all);
  const limit = Math.min(
    extent.limit === Infinity ? LONGEST : Infinity,
    extent.rate === 0 ? Infinity : Math.ceil(MOST_STEPS / extent.rate),
  );
  const why = limit === LONGEST && extent.limit === Infinity
    ? "it had not ended by itself"
    : `it had made ${count(MOST_STEPS)} steps, which tells enough`;
  const cutter = limit < extent.limit ? cutAfter(limit, why, program) : undefined;

  const clock = new VirtualClock({ start: systemClock.wall() });
  const session = new Session(name, {
    file: ":memory:",
    clock,
    quiet: true,
    terminal: null,
    signals: false,
    provenance: null,
    exitCode: false,
  });
  let values = 0;
  const counting = session.onEntry((entry) => {
    for (const _ in entry) values++;
  });
  let duration = 0;
  let troubles: readonly string[] = [];
  const summary = await execute(program, session, "simulated", () => {
    duration = clock.monotonic();
    troubles = troublesOf(session);
    counting[Symbol.dispose]();
  });
  return {
    ...summary,
    duration,
    cut: cutter?.cut ?? false,
    values,
    bytes: expectedBytes(summary.entries, values),
    last: { ...session.latest },
    troubles,
    samples: inOrder(program.samples, VERBS.flatMap((verb) => verb.samplesOfAll?.(all) ?? [])),
  };
}

/** Samples in the order of their endings, whichever was made first. */
function inOrder(samples: readonly Sample[], endings: readonly string[]): Sample[] {
  const place = ({ ending }: Sample): number => endings.indexOf(ending);
  return samples.toSorted((a, b) => place(a) - place(b));
}

/** Ends a program after a time, and knows whether it did. */
function cutAfter(limit: number, why: string, program: StagedProgram): { readonly cut: boolean } {
  const task = lasting(Temporal.Duration.from({ milliseconds: limit }));
  const state = { cut: false };
  program.tasks.push({
    ...task,
    async run(context): Promise<string> {
      await task.run(context);
      state.cut = true;
      return why;
    },
  });
  return state;
}

function troublesOf(session: Session): string[] {
  return session.events().filter(({ level }) => level === "warning" || level === "error")
    .slice(0, MOST_TROUBLES)
    .map(({ source, message }) => source === undefined ? message : `${source}: ${message}`);
}

/**
 * A dry run in words.
 *
 * @param result What it gave.
 * @param written What became of its samples, in sentences.
 */
export function formatDryRun(result: DryRun, written: readonly string[] = []): string {
  const { duration, entries, values, bytes, cut, tasks, last, troubles } = result;
  const length = formatDuration(duration);
  const lines = [
    cut
      ? `Cut off after ${length}: ${result.reason}.`
      : `${result.status === "failed" ? "Failed" : "Ended"} after ${length}: ${result.reason}.`,
    "",
    `  entries   ${count(entries)} with ${count(values)} values, about ${
      formatBytes(bytes)
    } on disk`,
    ...tasks.filter(({ ticks }) => ticks > 0).map(({ task, ticks, failures, skipped }) => {
      const failed = failures > 0 ? `, ${count(failures)} failed` : "";
      const missed = skipped > 0 ? `, ${count(skipped)} starts missed` : "";
      return `  ${task}: ${count(ticks)} ${ticks === 1 ? "step" : "steps"}${failed}${missed}`;
    }),
  ];
  const names = Object.entries(last);
  if (names.length > 0) {
    lines.push("", "Last values");
    const shown = names.slice(0, 20);
    const width = Math.max(...shown.map(([name]) => name.length));
    for (const [name, value] of shown) {
      lines.push(`  ${name.padEnd(width)}  ${Number(value.toPrecision(6))}`);
    }
    if (names.length > shown.length) lines.push(`  and ${names.length - shown.length} more`);
  }
  if (troubles.length > 0) {
    lines.push(
      "",
      "What went wrong",
      ...troubles.map((text) => `  ${text}`),
    );
  }
  if (written.length > 0) lines.push("", ...written);
  lines.push("", `Nothing was opened and nothing ${written.length > 0 ? "else " : ""}was written.`);
  return lines.join("\n") + "\n";
}

/** A count with its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}
