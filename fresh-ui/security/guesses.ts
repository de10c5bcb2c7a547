/**
 * Counts who guesses.
 *
 * @module
 */

/** Wrong guesses that are free. */
const FREE = 10;
/** Milliseconds after which one more is. */
const PER_GUESS = 6_000;
/** Addresses that are remembered. */
const MOST_ADDRESSES = 1_000;

/** A limit to wrong guesses for each address, in bounded memory. */
export class Guesses {
  readonly #now: () => number;
  /** Monotonic milliseconds at which each address will be free of guilt. */
  readonly #clearAt = new Map<string, number>();

  /** @param now Gives monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds for which an address must not guess; 0 if it may. */
  wait(address: string): number {
    const clearAt = this.#clearAt.get(address) ?? 0;
    return Math.max(0, clearAt - this.#now() - (FREE - 1) * PER_GUESS);
  }

  /** An address has guessed wrong. */
  wrong(address: string): void {
    const now = this.#now();
    const clearAt = Math.max(now, this.#clearAt.get(address) ?? 0) + PER_GUESS;
    this.#clearAt.delete(address);
    this.#clearAt.set(address, clearAt);
    if (this.#clearAt.size <= MOST_ADDRESSES) return;
    for (const [other, at] of this.#clearAt) if (at <= now) this.#clearAt.delete(other);
    const oldest = this.#clearAt.keys().next().value;
    if (this.#clearAt.size > MOST_ADDRESSES && oldest !== undefined) this.#clearAt.delete(oldest);
  }
}
