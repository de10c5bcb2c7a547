/**
 * The Worker in which the file is written. It is bundled to `writer_worker.bundle.js` and started from
 * a blob, so that it needs no permission of its own and travels in a compiled program.
 *
 * @module
 */

import { backup, DatabaseSync } from "node:sqlite";
import { DurableWriter } from "./durable_writer.ts";
import { messageOf } from "./sqlite_error.ts";
import type { FromWriter, ToWriter } from "./worker_protocol.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToWriter>) => void) | null;
  postMessage(message: FromWriter, transfer?: Transferable[]): void;
};

let writer: DurableWriter | undefined;

function say(message: FromWriter): void {
  scope.postMessage(message, message.kind === "written" ? [message.words.buffer] : []);
}

/** Copies a snapshot. `VACUUM INTO` would attach a database, which Deno forbids under narrow permissions. */
async function backUp(from: string, to: string): Promise<void> {
  const db = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  try {
    // What is written meanwhile would make SQLite begin the copy anew each time.
    db.prepare("BEGIN").run();
    db.prepare("SELECT count(*) FROM meta").get();
    await backup(db, to);
    say({ kind: "closed" });
  } catch (error) {
    say({ kind: "failed", message: messageOf(error) });
  } finally {
    db.close();
  }
}

scope.onmessage = ({ data }) => {
  try {
    switch (data.kind) {
      case "open":
        writer = new DurableWriter(data.options, say);
        say({ kind: "opened" });
        break;
      case "batch":
        writer?.write(data.batch);
        break;
      case "hurry":
        writer?.hurry();
        break;
      case "close":
        writer?.close();
        say({ kind: "closed" });
        break;
      case "backup":
        void backUp(data.from, data.to).catch((error) => {
          say({ kind: "failed", message: messageOf(error) });
        });
    }
  } catch (error) {
    say({ kind: "failed", message: messageOf(error) });
  }
};
