/**
 * What is stored, in the words of the rest of the session.
 *
 * @module
 */

/** A plain JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json;
};

/** How grave an event is. */
export type Level = "debug" | "info" | "warning" | "error";

/** How a run ended; `"running"` until it has, `"lost"` if it never could say. */
export type RunStatus = "running" | "completed" | "failed" | "interrupted" | "lost";

/** Something that happened. */
export interface EventRecord {
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** What kind: `"start"`, `"stop"`, `"gap"`, `"overrun"`, `"failure"`, `"clock-step"`, `"device"`, `"log"`, … */
  readonly kind: string;
  /** How grave it is. */
  readonly level: Level;
  /** Whom it concerns: a task's or a device's name. */
  readonly source?: string;
  /** A sentence for a person. */
  readonly message: string;
  /** The facts. */
  readonly data?: Json;
}

/** An event as it is read back. */
export interface StoredEvent extends EventRecord {
  /** Its place in the order of everything stored. */
  readonly seq: number;
  /** The run it belongs to. */
  readonly run: number;
}

/** A named series' unit and texts. */
export interface VariableInfo {
  /** The unit, such as `"°C"`. */
  readonly unit?: string;
  /** What an axis says. */
  readonly label?: string;
  /** A sentence. */
  readonly description?: string;
}

/** What is known of a run when it begins. */
export interface RunStart {
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** The experiment's name. */
  readonly name: string;
  /** Plan, versions, host, source: whatever tells later what was run. */
  readonly provenance: Json;
}

/** What is known of a run when it is over. */
export interface RunEnd {
  /** Integer microseconds since 1970. */
  readonly t: number;
  /** How it ended. */
  readonly status: "completed" | "failed" | "interrupted";
  /** Why, in a sentence. */
  readonly reason: string;
}

/** A run as it is read back. */
export interface RunInfo {
  /** 1, 2, 3 … in one file. */
  readonly id: number;
  /** The experiment's name. */
  readonly name: string;
  /** Integer microseconds since 1970. */
  readonly started: number;
  /** Integer microseconds since 1970; null while it runs or if it was lost. */
  readonly ended: number | null;
  /** How it ended. */
  readonly status: RunStatus;
  /** Why it ended. */
  readonly reason: string | null;
  /** What {@linkcode RunStart.provenance} held. */
  readonly provenance: Json;
}

/** A task's figures in one run; times in milliseconds, NaN where nothing was seen. */
export interface TaskStatistics {
  /** The task's name. */
  readonly task: string;
  /** What it is. */
  readonly kind: string;
  /** Its period in milliseconds, or null. */
  readonly period: number | null;
  /** `"waiting"`, `"running"`, `"done"`, `"failed"`, `"stopped"`. */
  readonly state: string;
  /** Steps that ran. */
  readonly ticks: number;
  /** Starts that were missed. */
  readonly skipped: number;
  /** Steps that threw. */
  readonly failures: number;
  /** How late steps began: median, 99th percentile, greatest. */
  readonly lateness: { readonly p50: number; readonly p99: number; readonly max: number };
  /** How long steps took: median, 99th percentile, greatest. */
  readonly duration: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Element types of a dataset. */
export type Dtype =
  | "float64"
  | "float32"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "json";

/** A dataset's value in the form that goes to the file. */
export interface EncodedDataset {
  /** Element type; `"json"` for a JSON value in UTF-8. */
  readonly dtype: Dtype;
  /** Length along each axis, outermost first; empty for JSON. */
  readonly shape: readonly number[];
  /** Elements in row-major order, little-endian. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Something is wrong with the store, or right again. */
export interface StoreTrouble {
  /**
   * - `"full"`: the disk is full; entries wait in memory and are tried again.
   * - `"busy"`: another process holds the file; tried again.
   * - `"overflow"`: the queue was full and records were refused.
   * - `"replaced"`: the file or its write-ahead log was moved or removed; re-opened if `recovered`.
   * - `"failed"`: nothing more can be stored.
   * - `"stalled"`: the main thread has not run for some seconds.
   * - `"recovered"`: what was wrong is over.
   */
  readonly kind: "full" | "busy" | "overflow" | "replaced" | "failed" | "stalled" | "recovered";
  /** A sentence for a person: what, why, what next. */
  readonly message: string;
  /** The cause, if there is one. */
  readonly cause?: unknown;
}
