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

/** All steps so far, oldest first. A step that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [];

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
