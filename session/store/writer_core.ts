/**
 * Applies batches to the file, one transaction each.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { type Batch, type BatchRecord, type BatchResult, RECORD } from "./batch.ts";
import { writeChunk } from "./chunk_writer.ts";
import { float64s, streamCheck, tailCheck } from "./codec.ts";
import { writeOutbox } from "./outbox_writer.ts";
import {
  changeProvenance,
  writeDataset,
  writeEvent,
  writeMetadata,
  writeParameter,
  writeRun,
  writeStatistics,
} from "./record_writer.ts";
import { messageOf, primaryCode, SQLITE } from "./sqlite_error.ts";
import { asArrays, rows, type Statements, statements } from "./statements.ts";
import { CHUNK_ROWS, chunkRows, TailBuffer } from "./tail_buffer.ts";

/** Bounds of the tail. Tests make them small. */
export interface CoreOptions {
  /** Rows of a chunk at most. @default 1000 */
  readonly chunkRows?: number;
  /** Rows of the tail at most; beyond, the fullest stream becomes a short chunk. @default 32768 */
  readonly tailRows?: number;
  /** Bytes of the tail at most. @default 64 MiB */
  readonly tailBytes?: number;
}

/** How far a file has come: what a batch leaves behind even if nobody was told. */
export interface Mark {
  /** The sequence number that comes next. */
  readonly nextSeq: number;
  /** Runs so far. */
  readonly runs: number;
}

interface Handle {
  readonly order: readonly string[];
  readonly names: readonly string[];
  buffer: TailBuffer | undefined;
}

/** A record that cannot be stored, though the others can. */
const RECORD_FAULTS: ReadonlySet<number | undefined> = new Set([
  SQLITE.TOOBIG,
  SQLITE.CONSTRAINT,
  SQLITE.MISMATCH,
]);

/**
 * The one writer of a file. It keeps in memory what the tail holds. After a failed batch that is read
 * again from the file, so that both are always equal.
 */
export class WriterCore {
  /** The connection; in-memory sessions are read through it too. */
  readonly database: DatabaseSync;
  readonly #sql: Statements;
  readonly #chunkRows: number;
  readonly #tailRows: number;
  readonly #tailBytes: number;
  readonly #handles = new Map<number, Handle>();
  #variables = new Map<string, number>();
  #streams = new Map<string, TailBuffer>();
  #buffers = new Map<number, TailBuffer>();
  #datasetNames = new Map<string, number>();
  #nextSeq = 1;
  #nextChunk = 1;
  #nextStream = 1;
  #run = 0;
  #rows = 0;
  #bytes = 0;
  #stale = true;

  /** Reads what the tail holds. */
  constructor(database: DatabaseSync, options: CoreOptions = {}) {
    this.database = database;
    this.#sql = statements(database);
    this.#chunkRows = options.chunkRows ?? CHUNK_ROWS;
    this.#tailRows = options.tailRows ?? 32_768;
    this.#tailBytes = options.tailBytes ?? 64 * 2 ** 20;
    this.#load();
  }

