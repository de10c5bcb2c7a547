/**
 * A session in memory: the same writer without a Worker, and readers that share its connection.
 *
 * @module
 */

import { backup, type DatabaseSync } from "node:sqlite";
import type { Batch } from "./batch.ts";
import type { Port, PortEvents } from "./queue_store.ts";
import { openReader, type Reader, type ReaderOptions } from "./reader.ts";
import { messageOf } from "./sqlite_error.ts";
import { type CoreOptions, WriterCore } from "./writer_core.ts";

/** Writes in the calling thread. There is nothing to wait for, and so no trouble but a full memory. */
export class MemoryPort implements Port {
  readonly #core: WriterCore;

  constructor(database: DatabaseSync, options: CoreOptions) {
    this.#core = new WriterCore(database, options);
  }

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

  hurry(): void {}

  free(): void {}

  heartbeat(): void {}

  reader(options: ReaderOptions): Reader {
    return openReader(this.#core.database, options);
  }

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

  // deno-lint-ignore require-await
  async close(): Promise<void> {
    this.#core.database.close();
  }
}
