/**
 * Long sessions, written quickly.
 *
 * @module
 */

import { batchOf } from "../session/store/batch.ts";
import { openForWriting } from "../session/store/database.ts";
import { WriterCore } from "../session/store/writer_core.ts";

/** When the first entry is recorded, integer microseconds since 1970. */
export const FIRST = 1.7e15;

/** Names of so many variables. */
export function names(width: number): string[] {
  return Array.from({ length: width }, (_, i) => `v${i}`);
}

/**
 * Fills a file through the writer's core.
 *
 * @param width How many values an entry has.
 * @param rows How many entries there are.
 * @param period Microseconds from one to the next. @default a second
 */
export function fill(path: string, width: number, rows: number, period = 1e6): void {
  const db = openForWriting(path);
  db.exec("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 20000");
  const core = new WriterCore(db);
  const sorted = names(width).sort();
  core.apply(batchOf([{ kind: "stream", handle: 0, order: names(width), names: sorted }]));
  const step = Math.max(1, Math.floor(400_000 / (width + 2)));
  for (let done = 0; done < rows; done += step) {
    const n = Math.min(step, rows - done);
    const words = new Float64Array(n * (width + 2));
    for (let i = 0, at = 0; i < n; i++) {
      words[at++] = 0;
      words[at++] = FIRST + (done + i) * period;
      for (let k = 0; k < width; k++) words[at++] = Math.sin(done + i + k);
    }
    core.apply({ words, length: words.length, records: [] });
  }
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}
