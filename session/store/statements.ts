/**
 * The writer's statements, prepared once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

// They are carried out by `get()`, which gives nothing for a statement without rows. `run()` makes a result of
// each call, and a million of those have cost the process 40 MB that it did not give back.

/** What the writer does. */
export type StatementName =
  | "begin"
  | "commit"
  | "rollback"
  | "insertTail"
  | "deleteTail"
  | "insertChunk"
  | "insertColumn"
  | "insertStream"
  | "insertVariable"
  | "describeVariable"
  | "loseRuns"
  | "insertRun"
  | "changeProvenance"
  | "endRun"
  | "insertDatasetName"
  | "insertDataset"
  | "insertParameter"
  | "insertMetadata"
  | "insertEvent"
  | "clearTasks"
  | "insertTask"
  | "insertMessage"
  | "insertPayload"
  | "changeMessage"
  | "forgetPayload"
  | "oldMessage"
  | "countOldMessages"
  | "deleteOldMessages";

// BEGIN, COMMIT and ROLLBACK too: only errors of prepared statements carry SQLite's result code.
const SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  insertTail: 'INSERT INTO tail(seq, stream, t, "check", vals) VALUES (?, ?, ?, ?, ?)',
  deleteTail: "DELETE FROM tail WHERE seq BETWEEN ? AND ?",
  insertChunk:
    'INSERT INTO chunk(id, stream, n, t0, t1, first_seq, last_seq, seq_stride, "check") ' +
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  insertColumn: 'INSERT INTO chunk_data(id, lo, hi, sum, finite, crc, "check", data) ' +
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  insertStream: 'INSERT INTO stream(id, columns, "check") VALUES (?, ?, ?)',
  insertVariable: "INSERT INTO variable(name) VALUES (?)",
  describeVariable: "UPDATE variable SET unit = ?, label = ?, description = ? WHERE id = ?",
  loseRuns: "UPDATE run SET status = 'lost', reason = 'it never ended' WHERE status = 'running'",
  insertRun: "INSERT INTO run(id, name, started, status, first_seq, provenance, version) " +
    "VALUES (?, ?, ?, 'running', ?, ?, ?)",
  changeProvenance: "UPDATE run SET provenance = ? WHERE id = ?",
  endRun: "UPDATE run SET ended = ?, status = ?, reason = ? WHERE id = ? AND status = 'running'",
  insertDatasetName: "INSERT INTO dataset_name(name) VALUES (?)",
  insertDataset: "INSERT INTO dataset(seq, name, t, dtype, shape, crc, data) " +
    "VALUES (?, ?, ?, ?, ?, ?, ?)",
  insertParameter:
    'INSERT INTO parameter(seq, t, name, value, bits, "check") VALUES (?, ?, ?, ?, ?, ?)',
  insertMetadata: 'INSERT INTO metadata(seq, t, name, value, "check") VALUES (?, ?, ?, ?, ?)',
  insertEvent: 'INSERT INTO event(seq, t, kind, level, source, message, data, "check") ' +
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  clearTasks: "DELETE FROM task WHERE run = ?",
  insertTask: "INSERT OR REPLACE INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  insertMessage:
    "INSERT INTO outbox(seq, id, channel, channel_kind, settings, kind, level, subject, " +
    'created, not_before, expires, coalesce_key, bytes, payload, "check", state, stands_for, attempts, ' +
    "settled, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
  insertPayload: "INSERT INTO outbox_payload(id, header, crc, data) VALUES (?, ?, ?, ?)",
  changeMessage:
    "UPDATE outbox SET state = coalesce(?, state), stands_for = coalesce(?, stands_for), " +
    "attempts = coalesce(?, attempts), settled = coalesce(?, settled), " +
    "last_error = coalesce(?, last_error) WHERE id = ?",
  forgetPayload:
    "DELETE FROM outbox_payload AS p WHERE id = (SELECT payload FROM outbox WHERE id = ?) " +
    "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.payload = p.id AND o.state = 'waiting')",
  oldMessage: "SELECT seq FROM outbox WHERE state <> 'waiting' ORDER BY seq DESC LIMIT 1 OFFSET ?",
  countOldMessages: "INSERT INTO outbox_total(state, n) SELECT state, count(*) FROM outbox " +
    "WHERE state <> 'waiting' AND seq <= ? GROUP BY state " +
    "ON CONFLICT(state) DO UPDATE SET n = n + excluded.n",
  deleteOldMessages: "DELETE FROM outbox WHERE state <> 'waiting' AND seq <= ?",
} as const satisfies Record<StatementName, string>;

/** A statement for each thing that the writer does. */
export type Statements = { readonly [Name in StatementName]: StatementSync };

/** Prepares the writer's statements on a connection. */
export function statements(db: DatabaseSync): Statements {
  return Object.fromEntries(
    Object.entries(SQL).map(([name, text]) => [name, db.prepare(text)]),
  ) as Record<StatementName, StatementSync>;
}

/** Makes a statement return rows as arrays, which costs a third of objects. */
export function asArrays(statement: StatementSync): StatementSync {
  // There since Node.js 22.16 and in Deno, but not yet in Deno's types.
  (statement as StatementSync & { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
  return statement;
}

/** All rows of a query as arrays. */
export function rows<Row extends readonly unknown[]>(
  statement: StatementSync,
  ...values: (number | string)[]
): Row[] {
  return statement.all(...values) as unknown as Row[];
}
