/**
 * Opens an SQLite file and tells whether it is a session.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { VERSION } from "../version.ts";
import { migrate, type Migration, MIGRATIONS } from "./migrations.ts";
import { APPLICATION_ID, createSchema, OLDEST_READ, SCHEMA_VERSION } from "./schema.ts";
import { messageOf, primaryCode, SQLITE } from "./sqlite_error.ts";

/** How long SQLite waits for another process's lock, in milliseconds. */
export const BUSY_TIMEOUT = 5000;

/** What is found in a file that could be a session; an `"older"` one can be read as it is, an `"old"` one can't. */
export type Found = "session" | "older" | "old" | "empty";

function refusal(path: string, why: string, cause?: unknown): Error {
  return new Error(`Cannot open ${path} as ${why}.`, cause === undefined ? {} : { cause });
}

/** Says in plain words why SQLite could not open or read the file. */
export function explain(path: string, error: unknown): Error {
  const message = messageOf(error);
  switch (primaryCode(error)) {
    case SQLITE.NOTADB:
      return refusal(path, "it is not a session: it is no SQLite database", error);
    case SQLITE.CORRUPT:
      return refusal(
        path,
        `it is damaged or cut short (${message}): copy it, then try to read the copy with salvage`,
        error,
      );
    case SQLITE.FULL:
      return refusal(path, "the disk is full: free some space", error);
    case SQLITE.BUSY:
      return refusal(path, "another program keeps it locked: end that program", error);
    case SQLITE.READONLY:
      return refusal(
        path,
        "it may not be written: check the rights of the file and its folder",
        error,
      );
    case SQLITE.IOERR:
      return refusal(path, `the disk fails or is full (${message})`, error);
    case SQLITE.CANTOPEN:
      return refusal(
        path,
        "the file or its folder does not exist or may not be used (or the disk is full)",
        error,
      );
  }
  if (error instanceof Deno.errors.NotCapable) return error;
  return refusal(path, `SQLite refuses it (${message})`, error);
}

function tableExists(db: DatabaseSync, name: string): boolean {
  const sql = "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?";
  return db.prepare(sql).get(name) !== undefined;
}

/**
 * Tells what a database holds.
 *
 * @throws {Error} If it is neither a session nor empty, is from a newer version, or cannot be read.
 */
export function inspect(db: DatabaseSync, path: string): Found {
  try {
    const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    const tables = Number(db.prepare("SELECT count(*) AS n FROM sqlite_master").get()?.n);
    if (application === APPLICATION_ID) {
      if (version === SCHEMA_VERSION) return "session";
      if (version < SCHEMA_VERSION) return version < OLDEST_READ ? "old" : "older";
      const writer = db.prepare("SELECT value FROM meta WHERE key = 'version'").get()?.value;
      throw new RangeError(
        `Cannot open ${path} as it is schema ${version}, written by Stripchart ${writer ?? "?"}; ` +
          `this is ${VERSION}, which reads up to schema ${SCHEMA_VERSION}: update Stripchart.`,
      );
    }
    if (tables === 0 && application === 0 && version === 0) return "empty";
    if (application === 0 && tableExists(db, "log_names")) {
      throw refusal(path, "it is a session of pymanip, not of Stripchart: choose another name");
    }
    throw refusal(path, `it is another program's database (application id ${application})`);
  } catch (error) {
    if (primaryCode(error) === undefined) throw error;
    throw explain(path, error);
  }
}

/** How {@linkcode openForWriting} brings an older file up to date. Tests inject steps. */
export interface Schema {
  /** The version wanted. */
  readonly version: number;
  /** The steps to it. */
  readonly migrations: readonly Migration[];
}

/** Sets what a connection that writes needs. */
export function configure(db: DatabaseSync): void {
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY");
  // An fsync on macOS does not reach the platter without it.
  if (Deno.build.os === "darwin") {
    db.exec("PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1");
  }
}

function refuseFolder(path: string): void {
  if (path === ":memory:") return;
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (info.isDirectory) throw refusal(path, "it is a folder");
}

/**
 * Opens a session's file to write it, makes it if it does not exist or is empty, and migrates it if it
 * is old. A write-ahead log that a crash left is replayed.
 *
 * @throws {Error} If it is not a session, is damaged, newer, or cannot be written.
 */
export function openForWriting(
  path: string,
  schema: Schema = { version: SCHEMA_VERSION, migrations: MIGRATIONS },
): DatabaseSync {
  refuseFolder(path);
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  } catch (error) {
    throw explain(path, error);
  }
  try {
    const found = schema.version === SCHEMA_VERSION || path === ":memory:"
      ? inspect(db, path)
      : "old";
    configure(db);
    if (found === "empty") createSchema(db);
    else if (found !== "session") migrate(db, schema.version, schema.migrations);
    // A file that may not be written says so only when something is written.
    db.prepare("BEGIN IMMEDIATE").run();
    db.prepare("ROLLBACK").run();
    return db;
  } catch (error) {
    db.close();
    throw primaryCode(error) === undefined ? error : explain(path, error);
  }
}

function isUnclean(path: string): boolean {
  try {
    return Deno.statSync(`${path}-wal`).size > 0;
  } catch {
    return false;
  }
}

/** How a file is opened for reading. */
export interface ReadingOptions {
  /** Reads what is left of a damaged file instead of refusing it. @default false */
  readonly salvage?: boolean;
}

/**
 * Opens a session's file to read it, also while it is being written. Where the folder may not be
 * written or the disk is full, and there is no write-ahead log, the file is read as immutable.
 *
 * @throws {Error} If it does not exist, is not a session, is damaged or newer.
 */
export function openForReading(path: string, options: ReadingOptions = {}): DatabaseSync {
  refuseFolder(path);
  const open = (name: string | URL): DatabaseSync => {
    const db = new DatabaseSync(name, { readOnly: true, timeout: BUSY_TIMEOUT });
    try {
      if (options.salvage === true) tolerate(db);
      const found = inspect(db, path);
      if (found === "empty") throw refusal(path, "it is empty: nothing was recorded in it");
      if (found === "old") {
        throw refusal(path, "its tables are of an older Stripchart: open it once to write");
      }
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return open(path);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const code = primaryCode(cause);
    const stuck = code === SQLITE.CANTOPEN || code === SQLITE.READONLY || code === SQLITE.IOERR ||
      code === SQLITE.FULL;
    if (stuck && existsAsFile(path) && !isUnclean(path)) {
      try {
        return open(immutableUrl(path));
      } catch (second) {
        // Deno takes the URL for the name of a file, so this needs unscoped --allow-read.
        if (second instanceof Deno.errors.NotCapable) throw explain(path, cause);
        throw primaryCode(second) === undefined ? second : explain(path, second);
      }
    }
    throw primaryCode(error) === undefined ? error : explain(path, error);
  }
}

/** Makes SQLite read a file that is shorter than its header says. */
function tolerate(db: DatabaseSync): void {
  // There in Deno, but not yet in its types.
  (db as DatabaseSync & { enableDefensive?(enabled: boolean): void }).enableDefensive?.(false);
  db.exec("PRAGMA writable_schema = ON");
}

function existsAsFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function immutableUrl(path: string): string {
  const escaped = path.replaceAll("\\", "/").replaceAll("%", "%25").replaceAll("?", "%3f")
    .replaceAll("#", "%23");
  return `file:${escaped}?immutable=1`;
}
