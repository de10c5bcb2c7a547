/**
 * How much of a variable there is in a window, and whether that may have changed.
 *
 * @module
 */

import type { Catalog } from "./catalog.ts";
import type { ChunkSource } from "./chunk_source.ts";

/** A window in which values are counted. */
export interface CountOptions {
  /** First time that counts. */
  readonly from: number;
  /** Last time that counts. */
  readonly to: number;
  /** More than so many are not told apart. */
  readonly most: number;
}

/** New chunks that are looked at one by one; of more it is taken that one matters. */
const MOST_CHUNKS = 64;

/** How many values a variable has in a window. Only chunks across an end are read. */
export function countWithin(
  source: ChunkSource,
  catalog: Catalog,
  name: string,
  { from, to, most }: CountOptions,
): number {
  let count = 0;
  for (const { stream } of catalog.places(name)) {
    for (const chunk of source.within(stream, from, to)) {
      if (chunk.t0 >= from && chunk.t1 <= to) count += chunk.n;
      else {
        const times = new Float64Array(chunk.n);
        if (!source.times(chunk, stream, times, 0)) continue;
        for (const t of times) if (t >= from && t <= to) count += 1;
      }
      if (count > most) return count;
    }
    for (const { t } of source.tailOf(stream)) if (t >= from && t <= to) count += 1;
  }
  return count;
}

/**
 * Whether values at `to` or earlier may have been stored after a place in the order. It may say yes without
 * need, as when older values became a chunk.
 */
export function touchedSince(
  source: ChunkSource,
  catalog: Catalog,
  name: string,
  seq: number,
  to: number,
): boolean {
  for (const { stream } of catalog.places(name)) {
    const chunks = source.after(stream, seq, MOST_CHUNKS);
    if (chunks.length === MOST_CHUNKS || chunks.some(({ t0 }) => t0 <= to)) return true;
    if (source.tailOf(stream).some((row) => row.seq > seq && row.t <= to)) return true;
  }
  return false;
}
