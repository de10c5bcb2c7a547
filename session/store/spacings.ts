/**
 * How far apart the latest entries of each stream are.
 *
 * @module
 */

import type { Catalog, Stream } from "./catalog.ts";
import type { ChunkSource } from "./chunk_source.ts";

/** Latest entries of all streams that are looked at together. */
const LATEST = 512;
/** Entries of one stream that tell its spacing, and how many there must be. */
const WANTED = 16;
const LEAST = 3;

function median(times: readonly number[]): number | undefined {
  if (times.length < LEAST) return undefined;
  const steps = times.slice(1).map((t, i) => Math.abs(t - (times[i] as number)));
  steps.sort((a, b) => a - b);
  const middle = steps[steps.length >> 1] as number;
  return middle > 0 ? middle : undefined;
}

/** The latest times of a stream of which few are among the latest of all. */
function latestTimes(source: ChunkSource, stream: Stream): number[] {
  const times = source.tailOf(stream).map(({ t }) => t);
  const chunk = source.lasts(stream, 1)[0];
  if (times.length < WANTED && chunk !== undefined) {
    const column = new Float64Array(chunk.n);
    if (source.times(chunk, stream, column, 0)) times.unshift(...column.subarray(-WANTED));
  }
  return times.slice(-WANTED);
}

/** The median time from one entry to the next, in microseconds, of each variable that has enough entries. */
export function spacings(source: ChunkSource, catalog: Catalog): Map<string, number> {
  const latest = new Map<number, number[]>();
  for (
    const { stream, t } of source.tailBefore(catalog.streams, 0, Number.MAX_SAFE_INTEGER, LATEST)
  ) {
    const times = latest.get(stream);
    if (times === undefined) latest.set(stream, [t]);
    else if (times.length < WANTED) times.push(t);
  }
  const found = new Map<string, number>();
  for (const stream of catalog.streams.values()) {
    const near = latest.get(stream.id) ?? [];
    const spacing = median(near.length >= LEAST ? near : latestTimes(source, stream));
    if (spacing === undefined) continue;
    for (const name of stream.names) {
      found.set(name, Math.min(spacing, found.get(name) ?? Infinity));
    }
  }
  return found;
}
