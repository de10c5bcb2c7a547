/**
 * Tells from outside whether the main thread still runs.
 *
 * @module
 */

/** What the watchdog has to say. */
export interface StallReport {
  /** False while the stall lasts. */
  readonly over: boolean;
  /** How long it has lasted, in milliseconds. */
  readonly lasted: number;
}

/** Watches a counter that the main thread bumps. It speaks only after a first heartbeat. */
export class Watchdog {
  readonly #heartbeat: Int32Array;
  readonly #stallAfter: number;
  #last = 0;
  #seenAt = 0;
  #lookedAt = 0;
  #stalled = false;

  /** Watches a counter; `stallAfter` is in milliseconds. */
  constructor(heartbeat: Int32Array, stallAfter: number) {
    this.#heartbeat = heartbeat;
    this.#stallAfter = stallAfter;
  }

  /**
   * Looks once.
   *
   * @param now Monotonic milliseconds.
   * @param period How often it is called. A call that is late by more than that means that this
   * thread stood still too, as when the computer sleeps: the watch begins anew.
   */
  look(now: number, period: number): StallReport | undefined {
    const count = Atomics.load(this.#heartbeat, 0);
    const late = this.#lookedAt !== 0 && now - this.#lookedAt > 2 * period;
    this.#lookedAt = now;
    if (count === 0) return undefined;
    if (count !== this.#last) {
      const lasted = now - this.#seenAt;
      const over = this.#stalled;
      this.#last = count;
      this.#seenAt = now;
      this.#stalled = false;
      return over ? { over, lasted } : undefined;
    }
    if (late && !this.#stalled) this.#seenAt = now;
    if (this.#stalled || now - this.#seenAt < this.#stallAfter) return undefined;
    this.#stalled = true;
    return { over: false, lasted: now - this.#seenAt };
  }
}
