/**
 * Where a store's batches go: to a Worker or to a database in memory.
 *
 * @module
 */

import type { Batch, BatchResult } from "./batch.ts";
import type { Reader, ReaderOptions } from "./reader.ts";
import type { StoreTrouble } from "./types.ts";

/** What comes back from the writer. */
export interface PortEvents {
  /** The batch is on disk. Its words may be used again. */
  written(result: BatchResult, words: Float64Array<ArrayBuffer> | undefined): void;
  /** The batch could not be written; the next one may be. */
  refused(error: Error): void;
  /** Nothing more can be written. */
  failed(error: Error): void;
  /** Something is wrong, or right again. */
  trouble(trouble: StoreTrouble): void;
}

/** The writer, wherever it runs. At most one batch is given to it at a time. */
export interface Port {
  /** Writes a batch. */
  post(batch: Batch, events: PortEvents): void;
  /** The store closes: do not wait for a full disk any longer. `last` frees the whole reserve. */
  hurry(last: boolean): void;
  /** Frees a part of the reserve, so that a run can end on a full disk. */
  free(): void;
  /** Copies what is on disk. */
  backup(path: string): Promise<void>;
  /** Ends the writer. */
  close(): Promise<void>;
  /** A reader over the same data. */
  reader(options: ReaderOptions): Reader;
  /** Tells the watchdog that the main thread lives. */
  heartbeat(): void;
}
