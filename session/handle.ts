/**
 * A task as the monitor holds it.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import type { EventLog } from "./events.ts";
import { Pauses } from "./pauses.ts";
import { TaskStatisticsRecorder } from "./statistics.ts";
import type { Task, TaskProgress } from "./task.ts";

/** A task that runs, or ran. */
export interface RunningTask {
  /** The task. */
  readonly task: Task;
  /** Its name, unique in the run. */
  readonly name: string;
  /** Its figures. */
  readonly statistics: TaskStatisticsRecorder;
  /** Where it stands. */
  readonly progress: TaskProgress;
  /** Who holds it. */
  readonly pauses: Pauses;
}

/** A task that runs, or ran, and what the monitor knows of it. */
export class Handle implements RunningTask {
  /** Its figures. */
  readonly statistics: TaskStatisticsRecorder;
  /** Who holds it. */
  readonly pauses: Pauses = new Pauses();
  /** Where it stands. */
  progress: TaskProgress = {};
  /** Resolves when it is over, however it ends. */
  finished: Promise<void> = Promise.resolve();
  /** Why it is over, if it said so. */
  reason: string | undefined;
  /** The beginning of the step that was reported to take too long. */
  hungSince: number | undefined;
  #pausedAt = NaN;

  /** A task under a name of its own. */
  constructor(readonly task: Task, readonly name: string) {
    this.statistics = new TaskStatisticsRecorder(name, task.kind, task.period);
  }

  /** Whether it was given up. */
  get failed(): boolean {
    return this.statistics.state === "failed";
  }

  /** Holds it between two steps, for somebody. */
  pause(by: string, clock: Clock, events: EventLog): void {
    const { held } = this.pauses;
    if (!this.pauses.hold(by)) return;
    if (!held) this.#pausedAt = clock.wall();
    events.record("pause", "info", `paused by ${by}`, { source: this.name, data: { by } });
  }

  /** Lets go of it; it goes on, and the gap is recorded, when nobody holds it any more. */
  resume(by: string, clock: Clock, events: EventLog): void {
    if (!this.pauses.release(by)) return;
    const others = this.pauses.holders;
    const still = others.length > 0 ? `; still paused by ${others.join(", ")}` : "";
    const source = this.name;
    events.record("resume", "info", `resumed by ${by}${still}`, { source, data: { by } });
    if (others.length === 0) this.#recordGap(clock, events, "the task was paused");
  }

  /** It is over: what it did not do while it was held is a gap. */
  conclude(clock: Clock, events: EventLog): void {
    if (!this.pauses.held) return;
    for (const holder of this.pauses.holders) this.pauses.release(holder);
    this.#recordGap(clock, events, "the task was paused until it ended");
  }

  #recordGap(clock: Clock, events: EventLog, why: string): void {
    const to = clock.wall();
    const from = this.#pausedAt;
    const length = formatDuration((to - from) / 1e3);
    events.record("gap", "info", `nothing was done for ${length}: ${why}`, {
      source: this.name,
      data: { from, to },
    });
  }
}
