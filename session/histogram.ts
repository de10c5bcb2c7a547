/**
 * Quantiles in constant memory.
 *
 * @module
 */

/** Each bin is this factor wider than the one before, so a quantile is right to 1.5 %. */
const RATIO = 1.03;
/** Below this everything falls into the first bin. Milliseconds, when times are counted: 1 µs. */
const LEAST = 1e-3;
/** Bins up to about 1e10. */
const BINS = 1_024;

/** Counts non-negative numbers in bins of equal relative width. */
export class Histogram {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;
  #max = NaN;

  /** How many numbers were counted. */
  get count(): number {
    return this.#count;
  }

  /** The greatest number, exactly; NaN before the first. */
  get max(): number {
    return this.#max;
  }

  /** Counts a number; one below zero counts as zero. */
  add(value: number): void {
    const bin = value <= LEAST ? 0 : Math.ceil(Math.log(value / LEAST) / Math.log(RATIO));
    const place = Math.min(bin, BINS - 1);
    this.#bins[place] = (this.#bins[place] ?? 0) + 1;
    this.#count++;
    if (!(this.#max >= value)) this.#max = Math.max(0, value);
  }

  /**
   * The number that a fraction of all are not above, to 1.5 %.
   *
   * @param fraction Between 0 and 1.
   * @returns The quantile, or NaN before the first number.
   */
  quantile(fraction: number): number {
    if (this.#count === 0) return NaN;
    const rank = Math.max(1, Math.ceil(fraction * this.#count));
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.#bins[bin] ?? 0;
      if (seen >= rank) {
        const middle = bin === 0 ? 0 : LEAST * RATIO ** (bin - 0.5);
        return Math.min(middle, this.#max);
      }
    }
    return this.#max;
  }
}
