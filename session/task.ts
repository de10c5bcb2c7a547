/**
 * What a task is to the runtime.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import type { Session } from "./session.ts";
import type { TaskStatisticsRecorder } from "./statistics.ts";

/** When a run will be over. */
export interface RunEndTime {
  /** Monotonic milliseconds; `Infinity` where it is not known. */
  at: number;
}

/** What a running task is given. */
export interface TaskContext {
  /** The session it runs in. */
  readonly session: Session;
  /** The session's clock. */
  readonly clock: Clock;
  /** Aborts when a stop is asked for: no new step begins after it, waits between steps end. */
  readonly stopping: AbortSignal;
  /** Aborts when even the step that runs must be given up. It follows `stopping`. */
  readonly signal: AbortSignal;
  /** When the tasks of the run began together, monotonic milliseconds. */
  readonly start: number;
  /** When the run will be over, as far as that is known: no step that is due then or later begins. */
  readonly end: RunEndTime;
  /**
   * Waits so many milliseconds, with a countdown on the terminal; rejects with {@linkcode Stopped} when a stop
   * is asked for.
   */
  sleep(ms: number): Promise<void>;
  /** Whether the task is paused: no new step is to begin. */
  readonly paused: boolean;
  /**
   * Waits while the task is paused; rejects with {@linkcode Stopped} when a stop is asked for. A task that is
   * `pausable` calls it before each step.
   *
   * @returns Whether it was paused: what was due meanwhile was not missed, it was not wanted.
   */
  resumed(): Promise<boolean>;
  /** Where the task's ticks, failures and lateness are counted. */
  readonly statistics: TaskStatisticsRecorder;
  /** Says where the task stands; the status line shows it. */
  progress(state: TaskProgress): void;
  /**
   * Has something done when all tasks that run together are over: the last that was deferred comes first, and none
   * keeps another from being done.
   *
   * @param name Names it in the file if it fails.
   * @param timeout How long it may take, in milliseconds; 10 s if absent.
   */
  defer(name: string, finaliser: (signal: AbortSignal) => unknown, timeout?: number): void;
}

/** Where a task stands. */
export interface TaskProgress {
  /** Monotonic milliseconds of the next step. */
  readonly nextAt?: number;
  /** When it began and when it will be over, monotonic milliseconds, if that is known. */
  readonly span?: readonly [from: number, to: number];
  /** Steps done. */
  readonly done?: number;
  /** Steps in all, if it is known. */
  readonly total?: number;
}

/** A piece of work that runs beside others in a session. */
export interface Task {
  /** What it is: `"every"`, `"sweep"`, `"plot"`. */
  readonly kind: string;
  /** Its name in the file and on the status line; made unique by the session. */
  readonly name: string;
  /** The period in milliseconds, of a periodic task. */
  readonly period?: number;
  /**
   * Whether the run is over when the task is, though others would go on: `"at-once"`, as after a given time;
   * `"together"`, once all tasks of this sort are done, as with sweeps.
   */
  readonly ends?: "at-once" | "together";
  /** True if the run need not wait for it, as with a plot. @default false */
  readonly background?: boolean;
  /** Whether it waits between its steps while it is paused. @default false */
  readonly pausable?: boolean;
  /**
   * The names of the tasks that it may pause. A run in which one of them is missing does not begin; it itself begins
   * before the others, which it may have to hold from the start.
   */
  readonly pauses?: readonly string[];
  /**
   * Does the work until it is done or `context.stopping` aborts. A rejection marks the task failed; the
   * others go on.
   *
   * @returns Why it is done, in a few words, if there is something to say.
   */
  run(context: TaskContext): Promise<string | void>;
}
