/**
 * The writing side of a session's file.
 *
 * @module
 */

import type { OutboxRecord } from "./outbox_types.ts";
import type { Reader, ReaderOptions } from "./reader.ts";
import type {
  EncodedDataset,
  EventRecord,
  Json,
  RunEnd,
  RunStart,
  StoreTrouble,
  TaskStatistics,
  VariableInfo,
} from "./types.ts";

/**
 * Writes records. Each promise resolves when the record is on disk, in call order, and rejects with a
 * {@linkcode Error} that says why it is not; a rejection that nobody handles is never reported as
 * unhandled, since {@linkcode StoreOptions.onTrouble} has said it.
 */
export interface Store extends AsyncDisposable {
  /** Path of the file, or `":memory:"`. */
  readonly path: string;
  /** Records and bytes that wait to be written. */
  readonly pending: { readonly records: number; readonly bytes: number };
  /** Begins a run and gives its number; runs that never ended are marked lost. */
  startRun(start: RunStart): Promise<number>;
  /** Replaces what is known of the run, and leaves nothing of what was there. */
  provenance(t: number, provenance: Json): Promise<void>;
  /**
   * Ends the run. On a full disk it waits like any record, so whoever shuts down does not await it but
   * {@linkcode Store.close}, which has a space in reserve for it and ends in bounded time.
   */
  endRun(end: RunEnd): Promise<void>;
  /**
   * Whether an entry can be stored, without storing it.
   *
   * @throws {TypeError} If it is empty or has a value that is no number.
   * @throws {RangeError} If it has too many variables, or a name that can't be used.
   */
  check(values: Readonly<Record<string, number>>): void;
  /**
   * One entry: every value carries the one timestamp `t`, integer microseconds since 1970. Infinities, −0
   * and NaN come back as they were; of NaN JavaScript itself knows only one.
   */
  entry(t: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** One dataset. Its bytes are copied before the call returns. */
  dataset(t: number, name: string, data: EncodedDataset): Promise<void>;
  /** Sets parameters; all of them or none. */
  parameters(t: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** Sets metadata; all of them or none. */
  metadata(t: number, values: Readonly<Record<string, string>>): Promise<void>;
  /** Sets a variable's unit, label and description. */
  variable(name: string, info: VariableInfo): Promise<void>;
  /** One event. */
  event(event: EventRecord): Promise<void>;
  /** Replaces the figures of the tasks of the present run. */
  statistics(figures: readonly TaskStatistics[]): Promise<void>;
  /** Messages that are to be delivered, and what became of others; all of it or nothing. */
  outbox(record: OutboxRecord): Promise<void>;
  /** Resolves when everything that was asked before is on disk or has been refused. */
  flush(): Promise<void>;
  /** Copies the file, as it is on disk now, to `path`, while writing goes on. */
  backup(path: string): Promise<void>;
  /**
   * A reader of what is on disk; the caller disposes of it. A reader of a session in memory shares its
   * connection and ends with it.
   */
  reader(options?: ReaderOptions): Reader;
  /** Tells the watchdog that the main thread lives. */
  heartbeat(): void;
  /** Frees the reserve, writes what can be written, closes. A second call does nothing. */
  close(): Promise<void>;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Called for everything that goes wrong with the store, and when it is right again. */
  onTrouble?(trouble: StoreTrouble): void;
  /** Most bytes that may wait in memory before records are refused. @default 64 MiB */
  queueBytes?: number;
  /** How often a full or busy disk is tried again, in milliseconds. @default 1000 */
  retryEvery?: number;
  /** After how long without a heartbeat the watchdog speaks, in milliseconds. @default 3000 */
  stallAfter?: number;
}
