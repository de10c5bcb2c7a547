/**
 * Tasks by their names.
 *
 * @module
 */

import type { Task } from "./task.ts";

/**
 * Names as a run uses them: one that is taken gets a number.
 *
 * @param names The names, in order.
 * @param taken Names that others have.
 */
export function uniqueNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const all = new Set(taken);
  return names.map((name) => {
    let unique = name;
    for (let n = 2; all.has(unique); n++) unique = `${name} ${n}`;
    all.add(unique);
    return unique;
  });
}

/** A task under the name that it has in the run. */
export interface NamedTask {
  /** The name. */
  readonly name: string;
  /** The task. */
  readonly task: Pick<Task, "name" | "pauses" | "pausable">;
}

/**
 * Sees to it that each task that one of `tasks` may pause is there.
 *
 * @param tasks The tasks that are to begin.
 * @param others Those that run already.
 * @throws {RangeError} If there is none of a name.
 * @throws {TypeError} If one has no steps to wait between.
 */
export function checkPauses(tasks: readonly NamedTask[], others: readonly NamedTask[] = []): void {
  const all = [...others, ...tasks];
  for (const { name: whose, task: { pauses = [] } } of tasks) {
    for (const name of pauses) {
      const found = all.find((one) => one.name === name);
      if (found === undefined) {
        const known = all.filter(({ task }) => task.pausable === true);
        throw new RangeError(
          `Cannot begin, as ${whose} would pause a task that there is not: ${
            JSON.stringify(name)
          }. ` +
            `These can be paused: ${known.map((one) => one.name).join(", ") || "none"}.`,
        );
      }
      if (found.task.pausable !== true) {
        throw new TypeError(
          `Cannot begin, as ${whose} would pause a task that has no steps to wait between: ` +
            JSON.stringify(name),
        );
      }
    }
  }
}
