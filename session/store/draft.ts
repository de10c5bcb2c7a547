/**
 * A batch that is being filled, and those who wait for it.
 *
 * @module
 */

import { type BatchRecord, type BatchResult, RECORD } from "./batch.ts";

/** Words of a batch at most, 1 MiB: what is written in one transaction stays short. */
export const BATCH_WORDS = 2 ** 17;
/** Bytes of a batch at most. */
export const BATCH_BYTES: number = 8 * BATCH_WORDS;
/** Words of a batch to begin with. */
export const FIRST_WORDS = 1024;

/** A promise and what settles it. */
export interface Waiter {
  /** What the caller was given. */
  readonly promise: Promise<unknown>;
  /** Resolves it. */
  readonly resolve: (value: unknown) => void;
  /** Rejects it. */
  readonly reject: (error: Error) => void;
}

/** A promise to be settled later. */
export function waiter(): Waiter {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  return { promise, resolve, reject };
}

/** Handles a rejection that was told otherwise. */
export function ignore(): void {}

/** A rejection that nobody handles is not reported: the store's `onTrouble` has said it. */
export function rejected<T>(error: unknown): Promise<T> {
  const promise = Promise.reject<T>(error);
  promise.catch(ignore);
  return promise;
}

/** A batch that is being filled or waits. */
export class Draft {
  /** Entries and places of other records, one after another, as in a `Batch`. */
  words: Float64Array<ArrayBuffer>;
  /** Words in use. */
  length = 0;
  /** The records that are not entries. */
  readonly records: BatchRecord[] = [];
  /** Who waits for single records, by their places. */
  readonly waiters: Map<number, Waiter> = new Map();
  /** All entries of a batch are written or refused together: one promise serves them. */
  entries: Waiter | undefined;
  /** Records of callers. */
  count = 0;
  /** Bytes that they take. */
  bytes = 0;
  /** Resolves when the batch is on disk or was refused. */
  readonly done: Waiter = waiter();

  /** An empty batch that uses `words`. */
  constructor(words: Float64Array<ArrayBuffer>) {
    this.words = words;
  }

  /** Makes room for `more` words and gives the place of the first. */
  reserve(more: number): number {
    const needed = this.length + more;
    if (needed > this.words.length) {
      const wide = new Float64Array(Math.max(needed, this.words.length * 2));
      wide.set(this.words.subarray(0, this.length));
      this.words = wide;
    }
    return this.length;
  }

  /** Adds a record that is no entry and gives its place. */
  add(record: BatchRecord): number {
    const at = this.reserve(2);
    this.words[at] = RECORD;
    this.words[at + 1] = this.records.length;
    this.length += 2;
    return this.records.push(record) - 1;
  }

  /** Tells everybody that the batch is on disk. */
  fulfil({ runs, refused }: BatchResult): void {
    this.entries?.resolve(undefined);
    for (const [place, one] of this.waiters) {
      const why = refused.get(place);
      if (why === undefined) one.resolve(runs.get(place));
      else Draft.#reject(one, new Error(`Cannot store a record as SQLite refuses it: ${why}.`));
    }
    this.done.resolve(undefined);
  }

  /** Tells everybody that it is not. */
  reject(error: Error): void {
    if (this.entries !== undefined) Draft.#reject(this.entries, error);
    for (const one of this.waiters.values()) Draft.#reject(one, error);
    this.done.resolve(undefined);
  }

  static #reject(one: Waiter, error: Error): void {
    one.promise.catch(ignore);
    one.reject(error);
  }

  /** When its first record was, if it says. */
  get time(): number | undefined {
    if (this.length >= 2 && this.words[0] !== RECORD) return this.words[1];
    for (const record of this.records) {
      if ("t" in record) return record.t;
      if (record.kind === "event") return record.event.t;
    }
    return undefined;
  }
}
