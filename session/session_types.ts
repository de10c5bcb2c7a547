/**
 * What a session is opened with, and what it leaves.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import type { DurationInput } from "../time/duration.ts";
import type { Outcome } from "./outcome.ts";
import type { Session } from "./session.ts";
import type { StoreOptions } from "./store/store.ts";
import type { Json, TaskStatistics } from "./store/types.ts";
import type { StepContext } from "./step.ts";
import type { Task } from "./task.ts";
import type { Terminal } from "./terminal.ts";

/** A function that is repeated until the run is over; it paces itself with `sleep`. */
// deno-lint-ignore no-explicit-any -- a function may name its own subclass of Session as this
export type TaskFunction = (this: any, session: any, step: StepContext) => unknown;

/** What {@linkcode Session.monitor} takes. */
export type TaskLike = Task | TaskFunction;

/** How a session is opened. */
export interface SessionOptions {
  /** Path of its file; `":memory:"` for none. @default the name, with `.db`, in the working directory */
  readonly file?: string;
  /** What it takes its time from. @default the system */
  readonly clock?: Clock;
  /** Prints warnings and errors only. @default false */
  readonly quiet?: boolean;
  /** Where status and log lines go; null for nowhere. @default standard error */
  readonly terminal?: Terminal | null;
  /** Whether Ctrl-C, SIGTERM and SIGHUP stop the run. @default true */
  readonly signals?: boolean;
  /** What is stored to tell later what was run; null for nothing. @default script, versions, git, host */
  readonly provenance?: Json | null;
  /** Whether the process's exit code tells how the run ended. @default true */
  readonly exitCode?: boolean;
  /** How long steps may go on after a stop before they are told to drop what they do. @default "30s" */
  readonly grace?: DurationInput;
  /** Whether it watches the clocks once a second. @default true, but not on a virtual clock */
  readonly pulse?: boolean;
  /** How long the end of the run waits for messages that are being sent. @default "30s" */
  readonly farewell?: DurationInput;
  /** How its file is written. */
  readonly store?: Omit<StoreOptions, "onTrouble">;
}

/** How a run went. */
export interface RunSummary extends Outcome {
  /** Its number in the file, from 1. */
  readonly run: number;
  /** The file. */
  readonly file: string;
  /** How many entries it recorded. */
  readonly entries: number;
  /** The figures of its tasks. */
  readonly tasks: readonly TaskStatistics[];
  /** When it began, Unix seconds. */
  readonly startedAt: number;
  /** When it ended, Unix seconds. */
  readonly endedAt: number;
}

export type { Session };
