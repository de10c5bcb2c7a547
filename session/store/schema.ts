/**
 * The tables of a session's file.
 *
 * An entry is first one row of `tail`; full runs of entries of one stream (one set of variables) become
 * a chunk: a column of times and a column of values for each variable, each with a checksum.
 * `seq` is the one order of entries, datasets, parameters, metadata, events and messages.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { VERSION } from "../version.ts";
import { MIGRATIONS } from "./migrations.ts";

/** `PRAGMA application_id` of a session's file: "STRC". */
export const APPLICATION_ID = 0x53545243;

/** `PRAGMA user_version` of the tables that this version writes. */
export const SCHEMA_VERSION = 2;

/** The oldest `PRAGMA user_version` that is read as it is, without the tables that it lacks. */
export const OLDEST_READ = 1;

/** Columns of one chunk share an id space: `chunk_data.id = chunk * COLUMN_SPACE + column`. */
export const COLUMN_SPACE = 2 ** 20;

/** Column number of a chunk's times. Values follow from 1 in the order of `stream.columns`. */
export const TIME_COLUMN = 0;

/** Column number of a chunk's sequence numbers, where they have no constant stride. */
export const SEQ_COLUMN = COLUMN_SPACE - 1;

/** Most variables in one entry. */
export const MOST_COLUMNS = COLUMN_SPACE - 2;

// `check` covers the numbers of a row (and what precedes it in the order of trust: the data's crc), so
// that a flipped bit in a summary or a time range is noticed without reading the data.
//
// These are the tables of schema 1. A new file takes the same steps from there as an old one, so that both
// are alike.
const FIRST_TABLES = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE run(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
  status TEXT NOT NULL, reason TEXT, first_seq INTEGER NOT NULL, provenance TEXT NOT NULL,
  version TEXT NOT NULL) STRICT;
CREATE TABLE variable(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, unit TEXT, label TEXT, description TEXT) STRICT;
CREATE TABLE stream(
  id INTEGER PRIMARY KEY, columns TEXT NOT NULL UNIQUE, "check" INTEGER NOT NULL) STRICT;
CREATE TABLE tail(
  seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, t INTEGER NOT NULL, "check" INTEGER NOT NULL,
  vals BLOB NOT NULL) STRICT;
CREATE TABLE chunk(
  id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, n INTEGER NOT NULL, t0 INTEGER NOT NULL,
  t1 INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  seq_stride INTEGER NOT NULL, "check" INTEGER NOT NULL) STRICT;
CREATE INDEX chunk_by_time ON chunk(stream, t0, t1);
CREATE INDEX chunk_by_seq ON chunk(stream, last_seq);
CREATE TABLE chunk_data(
  id INTEGER PRIMARY KEY, lo REAL, hi REAL, sum REAL, finite INTEGER NOT NULL, crc INTEGER NOT NULL,
  "check" INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE dataset_name(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE dataset(
  seq INTEGER PRIMARY KEY, name INTEGER NOT NULL, t INTEGER NOT NULL, dtype TEXT NOT NULL,
  shape TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX dataset_by_name ON dataset(name);
CREATE INDEX dataset_by_time ON dataset(name, t);
CREATE TABLE parameter(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, name TEXT NOT NULL, value REAL, bits BLOB NOT NULL,
  "check" INTEGER NOT NULL) STRICT;
CREATE INDEX parameter_by_name ON parameter(name);
CREATE TABLE metadata(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  "check" INTEGER NOT NULL) STRICT;
CREATE INDEX metadata_by_name ON metadata(name);
CREATE TABLE event(
  seq INTEGER PRIMARY KEY, t INTEGER NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, source TEXT,
  message TEXT NOT NULL, data TEXT, "check" INTEGER NOT NULL) STRICT;
CREATE INDEX event_by_kind ON event(kind);
CREATE TABLE task(
  run INTEGER NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, period REAL,
  state TEXT NOT NULL, ticks INTEGER NOT NULL, skipped INTEGER NOT NULL, failures INTEGER NOT NULL,
  lateness_p50 REAL, lateness_p99 REAL, lateness_max REAL,
  duration_p50 REAL, duration_p99 REAL, duration_max REAL,
  PRIMARY KEY (run, name)) STRICT, WITHOUT ROWID;
`;

/** Makes the tables in an empty database, in one transaction. */
export function createSchema(db: DatabaseSync): void {
  db.prepare("BEGIN IMMEDIATE").run();
  try {
    db.exec(FIRST_TABLES);
    for (const step of MIGRATIONS) step.apply(db);
    db.prepare("INSERT INTO meta(key, value) VALUES ('version', ?)").run(VERSION);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.prepare("COMMIT").run();
  } catch (error) {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
    throw error;
  }
}
