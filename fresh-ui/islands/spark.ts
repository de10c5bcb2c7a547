/**
 * The recent past of a variable in a few buckets.
 *
 * @module
 */

import type { Tile } from "../../session/history/tile.ts";

/** How many buckets a sparkline has. */
export const SPARK_BUCKETS = 60;

/** Least, greatest and mean of a variable in its last buckets; the memory is constant. */
export class Spark {
  /** How long it reaches back, seconds. */
  readonly window: number;
  readonly #width: number;
  readonly #min = new Float64Array(SPARK_BUCKETS).fill(NaN);
  readonly #max = new Float64Array(SPARK_BUCKETS).fill(NaN);
  readonly #sum = new Float64Array(SPARK_BUCKETS);
  readonly #count = new Float64Array(SPARK_BUCKETS);
  /** Number of the newest bucket since 1970. */
  #newest = -Infinity;

  /** @param window How long it reaches back, seconds. */
  constructor(window: number) {
    this.window = window;
    this.#width = window / SPARK_BUCKETS;
  }

  /** Adds a value. */
  add(t: number, value: number): void {
    if (Number.isFinite(value)) this.#put(t, value, value, value);
  }

  /** Adds what the server knows of the past. */
  fill(tile: Tile): void {
    if (tile.kind === "points") {
      tile.t.forEach((t, i) => this.add(t, tile.values[i] ?? NaN));
      return;
    }
    tile.index.forEach((bucket, i) => {
      const t = tile.from + (bucket + 0.5) * tile.width;
      this.#put(t, tile.min[i] ?? NaN, tile.max[i] ?? NaN, tile.mean[i] ?? NaN);
    });
  }

  #put(t: number, min: number, max: number, mean: number): void {
    const bucket = Math.floor(t / this.#width);
    if (bucket > this.#newest) {
      const first = Math.max(this.#newest + 1, bucket - SPARK_BUCKETS + 1);
      for (let n = first; n <= bucket; n++) this.#clear(at(n));
      this.#newest = bucket;
    }
    if (bucket <= this.#newest - SPARK_BUCKETS) return;
    const i = at(bucket);
    const known = (this.#count[i] ?? 0) > 0;
    this.#min[i] = known ? Math.min(this.#min[i] ?? min, min) : min;
    this.#max[i] = known ? Math.max(this.#max[i] ?? max, max) : max;
    this.#sum[i] = (this.#sum[i] ?? 0) + mean;
    this.#count[i] = (this.#count[i] ?? 0) + 1;
  }

  #clear(i: number): void {
    this.#min[i] = this.#max[i] = NaN;
    this.#sum[i] = this.#count[i] = 0;
  }

  /**
   * The outline and the line of the means as SVG paths in a box of the given size; empty where there is nothing.
   *
   * @param now Unix seconds at the right edge.
   */
  paths(
    now: number,
    width: number,
    height: number,
  ): { readonly band: string; readonly mean: string } {
    const last = Math.max(this.#newest, Math.floor(now / this.#width));
    const points: { x: number; lo: number; hi: number; mean: number }[] = [];
    for (let n = last - SPARK_BUCKETS + 1; n <= this.#newest; n++) {
      const i = at(n);
      if (!((this.#count[i] ?? 0) > 0)) continue;
      points.push({
        x: ((n - last + SPARK_BUCKETS - 0.5) / SPARK_BUCKETS) * width,
        lo: this.#min[i] ?? NaN,
        hi: this.#max[i] ?? NaN,
        mean: (this.#sum[i] ?? NaN) / (this.#count[i] ?? NaN),
      });
    }
    const least = Math.min(...points.map(({ lo }) => lo));
    const greatest = Math.max(...points.map(({ hi }) => hi));
    const span = greatest - least;
    const y = (value: number): string =>
      (span > 0 ? height - ((value - least) / span) * height : height / 2).toFixed(1);
    if (points.length === 0) return { band: "", mean: "" };
    const upper = points.map(({ x, hi }) => `${x.toFixed(1)},${y(hi)}`);
    const lower = points.map(({ x, lo }) => `${x.toFixed(1)},${y(lo)}`).reverse();
    const middle = points.map(({ x, mean }) => `${x.toFixed(1)},${y(mean)}`);
    return { band: `M${[...upper, ...lower].join("L")}Z`, mean: `M${middle.join("L")}` };
  }
}

function at(bucket: number): number {
  return ((bucket % SPARK_BUCKETS) + SPARK_BUCKETS) % SPARK_BUCKETS;
}
