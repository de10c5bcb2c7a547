/**
 * How fast a counter grows.
 *
 * @module
 */

/** Turns a counter to what it grew by a unit of another that grows, such as time. */
export class Rate {
  #value: number;
  #base: number;

  /** Begins to count at these values. */
  constructor(value: number, base: number) {
    this.#value = value;
    this.#base = base;
  }

  /**
   * The growth since the last call.
   *
   * @param value The counter.
   * @param base What it is counted over.
   * @returns NaN if the base has not grown, and if the counter went back: it was counted anew, from where is
   * not known.
   */
  next(value: number, base: number): number {
    const grown = value - this.#value;
    const over = base - this.#base;
    this.#value = value;
    this.#base = base;
    return over > 0 && grown >= 0 ? grown / over : NaN;
  }
}
