/**
 * How long an experiment takes and how much it records, before it runs.
 *
 * @module
 */

import { formatDuration } from "../time/duration.ts";
import { count, dryRun, extentOf, withoutStandIn } from "./dry_run.ts";
import { expectedBytes, formatBytes } from "./file_size.ts";
import { compile } from "./program.ts";
import type { Node } from "./verb.ts";

/** What an experiment will take. */
export interface Estimate {
  /** What the figures are of: the whole run, or a day of a run that nothing ends. */
  readonly per: "run" | "day";
  /** How long it lasts, in milliseconds; null if that isn't known beforehand. */
  readonly duration: number | null;
  /** Steps of all tasks; null if that isn't known. */
  readonly ticks: number | null;
  /** Values that are recorded; null if that isn't known. */
  readonly points: number | null;
  /** Bytes of the file, about; null if that isn't known. */
  readonly bytes: number | null;
  /** Whether it was tried with stand-ins, or is told from the plan alone. */
  readonly basis: "dry run" | "plan";
  /** Why something isn't known, or isn't sure, in sentences. */
  readonly notes: readonly string[];
}

const DAY = 86_400_000;

/**
 * Estimates an experiment: from a dry run where its devices can be simulated, otherwise from the plan.
 *
 * @param nodes Its steps.
 * @throws {TypeError} If there is nothing to do.
 */
export async function estimate(nodes: readonly Node[]): Promise<Estimate> {
  const lacking = withoutStandIn(compile(nodes).openings);
  if (lacking.length > 0) {
    const names = lacking.map(({ name }) => name).join(", ");
    return fromPlan(nodes, [
      `how many values an entry has shows only in a run, as nothing stands in for ${names}`,
    ]);
  }
  return await fromDryRun(nodes);
}

async function fromDryRun(nodes: readonly Node[]): Promise<Estimate> {
  const { limit } = extentOf(nodes);
  const trial = await dryRun(nodes);
  const ticks = trial.tasks.reduce((sum, task) => sum + task.ticks, 0);
  const notes = trial.troubles.map((text) => `in a dry run, ${text}`);
  if (!trial.cut) {
    const { duration, values, bytes } = trial;
    return { per: "run", duration, ticks, points: values, bytes, basis: "dry run", notes };
  }
  const length = limit === Infinity ? DAY : limit;
  const factor = length / trial.duration;
  if (limit === Infinity) {
    const tried = formatDuration(trial.duration);
    notes.unshift(`it goes on until it is stopped: it had not ended after ${tried} in a dry run`);
  }
  const points = Math.round(trial.values * factor);
  return {
    per: limit === Infinity ? "day" : "run",
    duration: limit === Infinity ? null : limit,
    ticks: Math.round(ticks * factor),
    points,
    bytes: expectedBytes(trial.entries * factor, points),
    basis: "dry run",
    notes,
  };
}

function fromPlan(nodes: readonly Node[], notes: readonly string[]): Estimate {
  const { limit, rate, points, settling, unknown } = extentOf(nodes);
  const reasons = [...notes, ...new Set(unknown)];
  if (settling > 0) reasons.push(`settling alone takes ${formatDuration(settling)}`);
  const known = unknown.length === 0;
  const per = limit === Infinity && known ? "day" : "run";
  const length = per === "day" ? DAY : limit;
  if (per === "day") reasons.push("it goes on until it is stopped");
  return {
    per,
    duration: known && per === "run" ? limit : null,
    ticks: known ? Math.floor(rate * length) + (points > 0 ? points : 0) : null,
    points: null,
    bytes: null,
    basis: "plan",
    notes: reasons,
  };
}

/**
 * An estimate in words.
 *
 * @param estimate The estimate.
 *
 * @example
 * ```ts
 * import { experiment, formatEstimate } from "@stripchart/stripchart";
 *
 * const night = experiment("night").every("1min", () => ({ random: Math.random() })).for("12h");
 * console.log(formatEstimate(await night.estimate()));
 * ```
 */
export function formatEstimate({ per, duration, ticks, points, bytes, notes }: Estimate): string {
  const figure = (value: number | null, word: string): string =>
    `${value === null ? "an unknown number of" : `about ${count(value)}`} ${word}`;
  const size = bytes === null ? "a file of unknown size" : `about ${formatBytes(bytes)} on disk`;
  const what = `${figure(ticks, "steps")}, ${figure(points, "values")}, ${size}`;
  const length = per === "day"
    ? "each day"
    : duration === null
    ? "in a time that isn't known"
    : `in ${formatDuration(duration)}`;
  return [`${what}, ${length}`, ...notes.map((note) => `  ${note}`)].join("\n") + "\n";
}
