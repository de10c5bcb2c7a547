/**
 * One step of a task: run, counted, recorded, and forgiven within limits.
 *
 * @module
 */

import { type DurationInput, formatDuration, milliseconds } from "../time/duration.ts";
import { errorDetails } from "./events.ts";
import { RestartBudget } from "./restart_budget.ts";
import type { Session } from "./session.ts";
import { asError, isStopped, Stopped } from "./stopped.ts";
import type { TaskContext } from "./task.ts";

/** What a step is given. */
export interface StepContext {
  /** The session it runs in. */
  readonly session: Session;
  /** Aborts when the step is to be dropped: pass it on to whatever waits. */
  readonly signal: AbortSignal;
  /** Waits; ends at once, with {@linkcode Stopped}, when a stop is asked for. */
  sleep(duration: DurationInput): Promise<void>;
}

/** What a step may return: numbers by name, which are recorded as one entry, or nothing. */
export type StepResult = Readonly<Record<string, number>> | void | undefined | null;

/** What becomes of a step that throws, and of one that does not end. */
export interface StepOptions {
  /**
   * - `"retry"`: the task goes on with its next step; after too many failures in a row it is given up.
   * - `"continue"`: it goes on whatever happens.
   * - `"stop"`: the whole run ends.
   *
   * @default "retry"
   */
  readonly onError?: "retry" | "continue" | "stop";
  /** How many failures in a row, and in what time, are forgiven by `"retry"`. @default 3 within "60s" */
  readonly restarts?: { readonly max: number; readonly within: DurationInput };
  /** How long a step may take before it is dropped and counts as failed. @default no limit */
  readonly timeout?: DurationInput;
}

/** Refuses options that can't be meant. */
export function checkStepOptions(options: StepOptions): void {
  const { restarts, timeout } = options;
  if (timeout !== undefined && milliseconds(timeout) === 0) {
    throw new RangeError("Cannot give a step no time at all: the time-out is zero");
  }
  if (restarts === undefined) return;
  milliseconds(restarts.within);
  if (!Number.isInteger(restarts.max) || restarts.max < 0) {
    throw new RangeError(`Cannot forgive a number of failures that is no count: ${restarts.max}`);
  }
}

/** Runs the steps of one task. */
export class StepRunner {
  /** What each step is given, if there is no time-out. */
  readonly step: StepContext;
  readonly #context: TaskContext;
  readonly #name: string;
  readonly #policy: "retry" | "continue" | "stop";
  readonly #limits: { readonly max: number; readonly within: number };
  readonly #budget: RestartBudget;
  readonly #timeout: number | undefined;

  /** @param name The task's name, for messages. */
  constructor(context: TaskContext, name: string, options: StepOptions = {}) {
    this.#context = context;
    this.#name = name;
    this.#policy = options.onError ?? "retry";
    const { max, within } = options.restarts ?? { max: 3, within: "60s" };
    this.#limits = { max, within: milliseconds(within) };
    this.#budget = new RestartBudget(this.#limits);
    this.#timeout = options.timeout === undefined ? undefined : milliseconds(options.timeout);
    this.step = this.#stepContext(context.signal);
  }

  /** Failures in a row so far. */
  get failuresInARow(): number {
    return this.#budget.spent;
  }

  /**
   * Runs a step and records what it returns.
   *
   * @param work The step.
   * @param lateness How late it begins, in milliseconds, if it was due at a time.
   * @returns True if it went well; false if it failed and the task goes on.
   * @throws {Stopped} If it was cut short by a stop.
   * @throws {Error} If the task is to be given up.
   */
  async run(work: (step: StepContext) => unknown, lateness?: number): Promise<boolean> {
    const { clock, statistics, session } = this.#context;
    statistics.began(clock.monotonic(), lateness);
    try {
      const result = this.#timeout === undefined
        ? await work(this.step)
        : await this.#limited(work, this.#timeout);
      if (result !== undefined && result !== null) this.#record(session, result);
      this.#budget.succeeded();
      return true;
    } catch (error) {
      return this.#failed(error);
    } finally {
      statistics.ended(clock.monotonic());
    }
  }

  #record(session: Session, result: unknown): void {
    if (typeof result !== "object" || Array.isArray(result)) {
      throw new TypeError(
        `Cannot record what the step returned, as it is no object of numbers: ${
          Array.isArray(result) ? "an array" : `${typeof result} ${String(result)}`
        }. Return { name: value }.`,
      );
    }
    void session.addEntry(result as Readonly<Record<string, number>>);
  }

  #failed(error: unknown): false {
    const { clock, session, statistics, stopping, signal } = this.#context;
    if (signal.aborted || (isStopped(error) && stopping.aborted)) {
      throw isStopped(error) ? error : new Stopped(asError(error).message);
    }
    statistics.failed();
    const { message, data } = errorDetails(error);
    if (this.#policy === "stop") {
      session.askExit(`${this.#name} failed: ${message}`);
      throw error;
    }
    if (this.#policy === "retry" && !this.#budget.failed(clock.monotonic())) {
      const { max, within } = this.#limits;
      if (max === 0) throw error;
      throw new Error(
        `${message} (${max + 1} failures in a row within ${formatDuration(within)})`,
        {
          cause: error,
        },
      );
    }
    session.repeatedEvent("failure", "warning", this.#name, 1, (count) => {
      const often = count === 1 ? "" : ` (${count} times)`;
      return `the step failed: ${message}${often}`;
    }, data);
    return false;
  }

  async #limited(work: (step: StepContext) => unknown, ms: number): Promise<unknown> {
    const { clock, signal } = this.#context;
    const limit = new AbortController();
    const over = new AbortController();
    const expired = clock.sleepUntil(clock.monotonic() + ms, over.signal).then(() => {
      const error = new DOMException(
        `the step took longer than ${formatDuration(ms)}`,
        "TimeoutError",
      );
      limit.abort(error);
      throw error;
    });
    expired.catch(() => {});
    const pass = (): void => limit.abort(signal.reason);
    signal.addEventListener("abort", pass, { once: true, signal: over.signal });
    if (signal.aborted) pass();
    try {
      return await Promise.race([work(this.#stepContext(limit.signal)), expired]);
    } finally {
      over.abort();
    }
  }

  #stepContext(signal: AbortSignal): StepContext {
    const { session, sleep } = this.#context;
    return Object.freeze({
      session,
      signal,
      sleep: (duration: DurationInput): Promise<void> => sleep(milliseconds(duration)),
    });
  }
}
