/**
 * Keeps tiles of what is past, which many viewers look at.
 *
 * @module
 */

import { toMicroseconds } from "../../session/moment.ts";
import type { Reader } from "../../session/store/reader.ts";
import type { Tile } from "../tiles.ts";
import { readTile, type TileWindow } from "./read_tiles.ts";

/** Bytes that are kept. */
const MOST_BYTES = 16 * 2 ** 20;

interface Kept {
  readonly tile: Tile;
  /** The place in the order up to which the tile knows everything. */
  readonly seq: number;
  /** A value that comes later changes the tile if its time is not after this. */
  readonly reach: number;
  readonly bytes: number;
}

function bytesOf(tile: Tile): number {
  return tile.kind === "points"
    ? 2 * tile.t.byteLength
    : 3 * tile.min.byteLength + tile.index.byteLength;
}

/** Points end with the first one after their window, before which another one may come. */
function reachOf(tile: Tile, to: number): number {
  if (tile.kind === "buckets") return to;
  const last = toMicroseconds(tile.t.at(-1) ?? 0);
  return last > to ? last : Number.MAX_SAFE_INTEGER;
}

/** Tiles of windows that end before the last entry; those that nobody asked for longest are forgotten first. */
export class TileCache {
  readonly #reader: Reader;
  readonly #most: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @param most Bytes that are kept. */
  constructor(reader: Reader, most: number = MOST_BYTES) {
    this.#reader = reader;
    this.#most = most;
  }

  /** How many bytes are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A tile: the one that is kept, if nothing was added to its window since, or a new one. */
  read(name: string, window: TileWindow): Tile {
    return this.#reader.snapshot(() => {
      const { from, to, buckets } = window;
      const key = JSON.stringify([name, from, to, buckets]);
      const known = this.#kept.get(key);
      if (known !== undefined) {
        this.#forget(key, known);
        if (!this.#reader.touchedSince(name, known.seq, known.reach)) {
          this.#keep(key, known);
          return known.tile;
        }
      }
      const tile = readTile(this.#reader, name, window);
      const last = this.#reader.range().last ?? -Infinity;
      const bytes = bytesOf(tile);
      if (to < last && bytes <= this.#most) {
        const reach = reachOf(tile, to);
        this.#keep(key, { tile, seq: this.#reader.lastSeq(), reach, bytes });
      }
      return tile;
    });
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
    for (const [oldest, one] of this.#kept) {
      if (this.#bytes <= this.#most) return;
      this.#forget(oldest, one);
    }
  }

  #forget(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
