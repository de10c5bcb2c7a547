/**
 * A dataset at the width of a plot.
 *
 * @module
 */

import { decodeDataset } from "../dataset.ts";
import { toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";

/** Bytes of a JSON dataset that are given. */
const MOST_JSON = 4 * 2 ** 20;

/** A dataset, reduced. */
export interface ReducedDataset {
  /** Its name. */
  readonly name: string;
  /** Which of that name, from 0. */
  readonly n: number;
  /** When it was stored, Unix seconds. */
  readonly t: number;
  /** The kind of its elements. */
  readonly dtype: string;
  /** Its length along each axis. */
  readonly shape: readonly number[];
  /** Of a numeric one: indices of `values`, all of them or those that were kept. */
  readonly index?: Float64Array;
  /** The values at `index`. */
  readonly values?: Float64Array;
  /** The value of one that is JSON, unless it is long. */
  readonly json?: unknown;
}

/**
 * Reads a dataset: every element where there are few, else the least and the greatest of each bucket.
 *
 * @param n Which of that name, from 0, or from the end if negative.
 * @returns Undefined if there is none.
 */
export function readDataset(
  reader: Reader,
  name: string,
  n: number,
  buckets: number,
): ReducedDataset | undefined {
  return reader.snapshot(() => {
    const count = reader.datasetCounts().find((one) => one.name === name)?.count ?? 0;
    const dataset = reader.dataset(name, { n });
    if (dataset === undefined) return undefined;
    const { t, dtype, shape, bytes } = dataset;
    const common = { name, n: n < 0 ? count + n : n, t: toSeconds(t), dtype, shape };
    if (dtype === "json") {
      return bytes.length > MOST_JSON ? common : { ...common, json: decodeDataset(dataset) };
    }
    const values = decodeDataset(dataset) as ArrayLike<number | bigint>;
    const index = places(values, buckets);
    return { ...common, index, values: index.map((i) => Number(values[i])) };
  });
}

/** The places of the least and the greatest element of each bucket; all of them where there are few. */
function places(values: ArrayLike<number | bigint>, buckets: number): Float64Array {
  const n = values.length;
  if (n <= 2 * buckets) return Float64Array.from({ length: n }, (_, i) => i);
  const found: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = Math.floor((bucket + 1) * n / buckets);
    let [least, greatest] = [-1, -1];
    for (let i = Math.floor(bucket * n / buckets); i < end; i++) {
      const value = values[i] as number | bigint;
      if (Number.isNaN(value)) continue;
      if (least < 0 || value < (values[least] as number | bigint)) least = i;
      if (greatest < 0 || value > (values[greatest] as number | bigint)) greatest = i;
    }
    // A bucket without numbers is a gap, which one element shows.
    if (least < 0) least = greatest = Math.floor(bucket * n / buckets);
    found.push(Math.min(least, greatest));
    if (least !== greatest) found.push(Math.max(least, greatest));
  }
  return Float64Array.from(found);
}
