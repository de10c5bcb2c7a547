/**
 * Keeps of many points those that a plot needs.
 *
 * @module
 */

import type { Points } from "../points.ts";

/**
 * Takes points one by one and keeps, of each stretch of them, those with the least and the greatest value of each
 * variable. Memory is bounded by what is kept.
 */
export class Thinner {
  readonly #stretch: number;
  readonly #times: number[] = [];
  readonly #columns: number[][];
  readonly #width: number;
  /** Of the present stretch: for each variable the points with the least and the greatest value. */
  readonly #kept: (Float64Array | undefined)[];
  readonly #extremes: Float64Array;
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
    this.#kept = new Array(2 * width);
    this.#extremes = new Float64Array(2 * width);
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
    this.#kept.fill(undefined);
    for (let i = 0; i < this.#width; i++) {
      this.#extremes[2 * i] = Infinity;
      this.#extremes[2 * i + 1] = -Infinity;
    }
    // Of a stretch without numbers, its first point.
    this.#kept[0] = this.#copy(t, values);
  }

  #mark(place: number, value: number, t: number, values: Float64Array): void {
    this.#extremes[place] = value;
    this.#kept[place] = this.#copy(t, values);
  }

  /** A point with its place in the stretch, by which the kept ones are put in order. */
  #copy(t: number, values: Float64Array): Float64Array {
    const point = new Float64Array(2 + this.#width);
    point[0] = this.#inStretch;
    point[1] = t;
    point.set(values, 2);
    return point;
  }

  #end(): void {
    const points = this.#kept.filter((point) => point !== undefined);
    points.sort((a, b) => (a[0] as number) - (b[0] as number));
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
