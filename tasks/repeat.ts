/**
 * A function that is repeated until the run is over.
 *
 * @module
 */

import { repeated, type RepeatOptions } from "../session/repeated.ts";
import type { Session } from "../session/session.ts";
import type { StepContext, StepResult } from "../session/step.ts";
import type { Task } from "../session/task.ts";

/**
 * A task that calls `work` again and again until the run is over. It paces itself with `sleep`, and drifts by
 * what the rest of it takes; {@linkcode every} does not. What it returns is recorded as one entry.
 *
 * @param work The function, called with the session as `this` and as first argument.
 */
export function repeat(
  // deno-lint-ignore no-explicit-any -- a function may name its own subclass of Session as this
  work: (this: any, session: Session, step: StepContext) => StepResult | Promise<StepResult>,
  options: RepeatOptions = {},
): Task {
  return repeated(work, options);
}

export type { RepeatOptions };
