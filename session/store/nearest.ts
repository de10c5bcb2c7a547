/**
 * The values of a variable on either side of a window: what a line is drawn from and to.
 *
 * @module
 */

import type { Catalog, Place } from "./catalog.ts";
import type { Chunk, ChunkSource } from "./chunk_source.ts";
import type { Nearest } from "./reader_types.ts";

interface Point {
  readonly t: number;
  readonly value: number;
}

/** The value of a chunk whose time is wanted and, of those, best. */
function pick(
  source: ChunkSource,
  { stream, index }: Place,
  chunk: Chunk | undefined,
  wanted: (t: number) => boolean,
  better: (a: number, b: number) => boolean,
): Point | undefined {
  if (chunk === undefined) return undefined;
  const times = new Float64Array(chunk.n);
  if (!source.times(chunk, stream, times, 0)) return undefined;
  let best = -1;
  for (let i = 0; i < times.length; i++) {
    const t = times[i] as number;
    if (wanted(t) && (best < 0 || better(t, times[best] as number))) best = i;
  }
  if (best < 0) return undefined;
  const values = source.values(chunk, stream, index);
  return values && { t: times[best] as number, value: values[best] as number };
}

/** The last value before `from` and the first one after `to`. */
export function readNearest(
  source: ChunkSource,
  catalog: Catalog,
  name: string,
  from: number,
  to: number,
): Nearest {
  let before: Point | undefined;
  let after: Point | undefined;
  const earlier = (a: number, b: number): boolean => a < b;
  const later = (a: number, b: number): boolean => a >= b;
  for (const place of catalog.places(name)) {
    const { stream, index } = place;
    const tail = source.tailOf(stream).map(({ t, vals }) => ({ t, value: vals[index] as number }));
    const candidates = [
      pick(source, place, source.begunBy(stream, Math.ceil(from) - 1), (t) => t < from, later),
      pick(source, place, source.begunBy(stream, to), (t) => t > to, earlier),
      pick(source, place, source.begunAfter(stream, to), (t) => t > to, earlier),
      ...tail,
    ];
    for (const point of candidates) {
      if (point === undefined) continue;
      if (point.t < from && (before === undefined || later(point.t, before.t))) before = point;
      if (point.t > to && (after === undefined || earlier(point.t, after.t))) after = point;
    }
  }
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
