/**
 * What the main thread and the writer's Worker say to each other.
 *
 * @module
 */

import type { Batch, BatchResult } from "./batch.ts";
import type { CoreOptions } from "./writer_core.ts";
import type { StoreTrouble } from "./types.ts";

/** What the Worker needs to begin. */
export interface WriterOptions {
  /** The session's file. */
  readonly path: string;
  /** How often a full or busy disk is tried again, in milliseconds. */
  readonly retryEvery: number;
  /** After how long without a heartbeat the watchdog speaks, in milliseconds. */
  readonly stallAfter: number;
  /** Counts heartbeats. */
  readonly heartbeat: Int32Array<SharedArrayBuffer>;
  /** Bounds of the tail. */
  readonly core: CoreOptions;
  /** Bytes of the write-ahead log above which it is emptied by force. */
  readonly walBytes: number;
}

/** From the main thread. */
export type ToWriter =
  | { readonly kind: "open"; readonly options: WriterOptions }
  | { readonly kind: "batch"; readonly batch: Batch }
  /** The store closes: a full disk is not waited for any longer. */
  | { readonly kind: "hurry" }
  | { readonly kind: "close" }
  /** A Worker of its own copies the file. */
  | { readonly kind: "backup"; readonly from: string; readonly to: string };

/** From the Worker. */
export type FromWriter =
  | { readonly kind: "opened" }
  | {
    readonly kind: "written";
    readonly result: BatchResult;
    readonly words: Float64Array<ArrayBuffer>;
  }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string; readonly cause?: string }
  | { readonly kind: "trouble"; readonly trouble: StoreTrouble }
  | { readonly kind: "closed" };
