/**
 * Tasks side by side, until the run is over.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import type { Countdown } from "./countdown.ts";
import { errorDetails, type EventLog } from "./events.ts";
import type { OutcomeKeeper } from "./outcome.ts";
import { Handle, type RunningTask } from "./handle.ts";
import { Scope } from "./scope.ts";
import type { Session } from "./session.ts";
import { isStopped, Stopped } from "./stopped.ts";
import type { Task, TaskContext } from "./task.ts";
import { checkPauses, uniqueNames } from "./task_names.ts";

/** What a monitor works with. */
export interface MonitorContext {
  /** The session whose tasks run. */
  readonly session: Session;
  /** Its clock. */
  readonly clock: Clock;
  /** Its waits. */
  readonly countdown: Countdown;
  /** Its events. */
  readonly events: EventLog;
  /** Where the reason for the end is kept. */
  readonly outcome: OutcomeKeeper;
  /** The scope under which the tasks run. */
  readonly scope: Scope;
  /** How long steps may go on after a stop before they are told to drop what they do, in milliseconds. */
  readonly grace: number;
}

/** What the tasks of a run have in common. */
type Together = Pick<TaskContext, "start" | "end">;

/** A step that takes longer than this, and than ten periods, is reported. Milliseconds. */
const HUNG_AFTER = 60_000;
/** How long a task may take after it was told to drop what it does, in milliseconds. */
const ABANDON_AFTER = 5_000;

/** Runs tasks together. One that fails is recorded and leaves the others alone. */
export class Monitor {
  readonly #context: MonitorContext;
  readonly #all: Handle[] = [];
  #abandoned = false;

  /** A monitor with no tasks yet. */
  constructor(context: MonitorContext) {
    this.#context = context;
  }

  /** Every task that ever ran here. */
  get tasks(): readonly RunningTask[] {
    return this.#all;
  }

  /** Whether a task would not end and was left behind. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Runs tasks until the run is over, and ends the rest of them. */
  async run(tasks: readonly Task[]): Promise<void> {
    const { clock, scope: parent, outcome } = this.#context;
    if (parent.stopping.aborted) return;
    const handles = this.#handles(tasks);
    const scope = new Scope("tasks", clock, parent);
    this.#all.push(...handles);
    const together = { start: clock.monotonic(), end: { at: Infinity } };
    for (const handle of handles.toSorted((a, b) => holding(b) - holding(a))) {
      handle.finished = this.#runOne(handle, scope, together);
    }
    const reason = await this.#over(handles, scope);
    if (!parent.stopping.aborted) outcome.end(reason);
    scope.stop(new Stopped(reason));
    await this.#finish(handles, scope);
    for (const error of await scope.close()) this.#context.session.fail(error);
  }

  /**
   * A task that can be held between two steps.
   *
   * @throws {RangeError} If there is no such task, or it is over.
   * @throws {TypeError} If it is of a kind that can't be held.
   */
  pausable(name: string): Handle {
    const handle = this.#all.find((one) => one.name === name && one.statistics.state === "running");
    if (handle === undefined) {
      const running = this.#all.filter(({ statistics }) => statistics.state === "running");
      throw new RangeError(
        `Cannot pause or resume a task that does not run: ${JSON.stringify(name)}. ` +
          `These run: ${running.map((one) => one.name).join(", ") || "none"}.`,
      );
    }
    if (handle.task.pausable !== true) {
      throw new TypeError(
        `Cannot pause or resume ${JSON.stringify(name)}, as it has no steps to wait between.`,
      );
    }
    return handle;
  }

  /** Says once of each step that runs far longer than it should, and what can be done. */
  reportHung(): void {
    const now = this.#context.clock.monotonic();
    for (const handle of this.#all) {
      const { stepSince } = handle.statistics;
      if (stepSince === undefined || handle.task.kind === "monitor") continue;
      const limit = Math.max(HUNG_AFTER, 10 * (handle.task.period ?? 0));
      if (now - stepSince < limit || handle.hungSince === stepSince) continue;
      handle.hungSince = stepSince;
      const message =
        `the step has been running for ${formatDuration(now - stepSince)} and holds ` +
        `the task up. Give the task a \`timeout\` if it should be dropped.`;
      this.#context.events.record("hung", "warning", message, { source: handle.name });
    }
  }

