/**
 * A user's function as the runtime calls it.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { StepContext, StepResult } from "../session/step.ts";
import type { Program } from "./verb.ts";

/** A task's function as the builder holds it. */
export type TaskFunction = (context: object) => unknown;

/**
 * What a step recorded, without the values that are undefined: a task that measured only some of its variables
 * leaves out the others.
 */
export function measured(result: unknown): StepResult {
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    return result as StepResult;
  }
  for (const value of Object.values(result)) {
    if (value === undefined) return withoutUndefined(result);
  }
  return result as StepResult;
}

function withoutUndefined(result: object): StepResult {
  const known = Object.entries(result).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** The step that calls a task's function with the program's devices. */
export function stepOf(
  program: Program,
  task: TaskFunction,
): (session: Session, step: StepContext) => Promise<StepResult> {
  return async (_session, step) => measured(await task(program.scene.context(step)));
}

/** The options with a name: the one that was given, or the function's own, if it has one. */
export function named<O extends { readonly name?: string }>(options: O, task: TaskFunction): O {
  return options.name === undefined && task.name !== "" ? { ...options, name: task.name } : options;
}
