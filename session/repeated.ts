/**
 * A plain function as a task, repeated until the run is over.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { TaskFunction } from "./session_types.ts";
import { checkStepOptions, type StepOptions, StepRunner } from "./step.ts";
import type { Task } from "./task.ts";

/** How a function is repeated. */
export interface RepeatOptions extends StepOptions {
  /** The task's name. @default the function's name */
  readonly name?: string;
}

/** The first wait after a failure, doubled with each further one, and the longest. Milliseconds. */
const BACK_OFF = { first: 1_000, longest: 30_000 };
/** Rounds that may take no time before a dry run gives up. */
const MOST_IDLE_ROUNDS = 10_000;

/**
 * A task that calls `work` again and again; `work` paces itself with `sleep`. After a failure it waits a
 * while, longer each time.
 */
export function repeated(work: TaskFunction, options: RepeatOptions = {}): Task {
  checkStepOptions(options);
  const name = options.name ?? (work.name === "" ? "monitor" : work.name);
  return {
    kind: "monitor",
    name,
    pausable: true,
    async run(context): Promise<void> {
      const { clock, session, stopping } = context;
      const runner = new StepRunner(context, name, options);
      let idle = 0;
      while (!stopping.aborted) {
        await context.resumed();
        const began = clock.monotonic();
        const well = await runner.run((step) => work.call(session, session, step));
        if (!well) {
          const wait = BACK_OFF.first * 2 ** Math.max(0, runner.failuresInARow - 1);
          await context.sleep(Math.min(wait, BACK_OFF.longest));
        }
        idle = clock.monotonic() === began ? idle + 1 : 0;
        if (idle > MOST_IDLE_ROUNDS && clock.virtual) {
          throw new Error(
            "Cannot repeat the function in a dry run, as it never waits: call sleep() in it",
          );
        }
        // A function that never waits leaves the others their turn all the same; on a virtual clock, time
        // would pass meanwhile.
        if (!clock.virtual) await new Promise<void>((resolve) => setImmediate(resolve));
      }
    },
  };
}
