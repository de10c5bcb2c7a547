/**
 * Keeps tiles of what is past, which many viewers look at.
 *
 * @module
 */

import { toMicroseconds } from "../../session/moment.ts";
import type { Reader } from "../../session/store/reader.ts";
import { readTiles, type TileWindow } from "../../session/history/read_tiles.ts";
import type { Tile } from "../../session/history/tile.ts";

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

function keyOf(name: string, { from, to, buckets }: TileWindow): string {
  return JSON.stringify([name, from, to, buckets]);
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

  /** Tiles in the order of their names: those that are kept, if nothing was added to their window since, or new ones. */
  read(names: readonly string[], window: TileWindow): Tile[] {
    return this.#reader.snapshot(() => {
      const tiles = new Map<string, Tile>();
      for (const name of names) {
        const tile = this.#known(name, window);
        if (tile !== undefined) tiles.set(name, tile);
      }
      const missing = names.filter((name) => !tiles.has(name));
      for (const [n, tile] of readTiles(this.#reader, missing, window).entries()) {
        const name = missing[n] ?? "";
        tiles.set(name, tile);
        this.#remember(name, window, tile);
      }
      return names.flatMap((name) => tiles.get(name) ?? []);
    });
  }

  #known(name: string, window: TileWindow): Tile | undefined {
    const key = keyOf(name, window);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#forget(key, kept);
    if (this.#reader.touchedSince(name, kept.seq, kept.reach)) return undefined;
    // The one that was used last is forgotten last.
    this.#keep(key, kept);
    return kept.tile;
  }

  #remember(name: string, window: TileWindow, tile: Tile): void {
    const last = this.#reader.range().last ?? -Infinity;
    const bytes = bytesOf(tile);
    if (window.to >= last || bytes > this.#most) return;
    const key = keyOf(name, window);
    const known = this.#kept.get(key);
    if (known !== undefined) this.#forget(key, known);
    const reach = reachOf(tile, window.to);
    this.#keep(key, { tile, seq: this.#reader.lastSeq(), reach, bytes });
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
