/**
 * Reads chunks and the tail, and refuses what does not match its checksum.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Stream } from "./catalog.ts";
import {
  checksum,
  chunkCheck,
  columnCheck,
  decodeSeqs,
  decodeTimes,
  fillSeqs,
  float64s,
  type Summary,
  tailCheck,
} from "./codec.ts";
import type { Damage } from "./reader_types.ts";
import { COLUMN_SPACE, SEQ_COLUMN, TIME_COLUMN } from "./schema.ts";
import { messageOf, primaryCode, SQLITE } from "./sqlite_error.ts";
import { asArrays, rows } from "./statements.ts";

/** A chunk without its data. */
export interface Chunk {
  /** Its number in the file. */
  readonly id: number;
  /** The stream that its entries belong to. */
  readonly stream: number;
  /** How many entries it has. */
  readonly n: number;
  /** Least time. */
  readonly t0: number;
  /** Greatest time. */
  readonly t1: number;
  /** Place in the order of its first entry. */
  readonly firstSeq: number;
  /** Place in the order of its last entry. */
  readonly lastSeq: number;
  /** By how much the places of its entries differ; 0 if that varies. */
  readonly stride: number;
}

/** An entry of the tail. */
export interface TailRow {
  /** Its place in the order. */
  readonly seq: number;
  /** The stream that it belongs to. */
  readonly stream: number;
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** One value a variable. */
  readonly vals: Float64Array;
}

type ChunkRow = [number, number, number, number, number, number, number, number, number];
type RawTailRow = [number, number, number, number, Uint8Array];
type SummaryRow = [number | null, number | null, number | null, number, number, number];

const CHUNKS = 'SELECT id, stream, n, t0, t1, first_seq, last_seq, seq_stride, "check" FROM chunk';
const CHUNK = `${CHUNKS} WHERE stream = ?`;
const TAIL = 'SELECT seq, stream, t, "check", vals FROM tail';

/** Rows that are asked for at once. */
const PAGE = 4096;

/** Codes of a file that is damaged rather than of a fault in reading it. */
const DAMAGED: ReadonlySet<number | undefined> = new Set([
  SQLITE.CORRUPT,
  SQLITE.IOERR,
  SQLITE.NOTADB,
]);

/** The part of a reader that touches chunks and the tail. */
export class ChunkSource {
  readonly #report: (damage: Damage) => void;
  readonly #all: StatementSync;
  readonly #within: StatementSync;
  readonly #lasts: StatementSync;
  readonly #first: StatementSync;
  readonly #after: StatementSync;
  readonly #begunBy: StatementSync;
  readonly #begunAfter: StatementSync;
  readonly #newest: StatementSync;
  readonly #data: StatementSync;
  readonly #summary: StatementSync;
  readonly #tailOf: StatementSync;
  readonly #tailCount: StatementSync;
  readonly #tailFirst: StatementSync;
  readonly #tailLast: StatementSync;
  readonly #tailAfter: StatementSync;
  readonly #tailBefore: StatementSync;

