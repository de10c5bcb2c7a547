/**
 * Starts on an absolute grid of time.
 *
 * @module
 */

import type { Clock, PreciseTimer } from "../time/clock.ts";

/**
 * What becomes of starts that were missed because a step took too long:
 *
 * - `"skip"`: they are dropped and counted; the next start is on the grid.
 * - `"catch-up"`: they run at once, one after the other, at most 100 of them; the rest is dropped and counted.
 * - `"shift"`: the grid begins anew where the step ended; nothing is dropped, the phase is.
 */
export type OverrunPolicy = "skip" | "catch-up" | "shift";

/** A start. */
export interface Tick {
  /** Its place on the grid: 0, 1, 2 … */
  readonly index: number;
  /** When it was due, monotonic milliseconds. */
  readonly due: number;
  /** How much later it is, in milliseconds. */
  readonly lateness: number;
  /** Starts dropped just before it. */
  readonly skipped: number;
}

/** Most starts that are caught up. */
const MOST_CAUGHT_UP = 100;

/** Periods below this are timed by a thread of their own. Milliseconds. */
const PRECISE_BELOW = 50;

const NEVER = { at: Infinity } as const;

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/**
 * Start `k` is due at `origin + k·period`, computed and not accumulated: it never drifts. Disposing frees
 * the timer.
 */
export class Grid implements Disposable {
  readonly #clock: Clock;
  readonly #period: number;
  readonly #policy: OverrunPolicy;
  readonly #precise: PreciseTimer | undefined;
  #origin: number;
  #next = 0;

  /**
   * @param clock What it waits on.
   * @param period Milliseconds, above zero.
   * @param policy What becomes of missed starts.
   * @param origin When the first start is due, monotonic milliseconds; now, if absent.
   */
  constructor(clock: Clock, period: number, policy: OverrunPolicy = "skip", origin?: number) {
    if (!(period > 0)) {
      throw new RangeError(`Cannot make a grid, as its period must be above zero: ${period} ms`);
    }
    this.#clock = clock;
    this.#period = period;
    this.#policy = policy;
    this.#origin = origin ?? clock.monotonic();
    this.#precise = period < PRECISE_BELOW ? clock.preciseTimer?.() : undefined;
  }

  /** When the next start is due, monotonic milliseconds. */
  get due(): number {
    return this.#origin + this.#next * this.#period;
  }

  /** Goes on with the first start from now on: those before were not wanted, and do not count as missed. */
  pass(): void {
    const late = this.#clock.monotonic() - this.due;
    if (late > 0) this.#next += Math.ceil(late / this.#period);
  }

  /**
   * Waits for the next start. Rejects with the signal's reason when it aborts.
   *
   * @param end A start that is due then or later is not made: it waits for the signal instead.
   */
  async next(signal: AbortSignal, end: { readonly at: number } = NEVER): Promise<Tick> {
    let skipped = this.#settleMissed();
    while (true) {
      signal.throwIfAborted();
      const due = this.due;
      if (due >= end.at) await ended(signal);
      // A thread takes longer to start than several periods last.
      const timer = this.#precise?.ready === true ? this.#precise : this.#clock;
      await timer.sleepUntil(due, signal);
      const lateness = this.#clock.monotonic() - due;
      // Suspended or held up for whole periods during the wait: on the grid again, and no burst.
      if (lateness >= this.#period && this.#policy === "skip") {
        skipped += this.#settleMissed();
        continue;
      }
      return { index: this.#next++, due, lateness, skipped };
    }
  }

  #settleMissed(): number {
    const late = this.#clock.monotonic() - this.due;
    // The first start is due when the grid is made, a moment ago.
    if (late <= 0 || (this.#next === 0 && late < this.#period)) return 0;
    if (this.#policy === "shift") {
      this.#origin += late;
      return 0;
    }
    const missed = Math.floor(late / this.#period) + 1;
    const kept = this.#policy === "catch-up" ? Math.min(missed, MOST_CAUGHT_UP) : 0;
    this.#next += missed - kept;
    return missed - kept;
  }

  /** Frees the timer. */
  [Symbol.dispose](): void {
    this.#precise?.[Symbol.dispose]();
  }
}
