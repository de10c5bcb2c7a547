/**
 * What the main thread hands to the writer: many records in the order of their calls.
 *
 * @module
 */

import type { OutboxRecord } from "./outbox_types.ts";
import type {
  EncodedDataset,
  EventRecord,
  Json,
  RunEnd,
  RunStart,
  TaskStatistics,
  VariableInfo,
} from "./types.ts";

/** A record that is not an entry. */
export type BatchRecord =
  | {
    readonly kind: "stream";
    /** The number that entries of this set of variables carry in the batch. */
    readonly handle: number;
    /** The variables in the order in which they were first recorded. */
    readonly order: readonly string[];
    /** The variables sorted, as their values are. */
    readonly names: readonly string[];
  }
  | { readonly kind: "run-start"; readonly start: RunStart }
  | { readonly kind: "provenance"; readonly provenance: Json }
  | { readonly kind: "run-end"; readonly end: RunEnd }
  | {
    readonly kind: "dataset";
    readonly t: number;
    readonly name: string;
    readonly data: EncodedDataset;
  }
  | {
    readonly kind: "parameters";
    readonly t: number;
    readonly values: readonly (readonly [string, number])[];
  }
  | {
    readonly kind: "metadata";
    readonly t: number;
    readonly values: readonly (readonly [string, string])[];
  }
  | { readonly kind: "variable"; readonly name: string; readonly info: VariableInfo }
  | { readonly kind: "event"; readonly event: EventRecord }
  | { readonly kind: "statistics"; readonly figures: readonly TaskStatistics[] }
  | { readonly kind: "outbox"; readonly messages: OutboxRecord };

/** In {@linkcode Batch.words}: not a handle, but the place of a record in {@linkcode Batch.records}. */
export const RECORD: number = -1;

/** Records to be written in one transaction. */
export interface Batch {
  /**
   * One after another: an entry as its handle, its time and its values in sorted order of their names;
   * any other record as {@linkcode RECORD} and its place.
   */
  readonly words: Float64Array<ArrayBuffer>;
  /** How many words are in use. */
  readonly length: number;
  /** The records that are not entries. */
  readonly records: readonly BatchRecord[];
}

/** What became of a batch that was committed. */
export interface BatchResult {
  /** Numbers of the runs that began, by the record's place. */
  readonly runs: ReadonlyMap<number, number>;
  /** Why single records were refused, by the record's place; all others are on disk. */
  readonly refused: ReadonlyMap<number, string>;
}

/** A batch of records that are not entries. */
export function batchOf(records: readonly BatchRecord[]): Batch {
  const words = new Float64Array(records.length * 2);
  records.forEach((_, place) => {
    words[place * 2] = RECORD;
    words[place * 2 + 1] = place;
  });
  return { words, length: words.length, records };
}
