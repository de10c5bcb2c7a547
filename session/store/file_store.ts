/**
 * A session's file, written by a Worker.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { openForWriting } from "./database.ts";
import { FileLock } from "./lock.ts";
import { MemoryPort } from "./memory_store.ts";
import type { Port, PortEvents } from "./port.ts";
import { QueueStore } from "./queue_store.ts";
import { openReader, type Reader, type ReaderOptions } from "./reader.ts";
import type { Store, StoreOptions } from "./store.ts";
import type { FromWriter, ToWriter } from "./worker_protocol.ts";
import type { Batch } from "./batch.ts";
import type { CoreOptions } from "./writer_core.ts";
import source from "./writer_worker.bundle.js" with { type: "text" };

/** Bounds that tests make small. */
export interface StoreTuning {
  /** Bounds of the tail. */
  readonly core?: CoreOptions;
  /** Bytes of the write-ahead log above which it is emptied by force. @default 64 MiB */
  readonly walBytes?: number;
}

function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return new Worker(url, { type: "module", name: "stripchart store" });
  } finally {
    URL.revokeObjectURL(url);
  }
}

class FilePort implements Port {
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #worker: Worker;
  readonly #heartbeat: Int32Array<SharedArrayBuffer>;
  /**
   * The connection that looked at the file. It stays until the Worker has its own, so that the log and its
   * index exist all the time: a disk that gets full meanwhile would not let them be made.
   */
  #first: DatabaseSync | undefined;
  #events: PortEvents | undefined;
  #early: FromWriter[] = [];
  #closed: () => void = () => {};

  constructor(
    path: string,
    lock: FileLock,
    first: DatabaseSync,
    options: StoreOptions,
    tuning: StoreTuning,
  ) {
    this.#path = path;
    this.#lock = lock;
    this.#first = first;
    this.#heartbeat = new Int32Array(new SharedArrayBuffer(4));
    this.#worker = startWorker();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWriter>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#hear({
        kind: "failed",
        message: `Cannot record as the writer ended: ${event.message}.`,
      });
    };
    this.#tell({
      kind: "open",
      options: {
        path,
        retryEvery: options.retryEvery ?? 1000,
        stallAfter: options.stallAfter ?? 3000,
        heartbeat: this.#heartbeat,
        core: tuning.core ?? {},
        walBytes: tuning.walBytes ?? 64 * 2 ** 20,
      },
    });
  }

  /** Where messages go; what came before is told at once. */
  listen(events: PortEvents): void {
    this.#events = events;
    for (const message of this.#early.splice(0)) this.#hear(message);
  }

  #tell(message: ToWriter, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #leave(): void {
    this.#first?.close();
    this.#first = undefined;
  }

  #hear(message: FromWriter): void {
    const events = this.#events;
    if (events === undefined) {
      this.#early.push(message);
      return;
    }
    switch (message.kind) {
      case "opened":
        this.#leave();
        break;
      case "written":
        events.written(message.result, message.words);
        break;
      case "refused":
        events.refused(new Error(message.message));
        break;
      case "failed":
        events.failed(
          new Error(message.message, message.cause === undefined ? {} : { cause: message.cause }),
        );
        this.#closed();
        break;
      case "trouble":
        events.trouble(message.trouble);
        break;
      case "closed":
        this.#closed();
    }
  }

  post(batch: Batch): void {
    this.#tell({ kind: "batch", batch }, [batch.words.buffer]);
  }

  free(): void {
    this.#lock.free(false);
  }

  hurry(last: boolean): void {
    this.#lock.free(last);
    this.#tell({ kind: "hurry" });
  }

  reader(options: ReaderOptions): Reader {
    return openReader(this.#path, options);
  }

  heartbeat(): void {
    Atomics.add(this.#heartbeat, 0, 1);
  }

  backup(path: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    try {
      Deno.lstatSync(path);
      reject(new Error(`Cannot back up to ${path} as it exists. Choose another name.`));
      return promise;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        reject(error);
        return promise;
      }
    }
    // A Worker of its own: copying a long session takes seconds, and the writer has to go on.
    const worker = startWorker();
    const end = (error?: Error): void => {
      worker.terminate();
      if (error === undefined) return resolve();
      try {
        Deno.removeSync(path);
      } catch {
        // There was nothing yet.
      }
      reject(error);
    };
    worker.onmessage = ({ data }: MessageEvent<FromWriter>) => {
      if (data.kind === "closed") end();
      else if (data.kind === "failed") {
        end(new Error(`Cannot back up to ${path} as ${data.message}.`));
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(new Error(`Cannot back up to ${path} as ${event.message}.`));
    };
    const message: ToWriter = { kind: "backup", from: this.#path, to: path };
    worker.postMessage(message);
    return promise;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = resolve;
    this.#leave();
    this.#tell({ kind: "close" });
    // A Worker that has failed has told what it had to tell; it still closes its connection.
    await promise;
    this.#worker.terminate();
    this.#lock[Symbol.dispose]();
  }
}

/** The file that a symbolic link names: SQLite's log is beside that one, and so must the lock be. */
function behindLink(path: string): string {
  try {
    return Deno.lstatSync(path).isSymlink ? Deno.realPathSync(path) : path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}

/**
 * Opens a session's file for writing, or makes it; `":memory:"` keeps the session in memory. What is
 * wrong with the file is thrown at once, before anything is touched.
 *
 * The file must be on a local disk: SQLite's write-ahead log needs memory shared between its users,
 * which network file systems do not give. It needs permission to read FILE, FILE-wal and FILE.lock and to
 * write FILE and FILE.lock.
 *
 * @param path The file, or `":memory:"`.
 * @param options How.
 * @throws {Error} If it is in use, not a session, from a newer version, damaged, or cannot be written.
 */
export function openStore(
  path: string,
  options: StoreOptions = {},
  tuning: StoreTuning = {},
): Store {
  if (path === ":memory:") {
    return new QueueStore(path, new MemoryPort(openForWriting(path), tuning.core ?? {}), options);
  }
  const real = behindLink(path);
  const lock = FileLock.acquire(real);
  try {
    const first = openForWriting(real);
    const port = new FilePort(real, lock, first, options, tuning);
    const store = new QueueStore(path, port, options);
    port.listen(store);
    return store;
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
