/**
 * A series in a window, at the width of a plot.
 *
 * @module
 */

import type { BucketRun, PointRun } from "../../plots/figure.ts";

/** Single values. */
export interface TilePoints {
  /** What kind of tile it is. */
  readonly kind: "points";
  /** Times, Unix seconds. */
  readonly t: Float64Array<ArrayBuffer>;
  /** One value a time. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** Least, greatest and mean value in buckets of equal width; those without values are left out. */
export interface TileBuckets {
  /** What kind of tile it is. */
  readonly kind: "buckets";
  /** When bucket 0 begins, Unix seconds. */
  readonly from: number;
  /** Seconds from one bucket to the next. */
  readonly width: number;
  /** The numbers of the buckets, rising. */
  readonly index: Uint32Array<ArrayBuffer>;
  /** Least values. */
  readonly min: Float64Array<ArrayBuffer>;
  /** Greatest values. */
  readonly max: Float64Array<ArrayBuffer>;
  /** Mean values. */
  readonly mean: Float64Array<ArrayBuffer>;
}

/** One series in a window. */
export type Tile = TilePoints | TileBuckets;

/**
 * A tile as it is drawn.
 *
 * @param until Points after that moment, Unix seconds, are left out.
 */
export function runOfTile(tile: Tile, until = Infinity): PointRun | BucketRun {
  if (tile.kind === "points") {
    let { length } = tile.t;
    while (length > 0 && (tile.t[length - 1] ?? 0) > until) length--;
    return { kind: "points", t: tile.t.subarray(0, length), v: tile.values.subarray(0, length) };
  }
  const { from, width, index, min, max, mean } = tile;
  const t = Float64Array.from(index, (bucket) => from + bucket * width);
  return { kind: "buckets", t, min, max, mean, width };
}
