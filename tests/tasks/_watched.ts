/**
 * What tests of alarms share: values that come at times, and what became of the alarms.
 *
 * @module
 */

import type { Session } from "../../session/session.ts";
import type { RunSummary, SessionOptions } from "../../session/session_types.ts";
import type { StoredEvent } from "../../session/store/types.ts";
import type { Task } from "../../session/task.ts";
import { lasting } from "../../tasks/lasting.ts";
import { once } from "../../tasks/once.ts";
import { START, virtualSession } from "../session/_session.ts";

/** Something that happens at a time, in seconds from the start: values that are recorded, or an act. */
export type Happening = readonly [
  at: number,
  what: Readonly<Record<string, number>> | ((session: Session) => void),
];

/** A task that makes things happen. */
export function happenings(...all: readonly Happening[]): Task {
  return once(async (session: Session, { sleep }) => {
    let now = 0;
    for (const [at, what] of all) {
      if (at > now) await sleep(`${at - now}s`);
      now = Math.max(now, at);
      if (typeof what === "function") what(session);
      else session.addEntry(what);
    }
  }, { name: "happenings" });
}

/** What a run left. */
export interface Left {
  /** How it ended. */
  readonly summary: RunSummary;
  /** What became of its alarms: seconds from the start, what, and of which where there are several. */
  readonly changes: readonly string[];
  /** All that happened. */
  readonly events: readonly StoredEvent[];
  /** Of each variable, when it was recorded, in seconds from the start. */
  readonly times: Readonly<Record<string, readonly number[]>>;
}

/** The facts of an alarm's event. */
export function facts({ data }: StoredEvent): Readonly<Record<string, unknown>> {
  return data as Readonly<Record<string, unknown>>;
}

/** Seconds from the start. */
export function seconds(microseconds: number): number {
  return Math.round(microseconds / 1e3 - START * 1e3) / 1e3;
}

/** Runs tasks on a virtual clock for a while. */
export async function run(
  length: number,
  tasks: readonly Task[],
  options: SessionOptions & { readonly before?: (session: Session) => void } = {},
): Promise<Left> {
  const { before, ...others } = options;
  const session = virtualSession(others);
  before?.(session);
  await session.monitor(
    ...tasks,
    lasting(Temporal.Duration.from({ milliseconds: Math.round(length * 1e3) })),
  );
  await session.flush();
  const events = session.events();
  const times = Object.fromEntries(
    Object.entries(session.loggedData()).map(([name, [t]]) => [
      name,
      [...t].map((at) => seconds(at * 1e6)),
    ]),
  );
  const summary = await session.close();
  const told = events.filter((event) =>
    event.kind === "alarm" && facts(event)["change"] !== "watched"
  );
  const several = new Set(told.map(({ source }) => source)).size > 1;
  const changes = told.map((event) =>
    `${seconds(event.t)} ${several ? `${event.source} ` : ""}${facts(event)["change"]}`
  );
  return { summary, changes, events, times };
}
