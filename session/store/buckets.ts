/**
 * Reduces variables to a few buckets, for plots of long sessions.
 *
 * @module
 */

import type { Catalog, Stream } from "./catalog.ts";
import type { ChunkSource } from "./chunk_source.ts";
import type { BucketOptions, Buckets } from "./reader_types.ts";

/** Rows that follow each other and lie in one bucket. */
interface Run {
  readonly bucket: number;
  /** The first row. */
  readonly from: number;
  /** The row after the last one. */
  readonly to: number;
}

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

  /** Adds values of a column, those of one bucket at a time. */
  values(runs: readonly Run[], column: Float64Array): void {
    for (const { bucket, from, to } of runs) {
      let min = this.min[bucket] as number;
      let max = this.max[bucket] as number;
      let sum = 0;
      let count = 0;
      for (let i = from; i < to; i++) {
        const value = column[i] as number;
        if (value - value !== 0) continue; // NaN or infinite
        if (value < min) min = value;
        if (value > max) max = value;
        sum += value;
        count += 1;
      }
      this.min[bucket] = min;
      this.max[bucket] = max;
      this.#sum[bucket] = (this.#sum[bucket] as number) + sum;
      this.count[bucket] = (this.count[bucket] as number) + count;
    }
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

/** Cuts the first `n` rows into runs; those outside the window are in none. */
function runsOf(times: Float64Array, n: number, sums: Accumulator, options: BucketOptions): Run[] {
  const { from, to } = options;
  const runs: Run[] = [];
  let bucket = -1;
  let first = 0;
  for (let i = 0; i < n; i++) {
    const t = times[i] as number;
    const next = t >= from && t <= to ? sums.bucket(t) : -1;
    if (next === bucket) continue;
    if (bucket >= 0) runs.push({ bucket, from: first, to: i });
    bucket = next;
    first = i;
  }
  if (bucket >= 0) runs.push({ bucket, from: first, to: n });
  return runs;
}

/** A variable of a stream, and where its values are added up. */
interface Wanted {
  readonly index: number;
  readonly sums: Accumulator;
}

function addStream(
  source: ChunkSource,
  stream: Stream,
  wanted: readonly Wanted[],
  options: BucketOptions,
): void {
  const { from, to } = options;
  const [any] = wanted;
  if (any === undefined) return;
  let times = new Float64Array(0);
  for (const chunk of source.within(stream, from, to)) {
    const { n, t0, t1 } = chunk;
    const bucket = any.sums.bucket(t0);
    if (t0 >= from && t1 <= to && bucket === any.sums.bucket(t1)) {
      for (const { index, sums } of wanted) {
        const summary = source.summary(chunk, stream, index);
        if (summary === undefined || summary.finite === 0) continue;
        const { lo, hi, sum, finite } = summary;
        sums.summary(bucket, lo ?? NaN, hi ?? NaN, sum ?? NaN, finite);
      }
      continue;
    }
    if (times.length < n) times = new Float64Array(n);
    if (!source.times(chunk, stream, times, 0)) continue;
    const runs = runsOf(times, n, any.sums, options);
    for (const { index, sums } of wanted) {
      const values = source.values(chunk, stream, index);
      if (values !== undefined) sums.values(runs, values);
    }
  }
  for (const { t, vals } of source.tailOf(stream)) {
    if (t < from || t > to) continue;
    const bucket = any.sums.bucket(t);
    for (const { index, sums } of wanted) {
      sums.values([{ bucket, from: index, to: index + 1 }], vals);
    }
  }
}

/**
 * Least, greatest and mean value of variables in buckets of equal width. A chunk that lies in one bucket gives its
 * summary; only chunks across an edge are read, and the times of variables that are recorded together once.
 *
 * @returns For each name its buckets, in the order of the names.
 */
export function readBuckets(
  source: ChunkSource,
  catalog: Catalog,
  names: readonly string[],
  options: BucketOptions,
): Buckets[] {
  check(options);
  const all = names.map(() => new Accumulator(options));
  const streams = new Map<Stream, Wanted[]>();
  for (const [n, sums] of all.entries()) {
    for (const { stream, index } of catalog.places(names[n] ?? "")) {
      const wanted = streams.get(stream);
      if (wanted === undefined) streams.set(stream, [{ index, sums }]);
      else wanted.push({ index, sums });
    }
  }
  for (const [stream, wanted] of streams) addStream(source, stream, wanted, options);
  return all.map((sums) => sums.finish());
}
