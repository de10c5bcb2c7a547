/**
 * Waits that a person can watch.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";

/** Waits shorter than this have no countdown. Milliseconds. */
export const WORTH_A_COUNTDOWN = 2_000;

/** Waits on a clock and knows which of the waits ends next. */
export class Countdown {
  readonly #clock: Clock;
  readonly #deadlines = new Map<symbol, number>();

  /** No wait yet. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When the next wait ends, monotonic milliseconds; undefined if nothing waits for long. */
  get nextAt(): number | undefined {
    return this.#deadlines.size === 0 ? undefined : Math.min(...this.#deadlines.values());
  }

  /**
   * Waits.
   *
   * @param ms Milliseconds.
   * @param signal Ends the wait at once, with a rejection by its reason.
   */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const deadline = this.#clock.monotonic() + ms;
    if (ms < WORTH_A_COUNTDOWN) return await this.#clock.sleepUntil(deadline, signal);
    const key = Symbol();
    this.#deadlines.set(key, deadline);
    try {
      await this.#clock.sleepUntil(deadline, signal);
    } finally {
      this.#deadlines.delete(key);
    }
  }
}
