/**
 * A sign of life that stays away when the experiment does.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Task } from "../session/task.ts";
import { Heart } from "./heartbeats/heart.ts";
import { defineHeartbeat, type HeartbeatOptions } from "./heartbeats/options.ts";

/** Where a session's heartbeats go to. */
const beating = new WeakMap<Session, Set<string>>();

/**
 * A task that gives a sign of life at an interval, to an address or into a file. Something else watches it, and raises an
 * alarm when it stays away: of an experiment that has died nobody hears otherwise.
 *
 * A beat says that at its time the program lived and its event loop ran, that all it had recorded was on disk, and that
 * the last entry was no older than `silence`. It goes on until the session is over, and then says how that went where there
 * is a place for it: in the file, or at `end` and `fail`. A beat that does not get through is left out, and nothing waits for
 * it; that beats are left out, why, and that they come again, are events.
 *
 * @param options Where to, how often.
 * @throws {TypeError} If something of it has the wrong shape.
 * @throws {RangeError} If a duration is zero.
 *
 * @example
 * ```ts
 * import { every, heartbeat, lasting, Session } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * const file = `${folder}/alive`;
 * await using session = new Session(null, { quiet: true });
 * await session.monitor(
 *   every("20ms", () => ({ temperature: 20 })),
 *   heartbeat({ file, every: "50ms" }),
 *   lasting("200ms"),
 * );
 * await session.close();
 * assert.equal(JSON.parse(Deno.readTextFileSync(file)).state, "completed");
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function heartbeat(options: HeartbeatOptions): Task {
  const definition = defineHeartbeat(options);
  return {
    kind: "heartbeat",
    name: "heartbeat",
    background: true,
    run({ session }): Promise<void> {
      // It outlives the tasks, as what follows them is part of the experiment: tasks that run later need no second one.
      const known = beating.get(session) ?? new Set();
      beating.set(session, known);
      const where = definition.to.kind === "file" ? definition.to.file : definition.to.url.href;
      if (!known.has(where)) new Heart(definition, session);
      known.add(where);
      return Promise.resolve();
    },
  };
}
