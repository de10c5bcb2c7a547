/**
 * Says of a run that was closed that it failed after all.
 *
 * @module
 */

import { batchOf } from "./batch.ts";
import { openForWriting } from "./database.ts";
import { FileLock } from "./lock.ts";
import { WriterCore } from "./writer_core.ts";

/**
 * Marks a run failed whose program threw after it was closed. It does so at once and in the calling thread,
 * as the program is about to end; if the file can't be had it does nothing.
 *
 * @param path The session's file.
 * @param run The run's number.
 * @param reason What the program threw.
 * @param t Integer microseconds since 1970.
 * @returns Whether the run is marked.
 */
export function markFailed(path: string, run: number, reason: string, t: number): boolean {
  try {
    using _lock = FileLock.acquire(path);
    const database = openForWriting(path);
    try {
      const event = { t, kind: "failure", level: "error", message: reason } as const;
      new WriterCore(database).apply(batchOf([{ kind: "event", event }]));
      database.prepare(
        "UPDATE run SET status = 'failed', reason = ? WHERE id = ? AND status <> 'interrupted'",
      ).run(reason, run);
      return true;
    } finally {
      database.close();
    }
  } catch {
    // The program's own error is what its user has to see.
    return false;
  }
}
