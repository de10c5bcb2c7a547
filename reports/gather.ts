/**
 * Reads from a session's file what a report tells.
 *
 * @module
 */

import { plotInWords } from "../plots/define.ts";
import type { PlotDefinition } from "../plots/definition.ts";
import { toSeconds } from "../session/moment.ts";
import type { RunStanding } from "../session/session_status.ts";
import { isStale } from "../session/staleness.ts";
import type { Reader } from "../session/store/reader.ts";
import type { RunOutline } from "../session/store/reader_types.ts";
import type { Baseline, Report, ReportKind, RunBefore, TaskLine, ValueLine } from "./report.ts";
import { standingTroubles } from "./standing_troubles.ts";
import { troublesSince } from "./troubles.ts";

/** Most variables that are listed: with more, mail programs cut the message. */
const MOST_VALUES = 100;
/** Most tasks that are listed. */
const MOST_TASKS = 40;
/** Kinds of tasks that have no steps a person would ask for. */
const QUIET_KINDS = ["for", "until", "plot", "live", "email", "notify", "alarm", "heartbeat"];

/** What is asked for. */
export interface ReportRequest {
  /** Why. */
  readonly kind: ReportKind;
  /** What happened; empty for a regular one. */
  readonly reason: string;
  /** Where the data is, as a person finds it. */
  readonly file: string;
  /** What time it is, integer microseconds since 1970. */
  readonly now: number;
  /** What it counts from; the run's beginning, if absent. */
  readonly baseline?: Baseline;
  /** How the run stands, which only the process knows in which it runs. */
  readonly standing: RunStanding;
}

/** A report and what the next one counts from. */
export interface Gathered {
  /** The report; its plots have no pictures yet. */
  readonly report: Report;
  /** What the next report counts from. */
  readonly baseline: Baseline;
}

/**
 * Gathers a report on one snapshot of the file.
 *
 * @param reader Reads the session.
 * @param request What is asked for.
 * @param plots The plots that go with it.
 * @throws {Error} If the file holds no run.
 */
export function gather(
  reader: Reader,
  request: ReportRequest,
  plots: readonly PlotDefinition[],
): Gathered {
  return reader.snapshot(() => {
    const runs = reader.runOutlines();
    const run = runs.at(-1);
    if (run === undefined) throw new Error("Cannot make a report, as the file holds no run");
    const { kind, reason, file, now, baseline, standing } = request;
    const since = baseline?.t ?? run.started;
    const { lines, more } = valueLines(reader, run, request, since);
    const { troubles, left } = troublesSince(reader, baseline?.seq ?? run.firstSeq - 1);
    const tasks = standing.tasks.filter((task) => !QUIET_KINDS.includes(task.kind)).map(taskLine);
    const before = runBefore(runs.at(-2));
    const report: Report = {
      kind,
      reason,
      name: run.name || (file === ":memory:" ? "the session" : file),
      state: standing.outcome?.status ?? (standing.running ? "running" : "stopping"),
      file,
      run: run.id,
      now: toSeconds(now),
      since: toSeconds(since),
      sinceReport: baseline !== undefined,
      started: toSeconds(run.started),
      ...(standing.fraction === undefined ? {} : { fraction: standing.fraction }),
      ...(standing.endsAt === undefined ? {} : { endsAt: standing.endsAt }),
      entries: reader.range().entries,
      standing: standingTroubles(reader, run, standing),
      values: lines,
      moreValues: more,
      plots: plots.map((plot) => ({ title: plot.title ?? plotInWords(plot) })),
      troubles,
      moreTroubles: left,
      tasks: tasks.slice(0, MOST_TASKS),
      moreTasks: Math.max(0, tasks.length - MOST_TASKS),
      ...(before === undefined || baseline !== undefined ? {} : { before }),
      notes: [],
    };
    const told = lines.map(({ name, value }) => [name, value] as const);
    return { report, baseline: { t: now, seq: reader.lastSeq(), values: byName(told) } };
  });
}

/** By name, without a prototype, as a variable may be called "__proto__". */
function byName(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const result: Record<string, number> = Object.create(null);
  for (const [name, value] of pairs) result[name] = value;
  return result;
}

function valueLines(
  reader: Reader,
  run: RunOutline,
  { now, baseline, standing }: ReportRequest,
  since: number,
): { readonly lines: ValueLine[]; readonly more: number } {
  const lasts = reader.lastValues();
  const known = reader.variables().filter(({ name }) => lasts.has(name));
  // Variables of earlier runs stand back when there are too many.
  const fresh = known.filter(({ name }) => (lasts.get(name)?.t ?? 0) >= run.started);
  const chosen = known.length <= MOST_VALUES
    ? known
    : [...fresh, ...known.filter((one) => !fresh.includes(one))].slice(0, MOST_VALUES);
  const spacings = reader.spacings();
  const names = chosen.map(({ name }) => name);
  // A clock that was set back must not turn the window round.
  const extremes = reader.bucketsOf(names, {
    from: since,
    to: Math.max(now, since) + 1,
    buckets: 1,
  });
  const lines = chosen.map(({ name, label, unit }, i): ValueLine => {
    const { t, value } = lasts.get(name) ?? { t: NaN, value: NaN };
    const told = baseline !== undefined && Object.hasOwn(baseline.values, name)
      ? baseline.values[name]
      : undefined;
    const spacing = spacings.get(name);
    return {
      name,
      ...(label === undefined || label === "" || label === name ? {} : { label }),
      ...(unit === undefined || unit === "" ? {} : { unit }),
      value,
      t: toSeconds(t),
      stale: standing.outcome === undefined &&
        isStale(spacing === undefined ? undefined : toSeconds(spacing), toSeconds(now - t)),
      before: told ?? reader.nearest(name, since, since - 1).after?.value ?? NaN,
      min: extremes[i]?.min[0] ?? NaN,
      max: extremes[i]?.max[0] ?? NaN,
    };
  });
  return { lines, more: known.length - chosen.length };
}

function taskLine(task: RunStanding["tasks"][number]): TaskLine {
  return {
    name: task.task,
    state: task.state,
    ...(task.period === null ? {} : { period: task.period / 1e3 }),
    steps: task.ticks,
    missed: task.skipped,
    failed: task.failures,
    late: task.lateness.p99 / 1e3,
  };
}

/** The run before, unless it went well. */
function runBefore(run: RunOutline | undefined): RunBefore | undefined {
  if (run === undefined || run.status === "completed") return undefined;
  return { run: run.id, state: run.status, reason: run.reason ?? "" };
}
