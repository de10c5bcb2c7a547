/**
 * Keeps tiles of what is past, which many viewers look at.
 *
 * @module
 */

import type { Reader } from "../../session/store/reader.ts";
import type { Tile } from "../tiles.ts";
import { readTile, type TileWindow } from "./read_tiles.ts";

/** Bytes that are kept. */
const MOST_BYTES = 16 * 2 ** 20;

interface Kept {
  readonly tile: Tile;
  /** The place in the order up to which the tile knows everything. */
  readonly seq: number;
  readonly bytes: number;
}

function bytesOf(tile: Tile): number {
  return tile.kind === "points"
    ? 2 * tile.t.byteLength
    : 3 * tile.min.byteLength + tile.index.byteLength;
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
        if (!this.#reader.touchedSince(name, known.seq, to)) {
          this.#keep(key, known);
          return known.tile;
        }
      }
      const tile = readTile(this.#reader, name, window);
      // A line beyond the end may still get its next point.
      const last = this.#reader.lastValues().get(name)?.t ?? -Infinity;
      const bytes = bytesOf(tile);
      if (to < last && bytes <= this.#most) {
        this.#keep(key, { tile, seq: this.#reader.lastSeq(), bytes });
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
