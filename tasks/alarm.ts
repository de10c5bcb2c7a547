/**
 * Watching for what must not go unnoticed.
 *
 * @module
 */

import type { Task } from "../session/task.ts";
import { AlarmWatcher } from "./alarms/alarm_watcher.ts";
import { type AlarmDefinition, defineAlarm } from "./alarms/definition.ts";
import type { AlarmCondition, AlarmOptions } from "./alarms/options.ts";

/**
 * A task that watches for something: with every entry, and when something is due that needs no entry, it looks at its
 * condition. When that has held for as long as `for` says the alarm is raised, and what `then` says is done. It clears when
 * `clear` holds, or else when the condition does not hold any more. Each change is an event of kind `"alarm"` with the
 * values that it is about, and shows on the live page.
 *
 * NaN trips no comparison, and clears none: a raised alarm stays as it is until it is known that all is well. A condition
 * that throws leaves the alarm as it is too, which is told, and the run goes on. The alarm is watched for until all
 * tasks that run beside it are over, also while the run is being stopped.
 *
 * @param name The alarm's name, one of a kind in the run.
 * @param condition A function of the last values, a limit such as `{ variable: "temperature", above: 80, hysteresis: 2 }`,
 * or `{ stale: "temperature", after: "5min" }`.
 * @param options How long it must hold, what clears it, what is done.
 * @throws {TypeError} If something of it has the wrong shape.
 * @throws {RangeError} If a number can't be meant.
 *
 * @example
 * ```ts
 * import { alarm, every, lasting, Session, VirtualClock } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * await using session = new Session(null, { quiet: true, clock: new VirtualClock() });
 * let temperature = 70;
 * await session.monitor(
 *   every("10s", () => ({ temperature: temperature++ })),
 *   alarm("too hot", { variable: "temperature", above: 80 }, { for: "25s", then: "stop" }),
 *   lasting("1h"),
 * );
 * await session.flush();
 * assert.equal(session.latest["temperature"], 83);
 * assert.deepEqual(
 *   session.events({ kinds: ["alarm"] }).map(({ message }) => message),
 *   ["it is watched for: temperature above 80", "raised: temperature is 83, above 80"],
 * );
 * ```
 */
export function alarm(name: string, condition: AlarmCondition, options: AlarmOptions = {}): Task {
  return alarmTask(defineAlarm(name, condition, options));
}

/** The task that watches for an alarm. */
export function alarmTask(definition: AlarmDefinition): Task {
  const { name, pauses } = definition;
  return {
    kind: "alarm",
    name: `alarm ${name}`,
    background: true,
    pauses: pauses.flatMap(({ tasks }) => tasks),
    async run({ session, stopping, defer }): Promise<void> {
      const watcher = new AlarmWatcher(definition, session);
      // What a function may take twice over: it may be called once more while it is at it.
      const most = 2 * definition.calls.length * definition.timeout;
      defer(`watching for ${JSON.stringify(name)}`, () => watcher.end(), 10_000 + most);
      await new Promise<void>((resolve) => {
        if (stopping.aborted) resolve();
        else stopping.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
}
