/**
 * The end of a run when something has come about.
 *
 * @module
 */

import type { Task } from "../session/task.ts";
import { shortSource } from "./short_source.ts";

/** The last value of each variable by name: NaN before the first. */
export type LatestValues = Readonly<Record<string, number>>;

/** How a condition is watched. */
export interface UntilOptions {
  /** What to call it. @default the function's text, shortened */
  readonly name?: string;
}

/**
 * A task that ends the run when a condition on the last values holds. It is looked at with every entry. A
 * variable that was not recorded yet is NaN, of which no comparison but `!=` is true.
 *
 * @param condition Gets the last value of every variable by name.
 */
export function until(
  condition: (latest: LatestValues) => boolean,
  options: UntilOptions = {},
): Task {
  const name = options.name ?? shortSource(condition);
  return {
    kind: "until",
    name: `until ${name}`,
    ends: "at-once",
    async run({ session, stopping }): Promise<string> {
      const latest: LatestValues = new Proxy(session.latest, {
        get: (values, key) => typeof key === "string" ? values[key] ?? NaN : undefined,
      });
      const met = Promise.withResolvers<string>();
      const stop = (): void => met.reject(stopping.reason);
      stopping.addEventListener("abort", stop, { once: true });
      using _listening = session.onEntry(() => {
        try {
          if (condition(latest)) met.resolve(`the condition is met: ${name}`);
        } catch (error) {
          met.reject(error);
        }
      });
      try {
        return await met.promise;
      } finally {
        stopping.removeEventListener("abort", stop);
      }
    },
  };
}
