/**
 * Waits that end: at a deadline, or when they are given up.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "./transport.ts";

/**
 * Waits for something that can't be stopped itself.
 *
 * @param work What is waited for; if the wait ends before it, what becomes of it is not looked at.
 * @param io Deadline and signal.
 * @param clock What the deadline is on.
 * @param late Makes the error of a passed deadline.
 */
export async function bounded<T>(
  work: Promise<T>,
  io: Io,
  clock: Clock,
  late: () => Error,
): Promise<T> {
  const done = new AbortController();
  const signal = io.signal === undefined ? done.signal : AbortSignal.any([io.signal, done.signal]);
  const timer = clock.sleepUntil(io.deadline, signal).then(() => {
    throw late();
  });
  try {
    return await Promise.race([work, timer]);
  } finally {
    done.abort();
  }
}

/** Gives turns in the order in which they were asked for. */
export class Turns {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  /** Waits for a turn; disposing the result gives it back. */
  async take(io: Io, clock: Clock, late: () => Error): Promise<Disposable> {
    io.signal?.throwIfAborted();
    if (this.#held) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      try {
        await bounded(promise, io, clock, late);
      } catch (error) {
        const place = this.#waiting.indexOf(resolve);
        if (place >= 0) this.#waiting.splice(place, 1);
        // The turn came in the same moment as the end of the wait.
        else this.#give();
        throw error;
      }
    }
    this.#held = true;
    let given = false;
    return {
      [Symbol.dispose]: () => {
        if (!given) this.#give();
        given = true;
      },
    };
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held = false;
    else next();
  }
}
