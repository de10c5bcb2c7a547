/**
 * What a session does once a second.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import { ClockWatch } from "./clock_watch.ts";
import type { EventLog } from "./events.ts";

/** Milliseconds between two beats. */
export const BEAT = 1_000;

/**
 * Beats until it is stopped: watches the clocks, and calls `beat` for what else is to be done. A step of the
 * wall clock, or a machine that was asleep, is one gap in the file.
 *
 * @param stop Ends it.
 */
export async function pulse(
  clock: Clock,
  events: EventLog,
  beat: (count: number) => void,
  stop: AbortSignal,
): Promise<void> {
  const watch = new ClockWatch(clock, BEAT);
  for (let count = 0; !stop.aborted; count++) {
    beat(count);
    try {
      await clock.sleepUntil(clock.monotonic() + BEAT, stop);
    } catch {
      return;
    }
    const found = watch.look();
    if (found === undefined) continue;
    if (found.step !== 0) {
      const way = found.step > 0 ? "forward" : "back";
      const size = formatDuration(Math.abs(found.step));
      const cause = found.step > 0 ? ": it was set, or the machine was suspended" : ": it was set";
      events.record("clock-step", "warning", `the wall clock went ${way} by ${size}${cause}`, {
        data: { step: found.step },
      });
    }
    if (found.pause !== 0) {
      const size = formatDuration(found.pause);
      const message =
        `nothing ran for ${size}: the event loop was blocked, or the machine suspended`;
      const to = clock.wall();
      const from = to - Math.round(found.pause * 1e3);
      events.record("gap", "warning", message, { data: { pause: found.pause, from, to } });
    }
  }
}
