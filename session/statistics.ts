/**
 * A task's figures while it runs.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";
import type { TaskStatistics } from "./store/types.ts";

/** Where a task is in its life. */
export type TaskState = "waiting" | "running" | "done" | "failed" | "stopped" | "abandoned";

/** Counts what a task does. Times are in milliseconds; memory is constant. */
export class TaskStatisticsRecorder {
  /** Where it is in its life. */
  state: TaskState = "waiting";
  /** Monotonic milliseconds at which its first step began; NaN before. */
  since: number = NaN;
  /** Monotonic milliseconds at which the present step began, if one runs. */
  stepSince: number | undefined;
  readonly #task: string;
  readonly #kind: string;
  readonly #period: number | null;
  readonly #lateness = new Histogram();
  readonly #duration = new Histogram();
  #ticks = 0;
  #skipped = 0;
  #failures = 0;

  /** Figures of the task of that name. */
  constructor(task: string, kind: string, period?: number) {
    this.#task = task;
    this.#kind = kind;
    this.#period = period ?? null;
  }

  /** A step began, that many milliseconds after it was due. */
  began(now: number, lateness?: number): void {
    if (this.#ticks++ === 0) this.since = now;
    this.stepSince = now;
    if (lateness !== undefined) this.#lateness.add(lateness);
  }

  /** The step that runs is over. */
  ended(now: number): void {
    if (this.stepSince !== undefined) this.#duration.add(now - this.stepSince);
    this.stepSince = undefined;
  }

  /** Starts were missed. */
  skipped(count: number): void {
    this.#skipped += count;
  }

  /** A step threw. */
  failed(): void {
    this.#failures++;
  }

  /** How many steps threw. */
  get failures(): number {
    return this.#failures;
  }

  /** The figures now. */
  snapshot(): TaskStatistics {
    return {
      task: this.#task,
      kind: this.#kind,
      period: this.#period,
      state: this.state,
      ticks: this.#ticks,
      skipped: this.#skipped,
      failures: this.#failures,
      lateness: summary(this.#lateness),
      duration: summary(this.#duration),
    };
  }
}

function summary(histogram: Histogram): { p50: number; p99: number; max: number } {
  return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99), max: histogram.max };
}
