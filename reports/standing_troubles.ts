/**
 * What is wrong with a run at this moment.
 *
 * @module
 */

import { fieldsOf } from "../session/fields.ts";
import { toSeconds } from "../session/moment.ts";
import type { RunStanding } from "../session/session_status.ts";
import type { Reader } from "../session/store/reader.ts";
import type { RunOutline } from "../session/store/reader_types.ts";
import type { Standing } from "./report.ts";

/** Of more events than this the last ones tell how it stands. */
const MOST_EVENTS = 20_000;
/** Most of it that is listed. */
const MOST_STANDING = 30;

/** What events of a device mean for it. */
const LOST: Readonly<Record<string, boolean>> = {
  lost: true,
  reopened: false,
  recovered: false,
  opened: false,
  closed: false,
};

/** Devices that are lost, alarms that are raised, tasks that were given up. */
export function standingTroubles(
  reader: Reader,
  run: RunOutline,
  { tasks }: RunStanding,
): Standing[] {
  const found = new Map<string, Standing>();
  const events = reader.events({
    kinds: ["device", "alarm", "task-failed", "task-abandoned"],
    since: run.firstSeq - 1,
    limit: MOST_EVENTS,
  });
  const failed = new Set(
    tasks.filter(({ state }) => state === "failed" || state === "abandoned").map(({ task }) =>
      task
    ),
  );
  for (const { kind, source, level, message, t, data } of events) {
    const fields = fieldsOf(data);
    const name = kind === "alarm" ? fields["name"] : source;
    if (typeof name !== "string") continue;
    const what = kind === "device" || kind === "alarm" ? kind : "task";
    const wrong = what === "task"
      ? failed.has(name)
      : what === "alarm"
      ? fields["raised"]
      : LOST[String(fields["kind"])];
    const key = `${what} ${name}`;
    if (wrong === true) {
      // Since it was first so: an alarm may say again that it is raised.
      const since = found.get(key)?.since ?? toSeconds(t);
      found.set(key, { what, name, level, message, since });
    } else if (wrong === false) found.delete(key);
  }
  return [...found.values()].slice(0, MOST_STANDING);
}
