/**
 * Reduces a variable to a few buckets, for plots of long sessions.
 *
 * @module
 */

import type { Catalog } from "./catalog.ts";
import type { ChunkSource } from "./chunk_source.ts";
import type { BucketOptions, Buckets } from "./reader_types.ts";

/** Adds up values by bucket. */
class Accumulator {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly count: Float64Array;
  readonly #sum: Float64Array;
  readonly #from: number;
  readonly #width: number;

  constructor({ from, to, buckets }: BucketOptions) {
    this.min = new Float64Array(buckets).fill(Infinity);
    this.max = new Float64Array(buckets).fill(-Infinity);
    this.count = new Float64Array(buckets);
    this.#sum = new Float64Array(buckets);
    this.#from = from;
    this.#width = (to - from) / buckets;
  }

  /** The bucket of a time between `from` and `to`; the last one has `to` too. */
  bucket(t: number): number {
    const bucket = Math.floor((t - this.#from) / this.#width);
    return bucket < this.count.length ? bucket : this.count.length - 1;
  }

  value(bucket: number, value: number): void {
    if (value - value !== 0) return; // NaN or infinite
    if (value < (this.min[bucket] as number)) this.min[bucket] = value;
    if (value > (this.max[bucket] as number)) this.max[bucket] = value;
    this.#sum[bucket] = (this.#sum[bucket] as number) + value;
    this.count[bucket] = (this.count[bucket] as number) + 1;
  }

  summary(bucket: number, lo: number, hi: number, sum: number, finite: number): void {
    if (lo < (this.min[bucket] as number)) this.min[bucket] = lo;
    if (hi > (this.max[bucket] as number)) this.max[bucket] = hi;
    this.#sum[bucket] = (this.#sum[bucket] as number) + sum;
    this.count[bucket] = (this.count[bucket] as number) + finite;
  }

  finish(): Buckets {
    const { min, max, count } = this;
    const n = count.length;
    const mean = new Float64Array(n);
    const t = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      t[i] = this.#from + i * this.#width;
      if (count[i] === 0) min[i] = max[i] = NaN;
      mean[i] = (this.#sum[i] as number) / (count[i] as number);
    }
    return { t, min, max, mean, count };
  }
}

function check({ from, to, buckets }: BucketOptions): void {
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new RangeError(`Cannot make buckets as they must span a time: from ${from} to ${to}.`);
  }
  if (!Number.isInteger(buckets) || buckets < 1 || buckets > 1e7) {
    throw new RangeError(`Cannot make buckets as their number must be 1 to 10000000: ${buckets}.`);
  }
}

/**
 * Least, greatest and mean value of a variable in buckets of equal width. A chunk that lies in one
 * bucket gives its summary; only chunks across an edge are read.
 */
export function readBuckets(
  source: ChunkSource,
  catalog: Catalog,
  name: string,
  options: BucketOptions,
): Buckets {
  check(options);
  const { from, to } = options;
  const sums = new Accumulator(options);
  let times = new Float64Array(0);
  for (const { stream, index } of catalog.places(name)) {
    for (const chunk of source.within(stream, from, to)) {
      const { n, t0, t1 } = chunk;
      if (t0 >= from && t1 <= to && sums.bucket(t0) === sums.bucket(t1)) {
        const summary = source.summary(chunk, stream, index);
        if (summary === undefined || summary.finite === 0) continue;
        const { lo, hi, sum, finite } = summary;
        sums.summary(sums.bucket(t0), lo ?? NaN, hi ?? NaN, sum ?? NaN, finite);
        continue;
      }
      const values = source.values(chunk, stream, index);
      if (values === undefined) continue;
      if (times.length < n) times = new Float64Array(n);
      if (!source.times(chunk, stream, times, 0)) continue;
      for (let i = 0; i < n; i++) {
        const t = times[i] as number;
        if (t >= from && t <= to) sums.value(sums.bucket(t), values[i] as number);
      }
    }
    for (const { t, vals } of source.tailOf(stream)) {
      if (t >= from && t <= to) sums.value(sums.bucket(t), vals[index] as number);
    }
  }
  return sums.finish();
}
