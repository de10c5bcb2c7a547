/**
 * Numbers that come one by one.
 *
 * @module
 */

/** A list of numbers that grows, in memory that is doubled when it is full. */
export class Growing {
  #numbers = new Float64Array(64);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** The last one; NaN if there is none. */
  get last(): number {
    return this.#length === 0 ? NaN : this.#numbers[this.#length - 1] ?? NaN;
  }

  /** Adds one. */
  push(value: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = value;
  }

  /** All of them: a view that later ones do not change. */
  view(): Float64Array<ArrayBuffer> {
    return this.#numbers.subarray(0, this.#length);
  }

  /** Forgets all. */
  clear(): void {
    this.#length = 0;
  }
}