  /** How far the file has come. */
  get mark(): Mark {
    if (this.#stale) this.#load();
    return { nextSeq: this.#nextSeq, runs: this.#run };
  }

  /** Takes over the sets of variables that another core was told of. */
  adopt(other: WriterCore): void {
    for (const [handle, { order, names }] of other.#handles) {
      this.#handles.set(handle, { order, names, buffer: undefined });
    }
  }

  /**
   * Writes a batch in one transaction. When it returns, the batch is on disk.
   *
   * @throws {Error} SQLite's error, if nothing of the batch was written.
   */
  apply(batch: Batch): BatchResult {
    if (this.#stale) this.#load();
    const sql = this.#sql;
    sql.begin.get();
    try {
      const result = this.#write(batch);
      sql.commit.get();
      return result;
    } catch (error) {
      this.#stale = true;
      // SQLite rolls back by itself after some errors, such as a full disk.
      if (this.database.isTransaction) {
        try {
          sql.rollback.get();
        } catch {
          // The first error says more.
        }
      }
      throw error;
    }
  }

  #load(): void {
    const { database: db } = this;
    const all = (text: string): unknown[][] => rows(asArrays(db.prepare(text)));
    const scalar = (text: string): number => Number(all(text)[0]?.[0] ?? 0);
    const names = new Map<number, string>();
    this.#variables = new Map();
    for (const [id, name] of all("SELECT id, name FROM variable") as [number, string][]) {
      names.set(id, name);
      this.#variables.set(name, id);
    }
    this.#streams = new Map();
    this.#buffers = new Map();
    this.#rows = this.#bytes = 0;
    this.#nextStream = 1;
    let seq = Math.max(
      ...["tail", "dataset", "parameter", "metadata", "event", "outbox"].map((table) =>
        scalar(`SELECT max(seq) FROM ${table}`)
      ),
      scalar("SELECT max(first_seq) - 1 FROM run"),
    );
    const lastSeq = db.prepare("SELECT max(last_seq) AS seq FROM chunk WHERE stream = ?");
    for (
      const [id, columns, check] of all('SELECT id, columns, "check" FROM stream') as [
        number,
        string,
        number,
      ][]
    ) {
      const ids = JSON.parse(columns) as number[];
      if (check !== streamCheck(id, ids, ids.map((variable) => names.get(variable) ?? ""))) {
        throw new Error(
          `Cannot write to the session as it is damaged: stream ${id} does not match its checksum. ` +
            `Record to a new file and check this one.`,
        );
      }
      const buffer = new TailBuffer(id, ids.length, chunkRows(ids.length, this.#chunkRows));
      this.#streams.set(columns, buffer);
      this.#buffers.set(id, buffer);
      this.#nextStream = Math.max(this.#nextStream, id + 1);
      seq = Math.max(seq, Number(lastSeq.get(id)?.seq ?? 0));
    }
    this.#nextSeq = seq + 1;
    this.#nextChunk = scalar("SELECT max(id) FROM chunk") + 1;
    this.#run = scalar("SELECT max(id) FROM run");
    this.#datasetNames = new Map(
      all("SELECT name, id FROM dataset_name") as [string, number][],
    );
    for (
      const [row, stream, t, check, vals] of all(
        'SELECT seq, stream, t, "check", vals FROM tail ORDER BY seq',
      ) as [number, number, number, number, Uint8Array][]
    ) {
      const buffer = this.#buffers.get(stream);
      // A damaged row stays where it is, for the reader to name.
      if (buffer === undefined || vals.byteLength !== buffer.width * 8) continue;
      if (tailCheck(row, stream, t, vals) !== check) continue;
      this.#push(buffer, row, t, float64s(vals), 0);
    }
    for (const handle of this.#handles.values()) handle.buffer = undefined;
    this.#stale = false;
  }

  #push(buffer: TailBuffer, seq: number, t: number, words: Float64Array, at: number): void {
    buffer.push(seq, t, words, at);
    this.#rows += 1;
    this.#bytes += buffer.width * 8;
  }

  #write(batch: Batch): BatchResult {
    const { words, length, records } = batch;
    const runs = new Map<number, number>();
    const refused = new Map<number, string>();
    const batchFirst = this.#nextSeq;
    const touched = new Set<TailBuffer>();
    const entries: number[] = [];
    for (let at = 0; at < length;) {
      const head = words[at] as number;
      const second = words[at + 1] as number;
      at += 2;
      if (head === RECORD) {
        const record = records[second];
        if (record === undefined) {
          throw new RangeError(`Cannot find record ${second} of the batch.`);
        }
        try {
          const run = this.#record(record);
          if (run !== undefined) runs.set(second, run);
        } catch (error) {
          const code = primaryCode(error);
          if (code !== undefined && !RECORD_FAULTS.has(code)) throw error;
          refused.set(second, messageOf(error));
        }
        continue;
      }
      const buffer = this.#resolve(head);
      const seq = this.#nextSeq++;
      this.#push(buffer, seq, second, words, at);
      touched.add(buffer);
      entries.push(seq, second, at, buffer.stream);
      at += buffer.width;
    }
    const compacted = this.#compact(touched, batchFirst);
    const insert = this.#sql.insertTail;
    for (let i = 0; i < entries.length; i += 4) {
      const seq = entries[i] as number;
      const t = entries[i + 1] as number;
      const at = entries[i + 2] as number;
      const stream = entries[i + 3] as number;
      if (seq <= (compacted.get(stream) ?? 0)) continue;
      const width = this.#buffers.get(stream)?.width ?? 0;
      const vals = new Uint8Array(words.buffer, words.byteOffset + at * 8, width * 8);
      insert.get(seq, stream, t, tailCheck(seq, stream, t, vals), vals);
    }
    return { runs, refused };
  }

  /** Turns full buffers into chunks. Gives the last sequence number of each stream that is in a chunk. */
  #compact(touched: Iterable<TailBuffer>, batchFirst: number): Map<number, number> {
    const compacted = new Map<number, number>();
    for (const buffer of touched) {
      while (buffer.n >= buffer.full) {
        compacted.set(buffer.stream, this.#writeChunk(buffer, buffer.full, batchFirst));
      }
    }
    while (this.#rows > this.#tailRows || this.#bytes > this.#tailBytes) {
      const byRows = this.#rows > this.#tailRows;
      let fullest: TailBuffer | undefined;
      for (const buffer of this.#buffers.values()) {
        const more = fullest === undefined ||
          (byRows ? buffer.n > fullest.n : buffer.bytes > fullest.bytes);
        if (more) fullest = buffer;
      }
      if (fullest === undefined || fullest.n === 0) break;
      compacted.set(fullest.stream, this.#writeChunk(fullest, fullest.n, batchFirst));
    }
    return compacted;
  }

  #writeChunk(buffer: TailBuffer, n: number, batchFirst: number): number {
    const last = writeChunk(this.#sql, this.#nextChunk++, buffer, n, batchFirst);
    buffer.drop(n);
    this.#rows -= n;
    this.#bytes -= n * buffer.width * 8;
    return last;
  }

  #resolve(number: number): TailBuffer {
    const handle = this.#handles.get(number);
    if (handle === undefined) throw new RangeError(`Cannot find the set of variables ${number}.`);
    if (handle.buffer !== undefined) return handle.buffer;
    for (const name of handle.order) this.#variable(name);
    const ids = handle.names.map((name) => this.#variable(name));
    const columns = JSON.stringify(ids);
    let buffer = this.#streams.get(columns);
    if (buffer === undefined) {
      const id = this.#nextStream++;
      this.#sql.insertStream.get(id, columns, streamCheck(id, ids, handle.names));
      buffer = new TailBuffer(id, ids.length, chunkRows(ids.length, this.#chunkRows));
      this.#streams.set(columns, buffer);
      this.#buffers.set(id, buffer);
    }
    handle.buffer = buffer;
    return buffer;
  }

  #variable(name: string): number {
    let id = this.#variables.get(name);
    if (id === undefined) {
      id = Number(this.#sql.insertVariable.run(name).lastInsertRowid);
      this.#variables.set(name, id);
    }
    return id;
  }

  /** Stores a record that is not an entry. Gives the number of a run that began. */
  #record(record: BatchRecord): number | undefined {
    switch (record.kind) {
      case "stream":
        this.#handles.set(record.handle, {
          order: record.order,
          names: record.names,
          buffer: undefined,
        });
        return;
      case "run-start":
        writeRun(this.#sql, this.#run + 1, this.#nextSeq, record.start);
        return ++this.#run;
      case "provenance":
        changeProvenance(this.database, this.#sql, this.#run, record.provenance);
        return;
      case "run-end":
        this.#sql.endRun.get(record.end.t, record.end.status, record.end.reason, this.#run);
        return;
      case "variable": {
        const { unit, label, description } = record.info;
        const id = this.#variable(record.name);
        this.#sql.describeVariable.get(unit ?? null, label ?? null, description ?? null, id);
        return;
      }
      case "statistics":
        writeStatistics(this.#sql, this.#run, record.figures);
        return;
      case "dataset":
        writeDataset(this.#sql, this.#nextSeq, this.#datasetName(record.name), record);
        this.#nextSeq += 1;
        return;
      case "parameters":
        for (const [name, value] of record.values) {
          writeParameter(this.#sql, this.#nextSeq++, record.t, name, value);
        }
        return;
      case "metadata":
        for (const [name, value] of record.values) {
          writeMetadata(this.#sql, this.#nextSeq++, record.t, name, value);
        }
        return;
      case "event":
        writeEvent(this.#sql, this.#nextSeq++, record.event);
        return;
      case "outbox":
        this.#nextSeq = writeOutbox(this.#sql, this.#nextSeq, record.messages);
    }
  }

  #datasetName(name: string): number {
    let id = this.#datasetNames.get(name);
    if (id === undefined) {
      id = Number(this.#sql.insertDatasetName.run(name).lastInsertRowid);
      this.#datasetNames.set(name, id);
    }
    return id;
  }
}
