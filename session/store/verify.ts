/**
 * Reads the whole file and compares it with its checksums.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Catalog } from "./catalog.ts";
import type { ChunkSource } from "./chunk_source.ts";
import { summarize } from "./codec.ts";
import type { RecordSource } from "./record_source.ts";
import type { Damage, Verification } from "./reader_types.ts";
import { messageOf } from "./sqlite_error.ts";

function checkStructure(db: DatabaseSync, damage: Damage[]): void {
  try {
    for (const row of db.prepare("PRAGMA integrity_check(100)").all()) {
      const message = String(row.integrity_check);
      if (message !== "ok") damage.push({ message: `SQLite: ${message}`, table: "sqlite" });
    }
  } catch (error) {
    damage.push({ message: `SQLite: ${messageOf(error)}`, table: "sqlite" });
  }
}

/** Checks everything. `damage` is where the sources report to. */
export function verifyFile(
  db: DatabaseSync,
  catalog: Catalog,
  source: ChunkSource,
  records: RecordSource,
  damage: Damage[],
): Verification {
  checkStructure(db, damage);
  let entries = 0;
  for (const stream of catalog.streams.values()) {
    for (const chunk of source.all(stream)) {
      const before = damage.length;
      const scratch = new Float64Array(chunk.n);
      source.times(chunk, stream, scratch, 0);
      source.seqs(chunk, stream, scratch, 0);
      stream.names.forEach((name, index) => {
        const values = source.values(chunk, stream, index);
        const summary = source.summary(chunk, stream, index);
        if (values === undefined || summary === undefined) return;
        const now = summarize(values);
        const same = now.lo === summary.lo && now.hi === summary.hi && now.sum === summary.sum &&
          now.finite === summary.finite;
        if (!same) {
          damage.push({
            message: `The summary of ${JSON.stringify(name)} in chunk ${chunk.id} is wrong.`,
            table: "chunk_data",
            variables: [name],
            range: [chunk.t0, chunk.t1],
          });
        }
      });
      if (damage.length === before) entries += chunk.n;
    }
    entries += source.tailOf(stream).length;
  }
  let datasets = 0;
  for (const seq of records.allDatasets()) if (records.datasetAt(seq) !== undefined) datasets += 1;
  records.checkParameters();
  return { intact: damage.length === 0, damage, entries, datasets };
}
