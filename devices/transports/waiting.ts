/**
 * Waiting for something with a deadline, again and again, at next to no cost.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "./transport.ts";

interface Waiter {
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly late: () => Error;
}

/**
 * One who waits at a time. The timer of a deadline outlives the wait and serves the waits after it, since a
 * timer for each would cost more than the rest of a short query.
 */
export class Waiting {
  readonly #clock: Clock;
  #waiter: Waiter | undefined;
  #timer: { readonly until: number; readonly stop: AbortController } | undefined;

  /** @param clock What the deadlines are on. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits until {@linkcode Waiting.wake}.
   *
   * @param io Deadline and signal.
   * @param late Makes the error of a passed deadline.
   * @throws At once, not by the promise, if the deadline has passed or the signal has aborted: what was to
   * be waited for must not be begun then.
   */
  wait(io: Io, late: () => Error): Promise<void> {
    const { signal, deadline } = io;
    signal?.throwIfAborted();
    if (deadline <= this.#clock.monotonic()) throw late();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { deadline, resolve, reject, late };
    this.#waiter = waiter;
    this.#watch(deadline);
    return signal === undefined ? promise : givenUpBy(signal, promise, reject);
  }

  /** Lets whoever waits go on. */
  wake(): void {
    this.#waiter?.resolve();
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
      if (waiter.deadline <= this.#clock.monotonic()) this.fail(waiter.late());
      else this.#watch(waiter.deadline);
    }, () => {});
  }
}

async function givenUpBy(
  signal: AbortSignal,
  promise: Promise<void>,
  reject: (reason: unknown) => void,
): Promise<void> {
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
