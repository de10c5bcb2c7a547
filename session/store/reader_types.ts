/**
 * What a reader gives.
 *
 * @module
 */

import type { EncodedDataset, RunInfo, VariableInfo } from "./types.ts";

/** A part of the file that cannot be trusted, and so was not read. */
export interface Damage {
  /** What it is, for a person. */
  readonly message: string;
  /** Where: a table of the file. */
  readonly table: string;
  /** The row, if one is known. */
  readonly row?: number;
  /** Variables whose values are missing. */
  readonly variables?: readonly string[];
  /** The first and last time of what is missing, integer microseconds since 1970, if it is known. */
  readonly range?: readonly [number, number];
  /** How many entries are missing, if it is known. */
  readonly entries?: number;
}

/** A variable as the file knows it. */
export interface StoredVariable extends VariableInfo {
  /** Its name. */
  readonly name: string;
  /** True if it has values; false if only its texts were set. */
  readonly recorded: boolean;
}

/** Values of one variable in the order in which they were recorded. */
export interface Series {
  /** Integer microseconds since 1970. They go back where the clock did. */
  readonly t: Float64Array;
  /** One value a time. */
  readonly values: Float64Array;
}

/** Which part of a series. */
export interface SeriesOptions {
  /** First time that is wanted. */
  readonly from?: number;
  /** Last time that is wanted; it is included. */
  readonly to?: number;
  /** Only the last so many of these values. */
  readonly last?: number;
}

/** One value and when it was recorded. */
export interface Sample {
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** The value. */
  readonly value: number;
  /** Its place in the order of everything stored. */
  readonly seq: number;
}

/** The values of a variable on either side of a window. */
export interface Nearest {
  /** The last one before it, if there is one. */
  readonly before?: Omit<Sample, "seq">;
  /** The first one after it, if there is one. */
  readonly after?: Omit<Sample, "seq">;
}

/** One entry. */
export interface StoredEntry {
  /** Its place in the order of everything stored. */
  readonly seq: number;
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** The variables, sorted. */
  readonly names: readonly string[];
  /** One value a variable. */
  readonly values: Float64Array;
}

/** Which entries are visited. */
export interface RowsOptions {
  /** First time that is wanted. */
  readonly from?: number;
  /** Last time that is wanted; it is included. */
  readonly to?: number;
  /** Only entries after this place in the order. @default 0 */
  readonly after?: number;
  /** At most so many entries. */
  readonly most?: number;
}

/** What an entry holds of the variables that were asked for. */
export interface Row {
  /** Its place in the order of everything stored. */
  readonly seq: number;
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** One value a variable that was asked for; NaN where the entry has none. */
  readonly values: Float64Array;
  /** 1 where the entry has a value, else 0. */
  readonly has: Uint8Array;
}

/** A dataset as it is read back. */
export interface StoredDataset extends EncodedDataset {
  /** Its name. */
  readonly name: string;
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** Its place in the order of everything stored. */
  readonly seq: number;
}

/**
 * Which dataset of a name: the last one at or before a time, or the n-th, counted from 0 or, if it is
 * negative, from the end.
 */
export type DatasetChoice = { readonly at: number } | { readonly n: number };

/** A text and when it was set. */
export interface TextSample {
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** The text. */
  readonly value: string;
  /** Its place in the order of everything stored. */
  readonly seq: number;
}

/** A run without what it was run with. */
export interface RunOutline extends Omit<RunInfo, "provenance"> {
  /** The first place in the order that belongs to it. */
  readonly firstSeq: number;
}

/** How many datasets there are of a name. */
export interface DatasetCount {
  /** The name. */
  readonly name: string;
  /** How many. */
  readonly count: number;
}

/** Which events. */
export interface EventsOptions {
  /** Only those after this place in the order. */
  readonly since?: number;
  /** Only those before this place in the order. */
  readonly before?: number;
  /** Only these kinds. */
  readonly kinds?: readonly string[];
  /** At most so many, the last ones. */
  readonly limit?: number;
}

/** What all entries together span. */
export interface Range {
  /** Least time of an entry, or null if there is none. */
  readonly first: number | null;
  /** Greatest time of an entry, or null if there is none. */
  readonly last: number | null;
  /** How many entries there are. */
  readonly entries: number;
}

/** Which buckets. */
export interface BucketOptions {
  /** First time, integer microseconds since 1970. */
  readonly from: number;
  /** Last time; it is included. It must be after `from`. */
  readonly to: number;
  /** How many buckets of equal width. */
  readonly buckets: number;
}

/** Least, greatest and mean value of each bucket; NaN and infinite values do not count. */
export interface Buckets {
  /** When each bucket begins, microseconds since 1970. */
  readonly t: Float64Array;
  /** Least value; NaN where there is none. */
  readonly min: Float64Array;
  /** Greatest value; NaN where there is none. */
  readonly max: Float64Array;
  /** Mean; NaN where there is none. */
  readonly mean: Float64Array;
  /** How many values. */
  readonly count: Float64Array;
}

/** What a check of the whole file found. */
export interface Verification {
  /** True if nothing is damaged. */
  readonly intact: boolean;
  /** Every damage that was found. */
  readonly damage: readonly Damage[];
  /** Entries that are intact. */
  readonly entries: number;
  /** Datasets that are intact. */
  readonly datasets: number;
}
