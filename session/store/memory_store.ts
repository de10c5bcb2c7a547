/**
 * A session in memory: the same writer without a Worker, and readers that share its connection.
 *
 * @module
 */

import { backup, type DatabaseSync } from "node:sqlite";
import type { Batch } from "./batch.ts";
import type { Port, PortEvents } from "./port.ts";
import { openReader, type Reader, type ReaderOptions } from "./reader.ts";
import { messageOf } from "./sqlite_error.ts";
import { type CoreOptions, WriterCore } from "./writer_core.ts";

/** Writes in the calling thread. There is nothing to wait for, and so no trouble but a full memory. */
export class MemoryPort implements Port {
  readonly #core: WriterCore;

  /** Writes to a database in memory, which it closes. */
  constructor(database: DatabaseSync, options: CoreOptions) {
    this.#core = new WriterCore(database, options);
  }

  /** Writes a batch. */
  post(batch: Batch, events: PortEvents): void {
    let result;
    try {
      result = this.#core.apply(batch);
    } catch (error) {
      events.failed(new Error(`Cannot record in memory as ${messageOf(error)}.`, { cause: error }));
      return;
    }
    events.written(result, batch.words);
  }

  /** Nothing is ever waited for. */
  hurry(): void {}

  /** There is no reserve. */
  free(): void {}

  /** Nobody could watch: it is one thread. */
  heartbeat(): void {}

  /** A reader that shares the connection. */
  reader(options: ReaderOptions): Reader {
    return openReader(this.#core.database, options);
  }

  /** Copies the session to a file. */
  async backup(path: string): Promise<void> {
    try {
      Deno.lstatSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await backup(this.#core.database, path);
      return;
    }
    throw new Error(`Cannot back up to ${path} as it exists. Choose another name.`);
  }

  /** Forgets everything. */
  // deno-lint-ignore require-await -- what throws is to reject
  async close(): Promise<void> {
    this.#core.database.close();
  }
}
