/**
 * Waiting for something with a deadline, again and again, at next to no cost.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "./transport.ts";

/** Makes the error of a passed deadline from the milliseconds that were waited. */
export type Late = (elapsed: number) => Error;

interface Waiter<T> {
  readonly since: number;
  readonly deadline: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  readonly late: Late;
}

/**
 * One who waits at a time. The timer of a deadline outlives the wait and serves the waits after it, since a
 * timer for each would cost more than the rest of a short query.
 *
 * @typeParam T What is waited for.
 */
export class Waiting<T = void> {
  readonly #clock: Clock;
  #waiter: Waiter<T> | undefined;
  #timer: { readonly until: number; readonly stop: AbortController } | undefined;

  /** @param clock What the deadlines are on. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether somebody waits; not any more once it was given up or is late. */
  get pending(): boolean {
    return this.#waiter !== undefined;
  }

  /**
   * Waits until {@linkcode Waiting.wake}.
   *
   * @param io Deadline and signal.
   * @param late Makes the error of a passed deadline.
   * @throws At once, not by the promise, if the deadline has passed or the signal has aborted: what was to
   * be waited for must not be begun then.
   */
  wait(io: Io, late: Late): Promise<T> {
    const { signal, deadline } = io;
    signal?.throwIfAborted();
    const since = this.#clock.monotonic();
    if (deadline <= since) throw late(0);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter = this.#waiter = { since, deadline, resolve, reject, late };
    this.#watch(deadline);
    return signal === undefined ? promise : this.#orGivenUp(promise, waiter, signal);
  }

  /** Lets whoever waits go on. */
  wake(value: T): void {
    this.#waiter?.resolve(value);
    this.#waiter = undefined;
  }

  /** Ends the wait with an error. */
  fail(error: unknown): void {
    this.#waiter?.reject(error);
    this.#waiter = undefined;
  }

  /** Stops the timer. Whoever still waits must be told by {@linkcode Waiting.fail} before. */
  stop(): void {
    this.#timer?.stop.abort();
    this.#timer = undefined;
  }

  async #orGivenUp(promise: Promise<T>, waiter: Waiter<T>, signal: AbortSignal): Promise<T> {
    const abort = (): void => {
      if (this.#waiter === waiter) this.#waiter = undefined;
      waiter.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #watch(deadline: number): void {
    if (this.#timer !== undefined) {
      if (this.#timer.until <= deadline) return;
      this.stop();
    }
    if (deadline === Infinity) return;
    const stop = new AbortController();
    const timer = { until: deadline, stop };
    this.#timer = timer;
    this.#clock.sleepUntil(deadline, stop.signal).then(() => {
      if (this.#timer !== timer) return;
      this.#timer = undefined;
      const waiter = this.#waiter;
      if (waiter === undefined) return;
      const now = this.#clock.monotonic();
      if (waiter.deadline <= now) this.fail(waiter.late(now - waiter.since));
      else this.#watch(waiter.deadline);
    }, () => {});
  }
}
