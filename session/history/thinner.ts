/**
 * Keeps of many points those that a plot needs.
 *
 * @module
 */

import type { Points } from "./points.ts";

/**
 * Takes points one by one and keeps, of each stretch of them, those with the least and the greatest value of each
 * variable. Memory is bounded by what is kept.
 */
export class Thinner {
  readonly #stretch: number;
  readonly #times: number[] = [];
  readonly #columns: number[][];
  readonly #width: number;
  /** The least and the greatest value of each variable in the present stretch. */
  readonly #extremes: Float64Array;
  /** The points that have them: each its place in the stretch, its time, its values. */
  readonly #kept: Float64Array[];
  #inStretch = 0;
  #of = 0;

  /**
   * @param width How many variables a point has.
   * @param expected About how many points will come.
   * @param most About how many are to be kept at most.
   */
  constructor(width: number, expected: number, most: number) {
    const stretches = Math.max(1, Math.floor(most / (2 * width)));
    this.#stretch = expected <= most ? 1 : Math.ceil(expected / stretches);
    this.#width = width;
    this.#columns = Array.from({ length: width }, () => []);
    this.#extremes = new Float64Array(2 * width);
    this.#kept = Array.from({ length: 2 * width }, () => new Float64Array(2 + width));
  }

  /** Takes a point. */
  add(t: number, values: Float64Array): void {
    if (this.#stretch === 1) {
      this.#keep(t, values);
      this.#of += 1;
      return;
    }
    if (this.#inStretch === 0) this.#begin(t, values);
    for (let i = 0; i < this.#width; i++) {
      const value = values[i] as number;
      if (value < (this.#extremes[2 * i] as number)) this.#mark(2 * i, value, t, values);
      if (value > (this.#extremes[2 * i + 1] as number)) this.#mark(2 * i + 1, value, t, values);
    }
    this.#of += 1;
    if (++this.#inStretch === this.#stretch) this.#end();
  }

  /** What was kept. */
  points(): Points {
    if (this.#inStretch > 0) this.#end();
    return {
      t: Float64Array.from(this.#times),
      values: this.#columns.map((column) => Float64Array.from(column)),
      of: this.#of,
    };
  }

  #keep(t: number, values: Float64Array): void {
    this.#times.push(t);
    for (let i = 0; i < this.#width; i++) this.#columns[i]?.push(values[i] as number);
  }

  #begin(t: number, values: Float64Array): void {
    for (let i = 0; i < this.#width; i++) {
      this.#mark(2 * i, Infinity, t, values);
      this.#mark(2 * i + 1, -Infinity, t, values);
    }
  }

  /** Written over rather than made anew: where values rise, this is done for each of them. */
  #mark(place: number, extreme: number, t: number, values: Float64Array): void {
    this.#extremes[place] = extreme;
    const point = this.#kept[place] as Float64Array;
    point[0] = this.#inStretch;
    point[1] = t;
    for (let i = 0; i < this.#width; i++) point[2 + i] = values[i] as number;
  }

  #end(): void {
    // Those of a variable without numbers are the first point of the stretch.
    const points = this.#kept.toSorted((a, b) => (a[0] as number) - (b[0] as number));
    let last = -1;
    for (const point of points) {
      const place = point[0] as number;
      if (place === last) continue;
      last = place;
      this.#keep(point[1] as number, point.subarray(2));
    }
    this.#inStretch = 0;
  }
}
