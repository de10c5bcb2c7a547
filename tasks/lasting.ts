/**
 * The end of a run after a given time.
 *
 * @module
 */

import type { Task } from "../session/task.ts";
import { type DurationInput, formatDuration, milliseconds } from "../time/duration.ts";

/**
 * A task that ends the run after a time. A step that is due at the very end is not begun: every second for ten
 * seconds makes ten steps.
 *
 * @param duration How long the run lasts, above zero.
 * @throws {RangeError} If it is zero.
 */
export function lasting(duration: DurationInput): Task {
  const ms = milliseconds(duration);
  if (ms === 0) throw new RangeError("Cannot run for 0 s: give a duration above zero");
  const length = formatDuration(ms);
  return {
    kind: "for",
    name: `for ${length}`,
    ends: "at-once",
    async run({ clock, stopping, progress, start: from, end }): Promise<string> {
      end.at = Math.min(end.at, from + ms);
      progress({ span: [from, from + ms] });
      await clock.sleepUntil(from + ms, stopping);
      return `the time of ${length} is over`;
    },
  };
}
