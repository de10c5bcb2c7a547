/**
 * What there is in a file, without reading it: for those who follow it while it is being written.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { DatasetCount, RunOutline } from "./reader_types.ts";
import { asArrays, rows } from "./statements.ts";
import type { RunStatus } from "./types.ts";

// The greatest place of each table, by its key or its index: nothing here grows with the file.
const LAST_SEQ = `SELECT max(
  coalesce((SELECT max(seq) FROM tail), 0),
  coalesce((SELECT max((SELECT max(last_seq) FROM chunk WHERE stream = stream.id)) FROM stream), 0),
  coalesce((SELECT max(seq) FROM dataset), 0),
  coalesce((SELECT max(seq) FROM parameter), 0),
  coalesce((SELECT max(seq) FROM metadata), 0),
  coalesce((SELECT max(seq) FROM event), 0))`;

type RunRow = [number, string, number, number | null, string, string | null, number];

interface Counted {
  readonly name: string;
  count: number;
  last: number;
}

/** The part of a reader that tells what is new. */
export class OutlineSource {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #counted = new Map<number, Counted>();

  /** Counts nothing yet. */
  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  #rows<Row extends readonly unknown[]>(text: string, ...values: (number | string)[]): Row[] {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = asArrays(this.#db.prepare(text));
      this.#prepared.set(text, statement);
    }
    return rows<Row>(statement, ...values);
  }

  /** A text that differs after each change, by this connection or another. */
  version(): string {
    const [others] = this.#rows<[number]>("PRAGMA data_version");
    const [own] = this.#rows<[number]>("SELECT total_changes()");
    return `${others?.[0]}.${own?.[0]}`;
  }

  /** The last place in the order of everything stored; 0 if there is nothing. */
  lastSeq(): number {
    return this.#rows<[number]>(LAST_SEQ)[0]?.[0] ?? 0;
  }

  /** All runs, without what each was run with. */
  runs(): RunOutline[] {
    return this.#rows<RunRow>(
      "SELECT id, name, started, ended, status, reason, first_seq FROM run ORDER BY id",
    ).map(([id, name, started, ended, status, reason, firstSeq]) => ({
      id,
      name,
      started,
      ended,
      status: status as RunStatus,
      reason,
      firstSeq,
    }));
  }

  /** How many datasets there are of each name. What was counted is not counted again. */
  datasetCounts(): DatasetCount[] {
    for (
      const [id, name] of this.#rows<[number, string]>("SELECT id, name FROM dataset_name")
    ) {
      let counted = this.#counted.get(id);
      if (counted === undefined) {
        counted = { name, count: 0, last: 0 };
        this.#counted.set(id, counted);
      }
      const [found] = this.#rows<[number, number | null]>(
        "SELECT count(*), max(seq) FROM dataset WHERE name = ? AND seq > ?",
        id,
        counted.last,
      );
      counted.count += found?.[0] ?? 0;
      counted.last = found?.[1] ?? counted.last;
    }
    return [...this.#counted.values()].filter(({ count }) => count > 0)
      .map(({ name, count }) => ({ name, count }));
  }
}
