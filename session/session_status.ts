/**
 * A session in a line: while it runs, and when it is over.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import { WORTH_A_COUNTDOWN } from "./countdown.ts";
import { toSeconds } from "./moment.ts";
import type { RunningTask } from "./handle.ts";
import type { Monitor } from "./monitor.ts";
import type { Outcome } from "./outcome.ts";
import type { RunSummary } from "./session_types.ts";
import type { TaskProgress } from "./task.ts";
import { printable, type Status } from "./status_line.ts";
import type { TaskStatistics } from "./store/types.ts";

/** What the status line shows of a session. */
export function readStatus(
  now: number,
  started: number,
  latest: Readonly<Record<string, number>>,
  monitor: Monitor,
  state: { readonly running: boolean; readonly waitsUntil: number | undefined },
): Status {
  let nextAt = state.waitsUntil;
  let fraction: number | undefined;
  const busy: string[] = [];
  for (const { name, task, statistics, progress } of monitor.tasks) {
    if (statistics.state !== "running") continue;
    if (statistics.stepSince !== undefined) busy.push(name);
    const due = progress.nextAt;
    // The next step of a quick task is always next.
    const slow = (task.period ?? Infinity) >= WORTH_A_COUNTDOWN;
    if (slow && due !== undefined && due >= now && !(due >= (nextAt ?? Infinity))) nextAt = due;
    const done = fractionOf(progress, now);
    // With several of known length, the one that has come furthest ends the run.
    if (done !== undefined) fraction = Math.max(fraction ?? 0, done);
  }
  return {
    now,
    started,
    latest,
    nextAt,
    fraction,
    stopping: state.running ? undefined : `stopping, waiting for ${busy.join(", ") || "the end"}`,
  };
}

function fractionOf(progress: TaskProgress, now: number): number | undefined {
  const { span, done, total } = progress;
  if (span !== undefined) return (now - span[0]) / (span[1] - span[0]);
  return total !== undefined && total > 0 ? (done ?? 0) / total : undefined;
}

/** A task's figures as they are now, with "paused" for one that waits. */
export function figuresOf({ statistics, pauses }: RunningTask): TaskStatistics {
  const figures = statistics.snapshot();
  return pauses.held && figures.state === "running" ? { ...figures, state: "paused" } : figures;
}

/** How a run stands. */
export interface RunStanding {
  /** False once a stop was asked for. */
  readonly running: boolean;
  /** How it ended, once it is closing. */
  readonly outcome?: Outcome;
  /** The fraction that is done, from 0 to 1, where it is known. */
  readonly fraction?: number;
  /** When it will be over at this pace, Unix seconds, where it is known. */
  readonly endsAt?: number;
  /** The tasks: their figures, and whether they can be paused. */
  readonly tasks: readonly (TaskStatistics & { readonly pausable: boolean })[];
}

/** How a run stands, for those who watch it from afar. */
export function readStanding(
  clock: Clock,
  monitor: Monitor,
  state: { readonly running: boolean; readonly outcome: Outcome | undefined },
): RunStanding {
  const now = clock.monotonic();
  let fraction: number | undefined;
  let left: number | undefined;
  for (const { statistics, progress } of monitor.tasks) {
    if (statistics.state !== "running") continue;
    const done = fractionOf(progress, now);
    if (done === undefined || done <= (fraction ?? -1)) continue;
    fraction = done;
    const from = progress.span?.[0] ?? statistics.since;
    left = progress.span === undefined ? (now - from) * (1 / done - 1) : progress.span[1] - now;
  }
  return {
    running: state.running,
    ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
    ...(fraction === undefined ? {} : { fraction: Math.min(1, Math.max(0, fraction)) }),
    ...(left !== undefined && Number.isFinite(left)
      ? { endsAt: toSeconds(clock.wall()) + Math.max(0, left) / 1e3 }
      : {}),
    tasks: monitor.tasks.map((one) => ({
      ...figuresOf(one),
      pausable: one.task.pausable === true,
    })),
  };
}

/** How a run went, in one line. */
export function formatSummary(summary: RunSummary, started: number, clock: Clock): string {
  const length = formatDuration(Math.round((clock.monotonic() - started) / 100) * 100);
  const entries = `${summary.entries.toLocaleString("en")} ${
    summary.entries === 1 ? "entry" : "entries"
  }`;
  const where = summary.file === ":memory:"
    ? "in memory"
    : `in ${summary.file}, run ${summary.run}`;
  return printable(
    `${summary.status} after ${length} (${summary.reason}): ${entries} ${where}`,
  );
}
