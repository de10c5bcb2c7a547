/**
 * Reads the whole file and compares it with its checksums.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Catalog, Stream } from "./catalog.ts";
import type { Chunk, ChunkSource } from "./chunk_source.ts";
import { summarize } from "./codec.ts";
import type { OutboxSource } from "./outbox_source.ts";
import type { RecordSource } from "./record_source.ts";
import type { Damage, Verification } from "./reader_types.ts";
import { messageOf } from "./sqlite_error.ts";

/** Does a part of the check; what SQLite cannot read at all is damage too. */
function attempt(damage: Damage[], what: string, part: () => void): void {
  try {
    part();
  } catch (error) {
    damage.push({ message: `The ${what} cannot be read: ${messageOf(error)}.`, table: what });
  }
}

function checkStructure(db: DatabaseSync, damage: Damage[]): void {
  for (const row of db.prepare("PRAGMA integrity_check(100)").all()) {
    const message = String(row.integrity_check);
    if (message !== "ok") damage.push({ message: `SQLite: ${message}`, table: "sqlite" });
  }
}

/** Compares a chunk with its checksums and its summaries with its values. */
function checkChunk(source: ChunkSource, stream: Stream, chunk: Chunk, damage: Damage[]): void {
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
    if (same) return;
    damage.push({
      message: `The summary of ${JSON.stringify(name)} in chunk ${chunk.id} is wrong.`,
      table: "chunk_data",
      variables: [name],
      range: [chunk.t0, chunk.t1],
    });
  });
}

/** Checks everything. `damage` is where the catalog and the sources report to. */
export function verifyFile(
  db: DatabaseSync,
  catalog: Catalog,
  source: ChunkSource,
  records: RecordSource,
  outbox: OutboxSource,
  damage: Damage[],
): Verification {
  let entries = 0;
  let datasets = 0;
  attempt(damage, "structure", () => checkStructure(db, damage));
  attempt(damage, "list of variables", () => catalog.refresh());
  for (const stream of catalog.streams.values()) {
    attempt(damage, `chunks of stream ${stream.id}`, () => {
      for (const chunk of source.all(stream)) {
        const before = damage.length;
        checkChunk(source, stream, chunk, damage);
        if (damage.length === before) entries += chunk.n;
      }
    });
  }
  attempt(damage, "tail", () => {
    entries += source.tailAfter(catalog.streams, 0, -1).length;
  });
  attempt(damage, "datasets", () => {
    for (const seq of records.allDatasets()) {
      if (records.datasetAt(seq) !== undefined) datasets += 1;
    }
  });
  attempt(damage, "parameters", () => records.checkParameters());
  attempt(damage, "metadata", () => records.checkMetadata());
  attempt(damage, "events", () => void records.events({}));
  attempt(damage, "outbox", () => outbox.check());
  attempt(damage, "runs", () => void records.runs());
  return { intact: damage.length === 0, damage, entries, datasets };
}
