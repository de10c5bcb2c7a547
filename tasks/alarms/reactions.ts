/**
 * What is done when an alarm is raised and when it has cleared.
 *
 * @module
 */

import type { Session } from "../../session/session.ts";
import { asError } from "../../session/stopped.ts";
import { sleep } from "../../time/clock.ts";
import { formatDuration, milliseconds } from "../../time/duration.ts";
import type { AlarmDefinition } from "./definition.ts";

/** The part of a definition that says what is done. */
export type ReactionsOf = Pick<
  AlarmDefinition,
  "name" | "stops" | "pauses" | "calls" | "timeout" | "channels"
>;

/** Stops the run, holds tasks, calls functions. Nothing of it fails whoever asks for it. */
export class Reactions {
  readonly #definition: ReactionsOf;
  readonly #session: Session;
  readonly #holder: string;
  readonly #held = new Set<string>();
  /** When tasks that wait for things to settle go on, monotonic milliseconds. */
  readonly #settling = new Map<string, number>();
  #call: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Nothing is done yet. */
  constructor(definition: ReactionsOf, session: Session) {
    this.#definition = definition;
    this.#session = session;
    this.#holder = `the alarm ${JSON.stringify(definition.name)}`;
  }

  /** When tasks are to go on, monotonic milliseconds. */
  get due(): number {
    return Math.min(Infinity, ...this.#settling.values());
  }

  /** What is done when the alarm is raised. */
  raised(why: string): void {
    const { stops, pauses, calls } = this.#definition;
    this.#settling.clear();
    for (const { tasks } of pauses) for (const task of tasks) this.#hold(task);
    if (calls.length > 0) this.#queueCalls();
    if (stops) this.#session.askExit(`${this.#holder} was raised: ${why}`);
  }

  /** What is done when the alarm has cleared. */
  cleared(now: number): void {
    for (const { tasks, settle } of this.#definition.pauses) {
      for (const task of tasks) {
        if (!this.#held.has(task)) continue;
        this.#settling.set(task, Math.max(now + settle, this.#settling.get(task) ?? -Infinity));
      }
    }
    this.settle(now);
  }

  /** Lets the tasks go for which things have settled. */
  settle(now: number): void {
    for (const [task, at] of this.#settling) {
      if (now < at) continue;
      this.#settling.delete(task);
      this.#letGo(task);
    }
  }

  /** Lets all tasks go and waits for what is being done. */
  async end(): Promise<void> {
    this.#settling.clear();
    for (const task of this.#held) this.#letGo(task);
    await this.#call;
  }

  #hold(task: string): void {
    // What is being stopped begins no step any more.
    if (this.#held.has(task) || !this.#session.running) return;
    try {
      this.#session.pause(task, this.#holder);
      this.#held.add(task);
    } catch {
      // It is over: there is nothing left to hold.
    }
  }

  #letGo(task: string): void {
    this.#held.delete(task);
    try {
      this.#session.resume(task, this.#holder);
    } catch {
      // It ended meanwhile.
    }
  }

  /** Calls the functions apart from whoever records; when they are at it already, once more after that. */
  #queueCalls(): void {
    if (this.#waiting > 1) return;
    this.#waiting++;
    this.#call = this.#call.then(async () => {
      for (const call of this.#definition.calls) await this.#run(call);
      this.#waiting--;
    });
  }

  async #run(call: ReactionsOf["calls"][number]): Promise<void> {
    const session = this.#session;
    const { clock } = session;
    const { timeout } = this.#definition;
    const limit = new AbortController();
    const over = new AbortController();
    const expired = sleep(clock, timeout, over.signal).then(() => {
      const error = new DOMException(
        `what it does when it is raised took longer than ${
          formatDuration(timeout)
        }, and was given up`,
        "TimeoutError",
      );
      limit.abort(error);
      throw error;
    });
    expired.catch(() => {});
    try {
      const work = (async (): Promise<unknown> =>
        await call.call(session, session, {
          session,
          signal: limit.signal,
          sleep: (duration) => sleep(clock, milliseconds(duration), limit.signal),
        }))();
      work.catch(() => {});
      await Promise.race([work, expired]);
    } catch (error) {
      session.fail(asError(error), this.#holder);
      this.#failed(asError(error).message);
    } finally {
      over.abort();
    }
  }

  /** Tells people that what should have been done was not. */
  #failed(why: string): void {
    const { name, channels } = this.#definition;
    try {
      this.#session.notify({
        kind: "alarm",
        level: "error",
        subject: `${name}: what is done about it failed`,
        text: `What ${this.#holder} does failed: ${why}`,
        coalesce: `failure of the alarm ${name}`,
      }, channels).catch(() => {});
    } catch {
      // That there is no such channel was said when the alarm was told of.
    }
  }
}
