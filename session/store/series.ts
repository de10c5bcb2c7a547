/**
 * Reads one variable.
 *
 * @module
 */

import type { Catalog, Place } from "./catalog.ts";
import type { Chunk, ChunkSource } from "./chunk_source.ts";
import type { Series, SeriesOptions } from "./reader_types.ts";

interface Part {
  readonly t: Float64Array;
  readonly values: Float64Array;
  /** Only where a variable is in several streams. */
  readonly seqs: Float64Array | undefined;
}

/** The chunks that hold the last `last` entries that the tail does not. */
function lastChunks(source: ChunkSource, place: Place, last: number): Chunk[] {
  const found: Chunk[] = [];
  let held = 0;
  for (let limit = 2; held < last; limit *= 4) {
    const chunks = source.lasts(place.stream, limit);
    found.length = held = 0;
    for (const chunk of chunks) {
      found.push(chunk);
      held += chunk.n;
      if (held >= last) break;
    }
    if (chunks.length < limit) break;
  }
  return found.reverse();
}

function readPart(
  source: ChunkSource,
  place: Place,
  { from = -Infinity, to = Infinity, last = Infinity }: SeriesOptions,
  ordered: boolean,
): Part {
  const { stream, index } = place;
  const bounded = from !== -Infinity || to !== Infinity;
  const tail = source.tailOf(stream);
  const chunks = bounded
    ? source.within(stream, from, to)
    : last === Infinity
    ? source.all(stream)
    : last <= tail.length
    ? []
    : lastChunks(source, place, last - tail.length);
  let most = tail.length;
  let longest = 0;
  for (const { n } of chunks) {
    most += n;
    if (n > longest) longest = n;
  }
  const t = new Float64Array(most);
  const values = new Float64Array(most);
  const seqs = ordered ? new Float64Array(most) : undefined;
  let at = 0;
  for (const chunk of chunks) {
    const column = source.values(chunk, stream, index);
    if (column === undefined || !source.times(chunk, stream, t, at)) continue;
    if (seqs !== undefined && !source.seqs(chunk, stream, seqs, at)) continue;
    if (chunk.t0 >= from && chunk.t1 <= to) {
      values.set(column, at);
      at += chunk.n;
      continue;
    }
    // The chunk's times were put where its last row may end up: kept rows only move towards the start.
    for (let i = 0, end = at + chunk.n, read = at; read < end; i++, read++) {
      const time = t[read] as number;
      if (time < from || time > to) continue;
      t[at] = time;
      values[at] = column[i] as number;
      if (seqs !== undefined) seqs[at] = seqs[read] as number;
      at += 1;
    }
  }
  for (const row of tail) {
    if (row.t < from || row.t > to) continue;
    t[at] = row.t;
    values[at] = row.vals[index] as number;
    if (seqs !== undefined) seqs[at] = row.seq;
    at += 1;
  }
  return { t: cut(t, at), values: cut(values, at), seqs: seqs && cut(seqs, at) };
}

function cut(array: Float64Array, length: number): Float64Array {
  return length === array.length ? array : array.slice(0, length);
}

/** Two parts in the order of their sequence numbers. */
function merge(a: Part, b: Part): Part {
  const [sa, sb] = [a.seqs ?? new Float64Array(), b.seqs ?? new Float64Array()];
  const n = sa.length + sb.length;
  const merged = {
    t: new Float64Array(n),
    values: new Float64Array(n),
    seqs: new Float64Array(n),
  };
  for (let i = 0, j = 0, at = 0; at < n; at++) {
    const first = j >= sb.length || i < sa.length && (sa[i] as number) < (sb[j] as number);
    const [part, seqs, k] = first ? [a, sa, i++] : [b, sb, j++];
    merged.t[at] = part.t[k] as number;
    merged.values[at] = part.values[k] as number;
    merged.seqs[at] = seqs[k] as number;
  }
  return merged;
}

/** Reads a variable in the order in which it was recorded; nothing if it is not known. */
export function readSeries(
  source: ChunkSource,
  catalog: Catalog,
  name: string,
  options: SeriesOptions,
): Series {
  const places = catalog.places(name);
  let parts = places.map((place) => readPart(source, place, options, places.length > 1));
  while (parts.length > 1) {
    const next: Part[] = [];
    for (let i = 0; i < parts.length; i += 2) {
      const [a, b] = [parts[i] as Part, parts[i + 1]];
      next.push(b === undefined ? a : merge(a, b));
    }
    parts = next;
  }
  const { t, values } = parts[0] ?? { t: new Float64Array(), values: new Float64Array() };
  const { last } = options;
  if (last === undefined || last >= t.length) return { t, values };
  return { t: t.slice(t.length - last), values: values.slice(values.length - last) };
}
