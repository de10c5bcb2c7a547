/**
 * A step at a fixed period.
 *
 * @module
 */

import { Grid, type OverrunPolicy } from "../session/grid.ts";
import type { Session } from "../session/session.ts";
import {
  checkStepOptions,
  type StepContext,
  type StepOptions,
  type StepResult,
  StepRunner,
} from "../session/step.ts";
import type { Task } from "../session/task.ts";
import { type DurationInput, formatDuration, milliseconds } from "../time/duration.ts";

/** How a periodic task runs. */
export interface EveryOptions extends StepOptions {
  /** The task's name. @default the function's name, or `every 10s` */
  readonly name?: string;
  /** What becomes of starts that were missed because a step took too long. @default "skip" */
  readonly overrun?: OverrunPolicy;
  /** How long after the beginning the first step is due. @default "0s" */
  readonly delay?: DurationInput;
}

/**
 * A task that runs a step on an absolute grid of time: it never drifts, however long the steps take. What a
 * step returns is recorded as one entry.
 *
 * A period below 50 ms is timed by a thread of its own; the step itself always runs on the main thread.
 *
 * @param period Time from start to start, above zero.
 * @param work The step, called with the session as `this` and as first argument.
 * @throws {RangeError} If the period is zero.
 *
 * @example
 * ```ts
 * import { every, lasting, Session, VirtualClock } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * await using session = new Session(null, { quiet: true, clock: new VirtualClock() });
 * let count = 0;
 * await session.monitor(every("10s", () => ({ count: count++ })), lasting("95s"));
 * assert.equal(session.statistics()[0]?.ticks, 10);
 * ```
 */
export function every(
  period: DurationInput,
  // deno-lint-ignore no-explicit-any -- a function may name its own subclass of Session as this
  work: (this: any, session: Session, step: StepContext) => StepResult | Promise<StepResult>,
  options: EveryOptions = {},
): Task {
  checkStepOptions(options);
  const ms = milliseconds(period);
  if (ms === 0) throw new RangeError("Cannot run a step every 0 s: give a period above zero");
  const delay = milliseconds(options.delay ?? "0s");
  const name = options.name ?? (work.name === "" ? `every ${formatDuration(ms)}` : work.name);
  return {
    kind: "every",
    name,
    period: ms,
    pausable: true,
    async run(context): Promise<void> {
      const { clock, session, stopping, statistics } = context;
      using grid = new Grid(clock, ms, options.overrun ?? "skip", context.start + delay);
      const runner = new StepRunner(context, name, options);
      const step = (inner: StepContext): unknown => work.call(session, session, inner);
      while (true) {
        if (await context.resumed()) grid.pass();
        context.progress({ nextAt: grid.due });
        const { lateness, skipped } = await grid.next(stopping, context.end);
        if (context.paused) continue;
        if (skipped > 0) {
          statistics.skipped(skipped);
          session.repeatedEvent(
            "overrun",
            "warning",
            name,
            skipped,
            (count) =>
              `${count} ${count === 1 ? "start was" : "starts were"} missed: the step, ` +
              `or something else, took longer than the period of ${formatDuration(ms)}`,
          );
        }
        await runner.run(step, lateness);
      }
    },
  };
}
