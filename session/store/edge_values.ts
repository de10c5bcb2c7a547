/**
 * The first and the last value of every variable.
 *
 * @module
 */

import type { Catalog, Stream } from "./catalog.ts";
import type { Chunk, ChunkSource } from "./chunk_source.ts";
import type { Sample } from "./reader_types.ts";

/** The values of an entry at an end of a stream. */
interface Edge {
  readonly seq: number;
  readonly t: number;
  readonly vals: Float64Array;
}

const PAGE = 256;

/** One row of a chunk, or undefined if a part of it is damaged. */
function chunkRow(
  source: ChunkSource,
  stream: Stream,
  chunk: Chunk,
  row: number,
): Edge | undefined {
  const scratch = new Float64Array(chunk.n);
  if (!source.times(chunk, stream, scratch, 0)) return undefined;
  const t = scratch[row] as number;
  if (!source.seqs(chunk, stream, scratch, 0)) return undefined;
  const seq = scratch[row] as number;
  const vals = new Float64Array(stream.names.length);
  for (let index = 0; index < vals.length; index++) {
    const column = source.values(chunk, stream, index);
    if (column === undefined) return undefined;
    vals[index] = column[row] as number;
  }
  return { seq, t, vals };
}

/** For each variable the sample that `better` prefers among the streams'. */
function byVariable(
  edges: ReadonlyMap<number, Edge>,
  catalog: Catalog,
  better: (a: number, b: number) => boolean,
): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const [id, { seq, t, vals }] of edges) {
    const names = catalog.streams.get(id)?.names ?? [];
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      const known = edges.size > 1 ? samples.get(name) : undefined;
      if (known !== undefined && !better(seq, known.seq)) continue;
      samples.set(name, { t, value: vals[index] as number, seq });
    }
  }
  return samples;
}

/** Remembers the ends of streams, so that asking again only costs what is new. */
export class EdgeValues {
  readonly #source: ChunkSource;
  readonly #catalog: Catalog;
  readonly #firsts = new Map<number, Edge>();
  readonly #lasts = new Map<number, Edge>();
  #walked = 0;

  /** Remembers nothing yet. */
  constructor(source: ChunkSource, catalog: Catalog) {
    this.#source = source;
    this.#catalog = catalog;
  }

  /** The last value of every variable. */
  lasts(): Map<string, Sample> {
    const { streams } = this.#catalog;
    const missing = new Set(streams.keys());
    let newest = this.#walked;
    // The first page is small, as what is wanted is mostly in the very last rows.
    for (let below = Number.MAX_SAFE_INTEGER, limit = 8; missing.size > 0; limit = PAGE) {
      const page = this.#source.tailBefore(streams, this.#walked, below, limit);
      for (const row of page) {
        if (row.seq > newest) newest = row.seq;
        below = row.seq;
        if (missing.delete(row.stream)) this.#lasts.set(row.stream, row);
      }
      if (page.length < limit) break;
    }
    // A stream without new rows in the tail may have got chunks since.
    for (const id of missing) {
      const stream = streams.get(id);
      if (stream === undefined) continue;
      const chunk = this.#source.lasts(stream, 1)[0];
      if (chunk === undefined || chunk.lastSeq <= (this.#lasts.get(id)?.seq ?? 0)) continue;
      const edge = chunkRow(this.#source, stream, chunk, chunk.n - 1);
      if (edge !== undefined) this.#lasts.set(id, edge);
    }
    this.#walked = newest;
    return byVariable(this.#lasts, this.#catalog, (a, b) => a > b);
  }

  /** The first value of every variable. */
  firsts(): Map<string, Sample> {
    const { streams } = this.#catalog;
    const missing = new Set([...streams.keys()].filter((id) => !this.#firsts.has(id)));
    for (const id of missing) {
      const stream = streams.get(id);
      const chunk = stream && this.#source.first(stream);
      if (stream === undefined || chunk === undefined) continue;
      const edge = chunkRow(this.#source, stream, chunk, 0);
      if (edge !== undefined) this.#firsts.set(id, edge);
      missing.delete(id);
    }
    for (let above = 0; missing.size > 0;) {
      const page = this.#source.tailAfter(streams, above, PAGE);
      for (const row of page) {
        above = row.seq;
        if (missing.delete(row.stream)) this.#firsts.set(row.stream, row);
      }
      if (page.length < PAGE) break;
    }
    return byVariable(this.#firsts, this.#catalog, (a, b) => a < b);
  }
}
