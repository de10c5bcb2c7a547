/**
 * Keeps what repeats from filling the file.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";

interface Held {
  last: number;
  count: number;
  say: (count: number) => void;
}

/**
 * Says a thing at once the first time, and what repeats within a minute once a minute, with how often it
 * happened. Nothing is left unsaid: {@linkcode Coalescer.flush} says what is held back.
 */
export class Coalescer {
  readonly #clock: Clock;
  readonly #every: number;
  readonly #held = new Map<string, Held>();

  /**
   * @param clock What it counts time on.
   * @param every Milliseconds between two of the same.
   */
  constructor(clock: Clock, every = 60_000) {
    this.#clock = clock;
    this.#every = every;
  }

  /**
   * Something happened.
   *
   * @param key What makes two happenings the same.
   * @param count How often it happened, such as starts missed.
   * @param say Called now or later with how often it happened in all since it was last said.
   */
  report(key: string, count: number, say: (count: number) => void): void {
    const now = this.#clock.monotonic();
    const held = this.#held.get(key);
    if (held === undefined) {
      this.#held.set(key, { last: now, count: 0, say });
      say(count);
      return;
    }
    held.count += count;
    held.say = say;
    if (now - held.last >= this.#every) this.#release(held, now);
  }

  /** Says what has been held back for long enough, or all of it. */
  flush(all = true): void {
    const now = this.#clock.monotonic();
    for (const [key, held] of this.#held) {
      if (!all && now - held.last < this.#every) continue;
      if (held.count > 0) this.#release(held, now);
      else this.#held.delete(key);
    }
  }

  #release(held: Held, now: number): void {
    const count = held.count;
    held.count = 0;
    held.last = now;
    held.say(count);
  }
}
