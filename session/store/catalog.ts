/**
 * Which variables and streams a file holds.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { streamCheck } from "./codec.ts";
import type { Damage } from "./reader_types.ts";
import { asArrays, rows } from "./statements.ts";

/** A set of variables that were recorded together. */
export interface Stream {
  /** Its number in the file. */
  readonly id: number;
  /** Its variables, sorted: the first one is column 1. */
  readonly names: readonly string[];
}

/** Where a variable's values are. */
export interface Place {
  /** The stream. */
  readonly stream: Stream;
  /** The place of its value in an entry, from 0. */
  readonly index: number;
}

const NO_PLACES: readonly Place[] = [];

/** Streams and variables so far; it follows a file that is being written. */
export class Catalog {
  /** All streams by number. */
  readonly streams = new Map<number, Stream>();
  readonly #places = new Map<string, Place[]>();
  readonly #names = new Map<number, string>();
  readonly #newStreams: StatementSync;
  readonly #newNames: StatementSync;
  readonly #report: (damage: Damage) => void;
  #lastStream = 0;
  #lastName = 0;

  /** A catalog that knows nothing yet; damage is told to `report`. */
  constructor(db: DatabaseSync, report: (damage: Damage) => void) {
    this.#report = report;
    this.#newStreams = asArrays(
      db.prepare('SELECT id, columns, "check" FROM stream WHERE id > ? ORDER BY id'),
    );
    this.#newNames = asArrays(db.prepare("SELECT id, name FROM variable WHERE id > ? ORDER BY id"));
  }

  /** Learns what is new. */
  refresh(): void {
    const found = rows<[number, string, number]>(this.#newStreams, this.#lastStream);
    if (found.length === 0) return;
    for (const [id, name] of rows<[number, string]>(this.#newNames, this.#lastName)) {
      this.#names.set(id, name);
      this.#lastName = id;
    }
    for (const [id, columns, check] of found) {
      this.#lastStream = id;
      const ids = parseIds(columns);
      const names = ids?.map((variable) => this.#names.get(variable) ?? "");
      if (ids === undefined || names === undefined || streamCheck(id, ids, names) !== check) {
        this.#report({
          message: `Stream ${id} does not match its checksum: its values cannot be told apart.`,
          table: "stream",
          row: id,
          ...(names === undefined ? {} : { variables: names }),
        });
        continue;
      }
      const stream = { id, names };
      this.streams.set(id, stream);
      names.forEach((name, index) => {
        const places = this.#places.get(name);
        if (places === undefined) this.#places.set(name, [{ stream, index }]);
        else places.push({ stream, index });
      });
    }
  }

  /** Where a variable's values are; nowhere if it has none. */
  places(name: string): readonly Place[] {
    return this.#places.get(name) ?? NO_PLACES;
  }
}

function parseIds(text: string): number[] | undefined {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) && ids.every((id) => typeof id === "number") ? ids : undefined;
  } catch {
    return undefined;
  }
}
