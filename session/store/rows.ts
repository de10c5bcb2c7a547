/**
 * Some variables entry by entry, in the order in which they were recorded.
 *
 * @module
 */

import type { Catalog, Stream } from "./catalog.ts";
import type { Chunk, ChunkSource, TailRow } from "./chunk_source.ts";
import type { Row, RowsOptions } from "./reader_types.ts";

/** Chunks of a stream, and rows of the tail, that are asked for at once. */
const PAGE = { chunks: 64, tail: 4096 } as const;

/** Where a wanted variable is in a stream's entries, and where it goes in a row. */
type Wanted = readonly (readonly [from: number, to: number])[];

/** Something that gives entries in their order. */
interface Cursor {
  /** The place of the present entry; Infinity at the end. */
  readonly seq: number;
  /** The time of the present entry. */
  readonly t: number;
  /** Puts the present entry's values in a row. */
  put(row: Row): void;
  /** Goes to the next entry. */
  next(): void;
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly after: number;
}

/** The chunks of one stream. */
class ChunkCursor implements Cursor {
  seq = 0;
  t = 0;
  readonly #source: ChunkSource;
  readonly #stream: Stream;
  readonly #wanted: Wanted;
  readonly #window: Window;
  #chunks: Chunk[] = [];
  #last: number;
  #n = 0;
  #row = 0;
  #times = new Float64Array(0);
  #seqs = new Float64Array(0);
  #columns: (Float64Array | undefined)[] = [];

  constructor(source: ChunkSource, stream: Stream, wanted: Wanted, window: Window) {
    this.#source = source;
    this.#stream = stream;
    this.#wanted = wanted;
    this.#window = window;
    this.#last = window.after;
    this.next();
  }

  next(): void {
    const { from, to, after } = this.#window;
    while (true) {
      for (; this.#row < this.#n; this.#row++) {
        this.t = this.#times[this.#row] as number;
        this.seq = this.#seqs[this.#row] as number;
        if (this.t < from || this.t > to || this.seq <= after) continue;
        this.#row++;
        return;
      }
      if (!this.#load()) {
        this.seq = Infinity;
        return;
      }
    }
  }

  put(row: Row): void {
    for (const [n, [, to]] of this.#wanted.entries()) {
      const column = this.#columns[n];
      if (column === undefined) continue;
      row.values[to] = column[this.#row - 1] as number;
      row.has[to] = 1;
    }
  }

  /** Reads the next chunk that may hold something of the window; false if there is none. */
  #load(): boolean {
    const { from, to } = this.#window;
    while (true) {
      if (this.#chunks.length === 0) {
        this.#chunks = this.#source.after(this.#stream, this.#last, PAGE.chunks).reverse();
      }
      const chunk = this.#chunks.pop();
      if (chunk === undefined) return false;
      this.#last = chunk.lastSeq;
      if (chunk.t0 > to || chunk.t1 < from) continue;
      if (this.#times.length < chunk.n) {
        this.#times = new Float64Array(chunk.n);
        this.#seqs = new Float64Array(chunk.n);
      }
      if (!this.#source.times(chunk, this.#stream, this.#times, 0)) continue;
      if (!this.#source.seqs(chunk, this.#stream, this.#seqs, 0)) continue;
      this.#columns = this.#wanted.map(([index]) =>
        this.#source.values(chunk, this.#stream, index)
      );
      this.#n = chunk.n;
      this.#row = 0;
      return true;
    }
  }
}

/** The tail of all streams that matter. */
class TailCursor implements Cursor {
  seq = 0;
  t = 0;
  readonly #source: ChunkSource;
  readonly #streams: ReadonlyMap<number, Stream>;
  readonly #wanted: ReadonlyMap<number, Wanted>;
  readonly #window: Window;
  #rows: TailRow[] = [];
  #row = 0;
  #present: TailRow | undefined;

  constructor(
    source: ChunkSource,
    streams: ReadonlyMap<number, Stream>,
    wanted: ReadonlyMap<number, Wanted>,
    window: Window,
  ) {
    this.#source = source;
    this.#streams = streams;
    this.#wanted = wanted;
    this.#window = window;
    this.#load(window.after);
    this.next();
  }

  #load(after: number): void {
    this.#rows = this.#source.tailAfter(this.#streams, after, PAGE.tail);
    this.#row = 0;
  }

  next(): void {
    const { from, to } = this.#window;
    while (true) {
      const row = this.#rows[this.#row++];
      if (row === undefined) {
        const last = this.#rows.at(-1)?.seq;
        if (last !== undefined) this.#load(last);
        if (this.#rows.length > 0) continue;
        this.seq = Infinity;
        return;
      }
      if (row.t < from || row.t > to || !this.#wanted.has(row.stream)) continue;
      this.#present = row;
      this.seq = row.seq;
      this.t = row.t;
      return;
    }
  }

  put(row: Row): void {
    const { stream, vals } = this.#present as TailRow;
    for (const [index, to] of this.#wanted.get(stream) ?? []) {
      row.values[to] = vals[index] as number;
      row.has[to] = 1;
    }
  }
}

/**
 * Calls `visit` for each entry that holds one of the variables. The row is the same one each time.
 *
 * @returns The place of the last entry that was visited if there may be more, else undefined.
 */
export function readRows(
  source: ChunkSource,
  catalog: Catalog,
  names: readonly string[],
  { from = -Infinity, to = Infinity, after = 0, most = Infinity }: RowsOptions,
  visit: (row: Row) => void,
): number | undefined {
  const wanted = new Map<number, [number, number][]>();
  for (const [n, name] of names.entries()) {
    for (const { stream, index } of catalog.places(name)) {
      const places = wanted.get(stream.id);
      if (places === undefined) wanted.set(stream.id, [[index, n]]);
      else places.push([index, n]);
    }
  }
  const window = { from, to, after };
  const cursors: Cursor[] = [new TailCursor(source, catalog.streams, wanted, window)];
  for (const [id, places] of wanted) {
    const stream = catalog.streams.get(id);
    if (stream !== undefined) cursors.push(new ChunkCursor(source, stream, places, window));
  }
  const row = {
    seq: after,
    t: 0,
    values: new Float64Array(names.length),
    has: new Uint8Array(names.length),
  };
  for (let visited = 0; visited < most; visited++) {
    let first: Cursor | undefined;
    for (const cursor of cursors) if (cursor.seq < (first?.seq ?? Infinity)) first = cursor;
    if (first === undefined) return undefined;
    row.seq = first.seq;
    row.t = first.t;
    row.values.fill(NaN);
    row.has.fill(0);
    first.put(row);
    visit(row);
    first.next();
  }
  return row.seq;
}
