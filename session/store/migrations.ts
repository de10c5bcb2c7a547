/**
 * Brings the tables of an older file to the present schema.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { VERSION } from "../version.ts";

/** One step from a schema version to the next. */
export interface Migration {
  /** The version it starts from; it leads to the one after. */
  readonly from: number;
  /** Changes the tables. It runs inside a transaction that it must not end. */
  apply(db: DatabaseSync): void;
}

// A message is a row for each channel that it goes to, and one payload for all of them, which goes when none
// waits any more. Of the rows that are settled the latest are kept, the others are counted in `outbox_total`.
const OUTBOX = `
CREATE TABLE outbox(
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, channel_kind TEXT NOT NULL,
  settings TEXT NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, subject TEXT NOT NULL,
  created INTEGER NOT NULL, not_before INTEGER NOT NULL, expires INTEGER NOT NULL,
  coalesce_key TEXT, bytes INTEGER NOT NULL, payload INTEGER NOT NULL, "check" INTEGER NOT NULL,
  state TEXT NOT NULL, stands_for INTEGER NOT NULL, attempts INTEGER NOT NULL, settled INTEGER,
  last_error TEXT) STRICT;
CREATE INDEX outbox_by_state ON outbox(state, seq);
CREATE INDEX outbox_by_payload ON outbox(payload);
CREATE TABLE outbox_payload(
  id INTEGER PRIMARY KEY, header TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE outbox_total(state TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** All steps so far, oldest first. A step that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  { from: 1, apply: (db) => db.exec(OUTBOX) },
];

/**
 * Applies in one transaction every step that leads from the file's version to `target`. After an error
 * the file is as it was.
 *
 * @param db A connection that may write.
 * @param target The version wanted.
 * @param migrations The steps.
 * @throws {RangeError} If a step is missing.
 */
export function migrate(
  db: DatabaseSync,
  target: number,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  db.prepare("BEGIN IMMEDIATE").run();
  try {
    let version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    while (version < target) {
      const step = migrations.find((migration) => migration.from === version);
      if (step === undefined) {
        throw new RangeError(
          `Cannot migrate the session as there is no step from schema ${version} to ${
            version + 1
          }. ` +
            `Open it with the version of Stripchart that wrote it.`,
        );
      }
      step.apply(db);
      version += 1;
      db.exec(`PRAGMA user_version = ${version}`);
    }
    db.prepare("INSERT OR REPLACE INTO meta(key, value) VALUES ('version', ?)").run(VERSION);
    db.prepare("COMMIT").run();
  } catch (error) {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
    throw error;
  }
}
