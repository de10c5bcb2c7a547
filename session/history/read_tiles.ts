/**
 * A window of a series at the width of a plot.
 *
 * @module
 */

import { toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";
import type { Buckets } from "../store/reader_types.ts";
import type { Tile } from "./tile.ts";

/** A window, in the file's integer microseconds since 1970, and into how many buckets it is divided. */
export interface TileWindow {
  /** Its beginning. */
  readonly from: number;
  /** Its end. */
  readonly to: number;
  /** How many buckets. */
  readonly buckets: number;
}

/** With fewer values than this in each bucket, the values themselves are sent. */
const FEW = 2;

/**
 * Reads variables: every value where there are few, else least, greatest and mean of each bucket.
 *
 * @returns For each name its tile, in the order of the names.
 */
export function readTiles(reader: Reader, names: readonly string[], window: TileWindow): Tile[] {
  return reader.snapshot(() => {
    const { from, to, buckets } = window;
    const few = FEW * buckets;
    const many = names.filter((name) => reader.count(name, from, to, few) > few);
    const tiles = new Map<string, Tile>();
    for (const [n, found] of reader.bucketsOf(many, window).entries()) {
      tiles.set(many[n] ?? "", bucketTile(found, window));
    }
    return names.map((name) => tiles.get(name) ?? readPoints(reader, name, from, to));
  });
}

function readPoints(reader: Reader, name: string, from: number, to: number): Tile {
  const series = reader.series(name, { from, to });
  const { before, after } = reader.nearest(name, from, to);
  const first = before === undefined ? 0 : 1;
  const n = series.t.length;
  const t = new Float64Array(first + n + (after === undefined ? 0 : 1));
  const values = new Float64Array(t.length);
  t.set(series.t, first);
  values.set(series.values, first);
  if (before !== undefined) [t[0], values[0]] = [before.t, before.value];
  if (after !== undefined) [t[first + n], values[first + n]] = [after.t, after.value];
  for (let i = 0; i < t.length; i++) t[i] = toSeconds(t[i] as number);
  return { kind: "points", t, values };
}

function bucketTile({ min, max, mean, count }: Buckets, window: TileWindow): Tile {
  let filled = 0;
  for (const n of count) if (n > 0) filled += 1;
  const tile = {
    kind: "buckets" as const,
    from: toSeconds(window.from),
    width: toSeconds((window.to - window.from) / window.buckets),
    index: new Uint32Array(filled),
    min: new Float64Array(filled),
    max: new Float64Array(filled),
    mean: new Float64Array(filled),
  };
  for (let i = 0, at = 0; i < count.length; i++) {
    if (count[i] === 0) continue;
    tile.index[at] = i;
    tile.min[at] = min[i] as number;
    tile.max[at] = max[i] as number;
    tile.mean[at] = mean[i] as number;
    at += 1;
  }
  return tile;
}
