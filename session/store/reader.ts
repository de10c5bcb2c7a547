/**
 * The reading side of a session's file.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { readBuckets } from "./buckets.ts";
import { Catalog } from "./catalog.ts";
import { ChunkSource } from "./chunk_source.ts";
import { explain, openForReading, type ReadingOptions } from "./database.ts";
import { EdgeValues } from "./edge_values.ts";
import { entriesSince } from "./entries_since.ts";
import { countWithin, touchedSince } from "./extent.ts";
import { readNearest } from "./nearest.ts";
import { type OutboxOptions, OutboxSource } from "./outbox_source.ts";
import type { OutboxPayload, OutboxRow, OutboxTotals } from "./outbox_types.ts";
import { OutlineSource } from "./outline_source.ts";
import type {
  BucketOptions,
  Buckets,
  Damage,
  DatasetChoice,
  DatasetCount,
  EventsOptions,
  Nearest,
  Range,
  Row,
  RowsOptions,
  RunOutline,
  Sample,
  Series,
  SeriesOptions,
  StoredDataset,
  StoredEntry,
  StoredVariable,
  TextSample,
  Verification,
} from "./reader_types.ts";
import { RecordSource, runOf } from "./record_source.ts";
import { readRows } from "./rows.ts";
import { readSeries } from "./series.ts";
import { spacings } from "./spacings.ts";
import { asArrays, rows } from "./statements.ts";
import type { RunInfo, StoredEvent, TaskStatistics } from "./types.ts";
import { verifyFile } from "./verify.ts";

export type * from "./reader_types.ts";

/** How a reader is opened. */
export interface ReaderOptions extends ReadingOptions {
  /** Called for each damaged part that is left out. */
  onDamage?(damage: Damage): void;
}

/**
 * Opens a session to read it, also while it is being written, by this or another process.
 *
 * @param source The file, or the connection of a session in memory.
 * @param options How.
 * @throws {Error} If it does not exist, is not a session, is damaged, or is from a newer version.
 */
export function openReader(source: string | DatabaseSync, options: ReaderOptions = {}): Reader {
  if (typeof source !== "string") return new Reader(source, false, options);
  const db = openForReading(source, options);
  try {
    return new Reader(db, true, options, source);
  } catch (error) {
    db.close();
    throw explain(source, error);
  }
}

/**
 * Reads a session. Every call sees the file as it is at one moment, whatever is written meanwhile. All
 * times are integer microseconds since 1970. What is damaged is left out and reported.
 */
export class Reader implements Disposable {
  /** The path of the file; undefined for a session in memory. */
  readonly file: string | undefined;
  /** Damaged parts that were met so far. */
  readonly damage: Damage[] = [];
  readonly #db: DatabaseSync;
  readonly #own: boolean;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #catalog: Catalog;
  readonly #chunks: ChunkSource;
  readonly #records: RecordSource;
  readonly #edges: EdgeValues;
  readonly #outline: OutlineSource;
  readonly #outbox: OutboxSource;
  readonly #known = new Set<string>();
  readonly #onDamage: ((damage: Damage) => void) | undefined;
  #reading = false;
  #closed = false;
  #counted = { lastChunk: 0, entries: 0, first: Infinity, last: -Infinity };

  /** Use {@linkcode openReader}. */
  constructor(db: DatabaseSync, own: boolean, options: ReaderOptions, file?: string) {
    const report = (damage: Damage): void => this.#report(damage);
    this.file = file;
    this.#db = db;
    this.#own = own;
    this.#onDamage = options.onDamage?.bind(options);
    this.#begin = db.prepare("BEGIN");
    this.#commit = db.prepare("COMMIT");
    this.#rollback = db.prepare("ROLLBACK");
    this.#catalog = new Catalog(db, report);
    this.#chunks = new ChunkSource(db, report);
    this.#records = new RecordSource(db, report);
    this.#edges = new EdgeValues(this.#chunks, this.#catalog);
    this.#outline = new OutlineSource(db);
    this.#outbox = new OutboxSource(db, report);
  }