  async #runOne(handle: Handle, scope: Scope, together: Together): Promise<void> {
    const { session, clock, countdown, events, outcome } = this.#context;
    const { task, statistics } = handle;
    statistics.state = "running";
    try {
      // Apart from the caller's stack, so that a task that throws at once fails like any other.
      await null;
      const reason = await task.run({
        session,
        clock,
        statistics,
        ...together,
        sleep: (ms) => countdown.sleep(ms, scope.stopping),
        get paused() {
          return handle.pauses.held;
        },
        resumed: () => handle.pauses.free(scope.stopping),
        stopping: scope.stopping,
        signal: scope.signal,
        progress: (state) => {
          handle.progress = state;
        },
        defer: (name, finaliser, timeout) =>
          scope.defer(name, finaliser, timeout === undefined ? {} : { timeout }),
      });
      statistics.state = scope.stopping.aborted ? "stopped" : "done";
      if (typeof reason === "string") handle.reason = reason;
    } catch (error) {
      if (isStopped(error) && scope.stopping.aborted) {
        statistics.state = "stopped";
        return;
      }
      statistics.state = "failed";
      const { message, data } = errorDetails(error);
      outcome.fail(`${handle.name} failed: ${message}`);
      events.record("task-failed", "error", `the task is given up: ${message}`, {
        source: handle.name,
        data,
      });
      void session.notify({
        kind: "alarm",
        level: "error",
        subject: `${handle.name} was given up`,
        text: `The task ${JSON.stringify(handle.name)} is given up: ${message}\n\n` +
          "The others go on, if there are any.",
      }).catch(() => {});
    } finally {
      statistics.ended(clock.monotonic());
      handle.conclude(clock, events);
      handle.progress = { ...handle.progress, nextAt: NaN };
    }
  }

  /** Resolves when the run is over, with the reason. */
  async #over(handles: readonly Handle[], scope: Scope): Promise<string> {
    const foreground = handles.filter(({ task }) => task.background !== true);
    const atOnce = handles.filter(({ task }) => task.ends === "at-once");
    const together = handles.filter(({ task }) => task.ends === "together");
    const rest = foreground.filter(({ task }) => task.ends === undefined);
    const ways: Promise<string>[] = [aborted(scope.stopping)];
    for (const handle of atOnce) {
      ways.push(handle.finished.then(() => handle.failed ? pending() : why([handle])));
    }
    const last = together.length > 0 ? together : rest;
    if (last.length > 0 || atOnce.length === 0) {
      ways.push(Promise.all(last.map(({ finished }) => finished)).then(() => why(last)));
    }
    // When nothing is left that could measure, waiting for the time to pass is no use.
    if (rest.length > 0 && together.length === 0) {
      ways.push(Promise.all(rest.map(({ finished }) => finished)).then(() => why(rest)));
    }
    return await Promise.race(ways);
  }

  /** Waits for what still runs: first kindly, then with its signal, then no more. */
  async #finish(handles: readonly Handle[], scope: Scope): Promise<void> {
    const { clock, events, outcome, grace } = this.#context;
    const done = Promise.all(handles.map(({ finished }) => finished));
    if (await within(clock, grace, done, scope.signal)) return;
    scope.abort(new Stopped("the step took too long after the stop"));
    if (await within(clock, ABANDON_AFTER, done)) return;
    for (const { name, statistics } of handles) {
      if (statistics.state !== "running") continue;
      statistics.state = "abandoned";
      this.#abandoned = true;
      const message =
        `the step did not end within ${formatDuration(ABANDON_AFTER)} of being told ` +
        `to: it was left behind. Pass \`signal\` on to what it waits for.`;
      outcome.fail(`${name} would not end`);
      events.record("task-abandoned", "error", message, { source: name });
    }
  }

  /** The tasks under their names, if each that one of them may pause is there. */
  #handles(tasks: readonly Task[]): Handle[] {
    const names = uniqueNames(tasks.map(({ name }) => name), this.#all.map(({ name }) => name));
    const handles = tasks.map((task, i) => new Handle(task, names[i] ?? task.name));
    checkPauses(handles, this.#all.filter(({ statistics }) => statistics.state === "running"));
    return handles;
  }
}

/** 1 for a task that may have to hold others before their first step. */
function holding({ task }: Handle): number {
  return task.pauses === undefined ? 0 : 1;
}

function why(handles: readonly Handle[]): string {
  const reasons = handles.map(({ reason }) => reason).filter((reason) => reason !== undefined);
  if (reasons.length > 0) return reasons.join("; ");
  return handles.length > 0 && handles.every(({ failed }) => failed)
    ? "nothing is left that runs"
    : "everything was done";
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const say = (): void => resolve(String((signal.reason as Error | undefined)?.message ?? ""));
    if (signal.aborted) say();
    else signal.addEventListener("abort", say, { once: true });
  });
}

function pending(): Promise<never> {
  return new Promise(() => {});
}

/** Whether `work` ends within `ms` milliseconds, or before `cut` aborts. */
async function within(
  clock: Clock,
  ms: number,
  work: Promise<unknown>,
  cut?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const timer = clock.sleepUntil(clock.monotonic() + ms, over.signal).then(
    () => false,
    () => false,
  );
  const ways: Promise<boolean>[] = [work.then(() => true), timer];
  if (cut !== undefined) ways.push(aborted(cut).then(() => false));
  const result = await Promise.race(ways);
  over.abort();
  return result;
}
