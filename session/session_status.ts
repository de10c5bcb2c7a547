/**
 * A session in a line: while it runs, and when it is over.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import { WORTH_A_COUNTDOWN } from "./countdown.ts";
import type { Monitor } from "./monitor.ts";
import type { RunSummary } from "./session_types.ts";
import type { TaskProgress } from "./task.ts";
import { printable, type Status } from "./status_line.ts";

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