  #report(damage: Damage): void {
    const key = `${damage.table} ${damage.row} ${damage.message}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.damage.push(damage);
    this.#onDamage?.(damage);
  }

  /** Runs a call on one snapshot, with what is known of variables up to date. */
  #read<T>(call: () => T, refresh = true): T {
    if (this.#closed) throw new Error("Cannot read the session as its reader is closed.");
    if (this.#reading) return call();
    this.#begin.get();
    this.#reading = true;
    try {
      if (refresh) this.#catalog.refresh();
      return call();
    } finally {
      this.#reading = false;
      this.#end();
    }
  }

  /** Nothing was written, so an error here, which SQLite gives after damage, says nothing new. */
  #end(): void {
    try {
      this.#commit.get();
    } catch {
      if (this.#db.isTransaction) this.#rollback.get();
    }
  }

  /** Makes several calls on one snapshot, so that what they give belongs together. */
  snapshot<T>(calls: () => T): T {
    return this.#read(calls);
  }

  /** A text that differs after each change: cheap enough to be asked for many times a second. */
  version(): string {
    return this.#read(() => this.#outline.version(), false);
  }

  /** The last place in the order of everything stored; 0 if there is nothing. */
  lastSeq(): number {
    return this.#read(() => this.#outline.lastSeq());
  }

  /** All variables in the order in which they were first named. */
  variables(): StoredVariable[] {
    return this.#read(() => {
      type Row = [string, string | null, string | null, string | null];
      const found = rows<Row>(
        asArrays(
          this.#db.prepare("SELECT name, unit, label, description FROM variable ORDER BY id"),
        ),
      );
      return found.map(([name, unit, label, description]) => ({
        name,
        ...(unit === null ? {} : { unit }),
        ...(label === null ? {} : { label }),
        ...(description === null ? {} : { description }),
        recorded: this.#catalog.places(name).length > 0,
      }));
    });
  }

  /**
   * The values of a variable in the order in which they were recorded; none if it is not known.
   *
   * @throws {RangeError} If `last` is not a count.
   */
  series(name: string, options: SeriesOptions = {}): Series {
    const { last } = options;
    if (last !== undefined && (!Number.isInteger(last) || last < 0)) {
      throw new RangeError(`Cannot read the last values as their number must be a count: ${last}.`);
    }
    return this.#read(() => readSeries(this.#chunks, this.#catalog, name, options));
  }

  /**
   * Least, greatest and mean value in buckets of equal width from `from` to `to`.
   *
   * @throws {RangeError} If `from` is not before `to` or the number of buckets is not 1 to 1e7.
   */
  buckets(name: string, options: BucketOptions): Buckets {
    return this.bucketsOf([name], options)[0] as Buckets;
  }

  /**
   * The same of several variables, in the order of their names: less work than one after the other.
   *
   * @throws {RangeError} If `from` is not before `to` or the number of buckets is not 1 to 1e7.
   */
  bucketsOf(names: readonly string[], options: BucketOptions): Buckets[] {
    return this.#read(() => readBuckets(this.#chunks, this.#catalog, names, options));
  }

  /** How many values a variable has from one time to another, both included; at most about `most` are counted. */
  count(name: string, from: number, to: number, most = Infinity): number {
    return this.#read(() => countWithin(this.#chunks, this.#catalog, name, { from, to, most }));
  }

  /** The last value of a variable before a time, and the first one after it. */
  nearest(name: string, from: number, to: number): Nearest {
    return this.#read(() => readNearest(this.#chunks, this.#catalog, name, from, to));
  }

  /** Whether values of a variable at `to` or earlier may have been stored after a place in the order. */
  touchedSince(name: string, seq: number, to: number): boolean {
    return this.#read(() => touchedSince(this.#chunks, this.#catalog, name, seq, to));
  }

  /** The last value of every variable. */
  lastValues(): Map<string, Sample> {
    return this.#read(() => this.#edges.lasts());
  }

  /** The usual time from one value to the next, in microseconds, of each variable that has a few, as of late. */
  spacings(): Map<string, number> {
    return this.#read(() => spacings(this.#chunks, this.#catalog));
  }

  /** The first value of every variable. */
  firstValues(): Map<string, Sample> {
    return this.#read(() => this.#edges.firsts());
  }

  /**
   * Entries after a place in the order, at most `limit` of them.
   *
   * @param seq {@linkcode StoredEntry.seq} of the last entry that is known, or 0.
   */
  since(seq: number, limit = 1000): StoredEntry[] {
    return this.#read(() => entriesSince(this.#chunks, this.#catalog, seq, limit));
  }

  /**
   * Visits the entries that hold one of some variables, in their order. The row is valid during the call only.
   *
   * @returns The place of the last entry visited if `most` kept it from going on: where to go on after.
   */
  rows(
    names: readonly string[],
    options: RowsOptions,
    visit: (row: Row) => void,
  ): number | undefined {
    return this.#read(() => readRows(this.#chunks, this.#catalog, names, options, visit));
  }

  /** First and last time and number of all entries. */
  range(): Range {
    return this.#read(() => {
      const counted = this.#counted;
      const { streams } = this.#catalog;
      const { last: lastChunk, chunks } = this.#chunks.newest(streams, counted.lastChunk);
      counted.lastChunk = lastChunk;
      for (const { n, t0, t1 } of chunks) {
        counted.entries += n;
        counted.first = Math.min(counted.first, t0);
        counted.last = Math.max(counted.last, t1);
      }
      const tail = this.#chunks.tailRange(streams);
      const entries = counted.entries + tail.n;
      if (entries === 0) return { first: null, last: null, entries };
      return {
        first: Math.min(counted.first, tail.first),
        last: Math.max(counted.last, tail.last),
        entries,
      };
    });
  }

  /** Names of datasets in the order in which they were first stored. */
  datasetNames(): string[] {
    return this.#read(() => this.#records.datasetNames());
  }

  /** Times of the datasets of a name, in the order in which they were stored. */
  datasetTimes(name: string): Float64Array {
    return this.#read(() => Float64Array.from(this.#records.datasetPlaces(name), ([, t]) => t));
  }

  /** How many datasets there are of each name. */
  datasetCounts(): DatasetCount[] {
    return this.#read(() => this.#outline.datasetCounts());
  }

  /** One dataset; the last one if no other is chosen. Undefined if there is none or it is damaged. */
  dataset(name: string, choice: DatasetChoice = { n: -1 }): StoredDataset | undefined {
    return this.#read(() => this.#records.dataset(name, choice));
  }

  /** The datasets of a name one by one, as they are at the time of the first one. */
  *datasets(name: string): Generator<StoredDataset, void> {
    for (const [seq] of this.#read(() => this.#records.datasetPlaces(name))) {
      const dataset = this.#read(() => this.#records.datasetAt(seq));
      if (dataset !== undefined) yield dataset;
    }
  }

  /** The latest value of every parameter. */
  parameters(): Map<string, Sample> {
    return this.#read(() => this.#records.parameters());
  }

  /** All values that a parameter had. */
  parameterHistory(name: string): Sample[] {
    return this.#read(() => this.#records.parameterHistory(name));
  }

  /** The latest text of every metadata entry. */
  metadata(): Map<string, TextSample> {
    return this.#read(() => this.#records.metadata());
  }

  /** All texts that a metadata entry had. */
  metadataHistory(name: string): TextSample[] {
    return this.#read(() => this.#records.metadataHistory(name));
  }

  /** All runs. */
  runs(): RunInfo[] {
    return this.#read(() => this.#records.runs());
  }

  /** All runs, without what each was run with, which may be long. */
  runOutlines(): RunOutline[] {
    return this.#read(() => this.#outline.runs());
  }

  /** The run that a place in the order belongs to; 0 before the first. */
  runOf(seq: number): number {
    return this.#read(() => runOf(this.#records.runStarts(), seq));
  }

  /** Events in their order. */
  events(options: EventsOptions = {}): StoredEvent[] {
    return this.#read(() => this.#records.events(options));
  }

  /** The tasks' figures of a run; of the last one if none is named. */
  statistics(run?: number): TaskStatistics[] {
    return this.#read(() =>
      this.#records.statistics(run ?? this.#records.runStarts().at(-1)?.[0] ?? 0)
    );
  }

  /** Messages to people, the oldest first, without what they say. Of those that no longer wait the latest are kept. */
  outbox(options: OutboxOptions = {}): OutboxRow[] {
    return this.#read(() => this.#outbox.messages(options), false);
  }

  /** How many messages to people there are and ever were. */
  outboxTotals(): OutboxTotals {
    return this.#read(() => this.#outbox.totals(), false);
  }

  /** What a message says; undefined once it no longer waits. */
  outboxPayload(id: string): OutboxPayload | undefined {
    return this.#read(() => this.#outbox.payload(id), false);
  }

  /** Reads the whole file and compares it with its checksums. It takes as long as copying it. */
  verify(): Verification {
    return this.#read(() => {
      const damage: Damage[] = [];
      const report = (one: Damage): void => {
        damage.push(one);
      };
      return verifyFile(
        this.#db,
        new Catalog(this.#db, report),
        new ChunkSource(this.#db, report),
        new RecordSource(this.#db, report),
        new OutboxSource(this.#db, report),
        damage,
      );
    }, false);
  }

  /** Closes the reader. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#own) this.#db.close();
  }

  /** Closes the reader. */
  [Symbol.dispose](): void {
    this.close();
  }
}
