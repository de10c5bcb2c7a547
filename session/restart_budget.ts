/**
 * How often something may fail before it is given up.
 *
 * @module
 */

/** How many restarts are allowed in what time. */
export interface RestartLimits {
  /** Restarts. @default 3 */
  readonly max: number;
  /** Milliseconds. @default 60000 */
  readonly within: number;
}

/** Counts consecutive failures, as an Erlang supervisor counts restarts. */
export class RestartBudget {
  readonly #limits: RestartLimits;
  #failures: number[] = [];

  /** A full budget. */
  constructor(limits: RestartLimits = { max: 3, within: 60_000 }) {
    this.#limits = limits;
  }

  /** Failures in a row so far, within the time that counts. */
  get spent(): number {
    return this.#failures.length;
  }

  /**
   * Counts a failure.
   *
   * @param now Monotonic milliseconds.
   * @returns Whether another try is allowed.
   */
  failed(now: number): boolean {
    this.#failures = this.#failures.filter((at) => now - at < this.#limits.within);
    this.#failures.push(now);
    return this.#failures.length <= this.#limits.max;
  }

  /** A success: the budget is full again. */
  succeeded(): void {
    if (this.#failures.length > 0) this.#failures = [];
  }
}