  /** Prepares its statements; damage is told to `report`. */
  constructor(db: DatabaseSync, report: (damage: Damage) => void) {
    const prepare = (text: string): StatementSync => asArrays(db.prepare(text));
    this.#report = report;
    this.#all = prepare(`${CHUNK} ORDER BY last_seq`);
    this.#within = prepare(`${CHUNK} AND t0 <= ? AND t1 >= ? ORDER BY last_seq`);
    this.#lasts = prepare(`${CHUNK} ORDER BY last_seq DESC LIMIT ?`);
    this.#first = prepare(`${CHUNK} ORDER BY last_seq LIMIT 1`);
    this.#after = prepare(`${CHUNK} AND last_seq > ? ORDER BY last_seq LIMIT ?`);
    this.#begunBy = prepare(`${CHUNK} AND t0 <= ? ORDER BY t0 DESC LIMIT 1`);
    this.#begunAfter = prepare(`${CHUNK} AND t0 > ? ORDER BY t0 LIMIT 1`);
    this.#newest = prepare(`${CHUNKS} WHERE id > ? ORDER BY id LIMIT ?`);
    this.#data = prepare("SELECT crc, data FROM chunk_data WHERE id = ?");
    this.#summary = prepare(
      'SELECT lo, hi, sum, finite, crc, "check" FROM chunk_data WHERE id = ?',
    );
    this.#tailOf = prepare(`${TAIL} WHERE stream = ? ORDER BY seq`);
    this.#tailCount = prepare("SELECT count(*) FROM tail");
    this.#tailFirst = prepare(`${TAIL} WHERE seq = (SELECT seq FROM tail ORDER BY t LIMIT 1)`);
    this.#tailLast = prepare(
      `${TAIL} WHERE seq = (SELECT seq FROM tail ORDER BY t DESC LIMIT 1)`,
    );
    this.#tailAfter = prepare(`${TAIL} WHERE seq > ? ORDER BY seq LIMIT ?`);
    this.#tailBefore = prepare(`${TAIL} WHERE seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?`);
  }

  /** Runs a query; damaged pages give what `none` says, and are reported. */
  #guarded<T>(lost: () => Damage, query: () => T, none: T): T {
    try {
      return query();
    } catch (error) {
      if (!DAMAGED.has(primaryCode(error)) && !(error instanceof RangeError)) throw error;
      const what = lost();
      this.#report({ ...what, message: `${what.message} (${messageOf(error)})` });
      return none;
    }
  }

  #chunks(stream: Stream, statement: StatementSync, ...values: number[]): Chunk[] {
    const lost = (): Damage => ({
      message: `The list of chunks of stream ${stream.id} is damaged.`,
      table: "chunk",
      variables: stream.names,
    });
    const found = this.#guarded(lost, () => rows<ChunkRow>(statement, stream.id, ...values), []);
    return this.#checked(found, () => stream);
  }

  /** Chunks that match their checksum and belong to the right stream. */
  #checked(found: readonly ChunkRow[], streamOf: (id: number) => Stream | undefined): Chunk[] {
    const chunks: Chunk[] = [];
    for (const [id, of, n, t0, t1, firstSeq, lastSeq, stride, check] of found) {
      const stream = streamOf(of);
      if (
        of === stream?.id && check === chunkCheck(id, of, n, t0, t1, firstSeq, lastSeq, stride)
      ) {
        chunks.push({ id, stream: of, n, t0, t1, firstSeq, lastSeq, stride });
      } else {
        this.#report({
          message: `Chunk ${id} does not match its checksum.`,
          table: "chunk",
          row: id,
          ...(stream === undefined ? {} : { variables: stream.names }),
        });
      }
    }
    return chunks;
  }

  /** Chunks of all streams that were written after one of them, and the number of the last one. */
  newest(streams: ReadonlyMap<number, Stream>, after: number): { last: number; chunks: Chunk[] } {
    const chunks: Chunk[] = [];
    const lost = (): Damage => ({ message: "The list of chunks is damaged.", table: "chunk" });
    for (let last = after;;) {
      const page = this.#guarded(lost, () => rows<ChunkRow>(this.#newest, last, PAGE), []);
      chunks.push(...this.#checked(page, (id) => streams.get(id)));
      last = page.at(-1)?.[0] ?? last;
      if (page.length < PAGE) return { last, chunks };
    }
  }

  /** All chunks of a stream in the order of their entries. */
  all(stream: Stream): Chunk[] {
    return this.#chunks(stream, this.#all);
  }

  /** Chunks that may hold entries from one time to another. */
  within(stream: Stream, from: number, to: number): Chunk[] {
    return this.#chunks(stream, this.#within, to, from);
  }

  /** The last chunks, the latest first. */
  lasts(stream: Stream, limit: number): Chunk[] {
    return this.#chunks(stream, this.#lasts, limit);
  }

  /** The first chunk. */
  first(stream: Stream): Chunk | undefined {
    return this.#chunks(stream, this.#first)[0];
  }

  /** Chunks that hold entries after a place in the order. */
  after(stream: Stream, seq: number, limit: number): Chunk[] {
    return this.#chunks(stream, this.#after, seq, limit);
  }

  /** The last chunk that begins at a time or before it. */
  begunBy(stream: Stream, t: number): Chunk | undefined {
    return this.#chunks(stream, this.#begunBy, t)[0];
  }

  /** The first chunk that begins after a time. */
  begunAfter(stream: Stream, t: number): Chunk | undefined {
    return this.#chunks(stream, this.#begunAfter, t)[0];
  }

  #lost(chunk: Chunk, stream: Stream, column: number): Damage {
    const whole = column === TIME_COLUMN || column === SEQ_COLUMN;
    const variables = whole ? stream.names : [stream.names[column - 1] ?? ""];
    const what = whole ? "The times" : `The values of ${JSON.stringify(variables[0])}`;
    return {
      message: `${what} in chunk ${chunk.id} are damaged: ${chunk.n} entries are left out.`,
      table: "chunk_data",
      row: chunk.id * COLUMN_SPACE + column,
      variables,
      range: [chunk.t0, chunk.t1],
      entries: chunk.n,
    };
  }

  #column(chunk: Chunk, stream: Stream, column: number): Uint8Array | undefined {
    const lost = (): Damage => this.#lost(chunk, stream, column);
    const row = this.#guarded(lost, () => {
      const id = chunk.id * COLUMN_SPACE + column;
      return this.#data.get(id) as unknown as [number, Uint8Array] | undefined ?? "missing";
    }, undefined);
    if (row === undefined) return undefined;
    if (row === "missing" || checksum(row[1]) !== row[0]) {
      this.#report(lost());
      return undefined;
    }
    return row[1];
  }

  /** Puts a chunk's times into `target`; false if they are damaged. */
  times(chunk: Chunk, stream: Stream, target: Float64Array, at: number): boolean {
    const data = this.#column(chunk, stream, TIME_COLUMN);
    if (data === undefined) return false;
    if (decodeTimes(data, chunk.n, chunk.t0, target, at)) return true;
    this.#report(this.#lost(chunk, stream, TIME_COLUMN));
    return false;
  }

  /** Puts a chunk's sequence numbers into `target`; false if they are damaged. */
  seqs(chunk: Chunk, stream: Stream, target: Float64Array, at: number): boolean {
    if (chunk.stride !== 0) {
      fillSeqs(chunk.firstSeq, chunk.stride, chunk.n, target, at);
      return true;
    }
    const data = this.#column(chunk, stream, SEQ_COLUMN);
    if (data === undefined) return false;
    if (decodeSeqs(data, chunk.n, chunk.firstSeq, target, at)) return true;
    this.#report(this.#lost(chunk, stream, SEQ_COLUMN));
    return false;
  }

  /** A chunk's values of the variable at `index`, or undefined if they are damaged. */
  values(chunk: Chunk, stream: Stream, index: number): Float64Array | undefined {
    const data = this.#column(chunk, stream, index + 1);
    if (data === undefined) return undefined;
    if (data.byteLength === chunk.n * 8) return float64s(data);
    this.#report(this.#lost(chunk, stream, index + 1));
    return undefined;
  }

  /** The summary of a chunk's values, or undefined if it is damaged. */
  summary(chunk: Chunk, stream: Stream, index: number): Summary | undefined {
    // Most often nothing is lost: what there is to say is put into words only then.
    const lost = (): Damage => this.#lost(chunk, stream, index + 1);
    const id = chunk.id * COLUMN_SPACE + index + 1;
    const row = this.#guarded(
      lost,
      () => this.#summary.get(id) as unknown as SummaryRow | undefined ?? "missing",
      undefined,
    );
    if (row === undefined) return undefined;
    if (row !== "missing") {
      const [lo, hi, sum, finite, crc, check] = row;
      if (columnCheck(id, lo, hi, sum, finite, crc) === check) return { lo, hi, sum, finite };
    }
    this.#report(lost());
    return undefined;
  }

  #tail(
    streams: ReadonlyMap<number, Stream>,
    statement: StatementSync,
    ...values: number[]
  ): TailRow[] {
    const lost = (): Damage => ({
      message: "The tail is damaged: late entries are left out.",
      table: "tail",
    });
    const found = this.#guarded(lost, () => rows<RawTailRow>(statement, ...values), []);
    const good: TailRow[] = [];
    for (const [seq, id, t, check, vals] of found) {
      const stream = streams.get(id);
      if (
        stream !== undefined && vals.byteLength === stream.names.length * 8 &&
        tailCheck(seq, id, t, vals) === check
      ) good.push({ seq, stream: id, t, vals: float64s(vals) });
      else {
        this.#report({
          message: `Entry ${seq} does not match its checksum.`,
          table: "tail",
          row: seq,
          entries: 1,
          ...(stream === undefined ? {} : { variables: stream.names }),
        });
      }
    }
    return good;
  }

  /** Entries of one stream in the tail. */
  tailOf(stream: Stream): TailRow[] {
    return this.#tail(new Map([[stream.id, stream]]), this.#tailOf, stream.id);
  }

  /** Entries of the tail after a place in the order. */
  tailAfter(streams: ReadonlyMap<number, Stream>, seq: number, limit: number): TailRow[] {
    return this.#tail(streams, this.#tailAfter, seq, limit);
  }

  /** Entries of the tail between two places in the order, both excluded, the latest first. */
  tailBefore(
    streams: ReadonlyMap<number, Stream>,
    above: number,
    below: number,
    limit: number,
  ): TailRow[] {
    return this.#tail(streams, this.#tailBefore, above, below, limit);
  }

  /** Least and greatest time in the tail, and how many entries it has. */
  tailRange(streams: ReadonlyMap<number, Stream>): { first: number; last: number; n: number } {
    const first = this.#tail(streams, this.#tailFirst)[0];
    const last = this.#tail(streams, this.#tailLast)[0];
    if (first !== undefined && last !== undefined) {
      const n = rows<[number]>(this.#tailCount)[0]?.[0] ?? 0;
      return { first: first.t, last: last.t, n };
    }
    // It is empty, or the very row that tells is damaged.
    const all = this.tailAfter(streams, 0, -1);
    let range = { first: Infinity, last: -Infinity, n: all.length };
    for (const { t } of all) {
      range = { ...range, first: Math.min(range.first, t), last: Math.max(range.last, t) };
    }
    return range;
  }
}
