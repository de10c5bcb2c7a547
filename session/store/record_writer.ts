/**
 * Writes what is not an entry, a row each.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { VERSION } from "../version.ts";
import type { BatchRecord } from "./batch.ts";
import { bytesOf, datasetCheck, parameterCheck, rowCheck } from "./codec.ts";
import type { Statements } from "./statements.ts";
import type { EventRecord, Json, RunStart, TaskStatistics } from "./types.ts";

function json(value: Json): string {
  return JSON.stringify(value) ?? "null";
}

/** SQLite has no NaN; it would store NULL anyway. */
function real(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Begins a run. Those that never ended are lost. */
export function writeRun(sql: Statements, run: number, firstSeq: number, start: RunStart): void {
  sql.loseRuns.get();
  sql.insertRun.get(run, start.name, start.t, firstSeq, json(start.provenance), VERSION);
}

/** Replaces what is known of a run; what was there is overwritten with zeros, as it holds what must not be kept. */
export function changeProvenance(
  db: DatabaseSync,
  sql: Statements,
  run: number,
  provenance: Json,
): void {
  db.exec("PRAGMA secure_delete = ON");
  try {
    sql.changeProvenance.get(json(provenance), run);
  } finally {
    db.exec("PRAGMA secure_delete = OFF");
  }
}

/** Writes a dataset whose name has the number `name`. */
export function writeDataset(
  sql: Statements,
  seq: number,
  name: number,
  record: Extract<BatchRecord, { kind: "dataset" }>,
): void {
  const { t, data } = record;
  const shape = JSON.stringify(data.shape);
  const crc = datasetCheck(seq, record.name, t, data.dtype, shape, data.bytes);
  sql.insertDataset.get(seq, name, t, data.dtype, shape, crc, data.bytes);
}

/** Writes a parameter: as a number for readers of SQL, and its bits. */
export function writeParameter(
  sql: Statements,
  seq: number,
  t: number,
  name: string,
  value: number,
): void {
  const bits = bytesOf(Float64Array.of(value));
  const check = parameterCheck(seq, t, name, bits);
  sql.insertParameter.get(seq, t, name, real(value), bits, check);
}

/** Writes a text. */
export function writeMetadata(
  sql: Statements,
  seq: number,
  t: number,
  name: string,
  value: string,
): void {
  sql.insertMetadata.get(seq, t, name, value, rowCheck(seq, t, name, value));
}

/** Writes an event. */
export function writeEvent(sql: Statements, seq: number, event: EventRecord): void {
  const { t, kind, level, message, data } = event;
  const source = event.source ?? null;
  const text = data === undefined ? null : json(data);
  const check = rowCheck(seq, t, kind, level, source, message, text);
  sql.insertEvent.get(seq, t, kind, level, source, message, text, check);
}

/** Replaces the figures of a run's tasks. */
export function writeStatistics(
  sql: Statements,
  run: number,
  figures: readonly TaskStatistics[],
): void {
  sql.clearTasks.get(run);
  figures.forEach((one, place) => {
    const { lateness, duration } = one;
    sql.insertTask.get(
      run,
      one.task,
      place,
      one.kind,
      one.period,
      one.state,
      one.ticks,
      one.skipped,
      one.failures,
      real(lateness.p50),
      real(lateness.p99),
      real(lateness.max),
      real(duration.p50),
      real(duration.p99),
      real(duration.max),
    );
  });
}
