/**
 * What went wrong, counted by what it is and whom it concerns.
 *
 * @module
 */

import { fieldsOf } from "../session/fields.ts";
import { toSeconds } from "../session/moment.ts";
import type { Reader } from "../session/store/reader.ts";
import type { Level, StoredEvent } from "../session/store/types.ts";
import type { Trouble } from "./report.ts";

/** Most sorts that are listed. */
const MOST_SORTS = 20;
/** Events that are read at once, and how many in all: the latest ones. */
const AT_ONCE = 5_000;
const MOST_EVENTS = 100_000;

const GRAVITY: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

type Fields = ReturnType<typeof fieldsOf>;

/** Whether an event says that something went wrong. */
export function isTrouble({ kind, level, data }: StoredEvent): boolean {
  if (kind === "alarm") {
    // That it is seen, is still raised or is over is no trouble of its own.
    const { raised, change } = fieldsOf(data);
    return change === undefined ? raised === true : change === "raised" || change === "failing";
  }
  return kind === "gap" || level === "warning" || level === "error";
}

interface Growing {
  readonly trouble: Trouble;
  /** The place of the last one. */
  readonly seq: number;
}

/**
 * What went wrong after a place in the order: each sort once, the gravest first and of those the latest.
 *
 * @returns `left`: how many happenings are of sorts that are not listed.
 */
export function troublesSince(
  reader: Reader,
  seq: number,
): { readonly troubles: Trouble[]; readonly left: number } {
  const sorts = new Map<string, Growing>();
  let before: number | undefined;
  for (let read = 0; read < MOST_EVENTS; read += AT_ONCE) {
    const events = reader.events({
      since: seq,
      limit: AT_ONCE,
      ...(before === undefined ? {} : { before }),
    });
    for (const event of events.toReversed()) if (isTrouble(event)) add(sorts, event);
    before = events[0]?.seq;
    if (events.length < AT_ONCE) break;
  }
  const all = [...sorts.values()].sort((a, b) =>
    GRAVITY[b.trouble.level] - GRAVITY[a.trouble.level] || b.seq - a.seq
  ).map(({ trouble }) => trouble);
  const left = all.slice(MOST_SORTS).reduce((sum, { count }) => sum + count, 0);
  return { troubles: all.slice(0, MOST_SORTS), left };
}

/** Adds an event that happened before those that were added. */
function add(sorts: Map<string, Growing>, event: StoredEvent): void {
  const { t, level, message } = event;
  const data = fieldsOf(event.data);
  const { kind, source } = sortOf(event, data);
  const key = JSON.stringify([kind, source]);
  const known = sorts.get(key);
  const count = typeof data["count"] === "number" ? data["count"] : 1;
  if (known === undefined) {
    const trouble: Trouble = {
      kind,
      ...(source === undefined ? {} : { source }),
      level,
      count,
      first: toSeconds(t),
      last: toSeconds(t),
      firstMessage: message,
      lastMessage: message,
    };
    sorts.set(key, { trouble, seq: event.seq });
    return;
  }
  const { trouble } = known;
  sorts.set(key, {
    ...known,
    trouble: {
      ...trouble,
      level: GRAVITY[level] > GRAVITY[trouble.level] ? level : trouble.level,
      count: trouble.count + count,
      first: toSeconds(t),
      firstMessage: message,
    },
  });
}

/** What an event is told with others as. */
function sortOf(
  { kind, source }: StoredEvent,
  data: Fields,
): { readonly kind: string; readonly source: string | undefined } {
  const { name, kind: what } = data;
  if (kind === "alarm" && typeof name === "string") return { kind, source: name };
  if (kind === "device" && typeof what === "string") return { kind: `device ${what}`, source };
  return { kind, source };
}
