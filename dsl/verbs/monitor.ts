/**
 * `.monitor(task, options?)`
 *
 * @module
 */

import { repeat, type RepeatOptions } from "../../tasks/repeat.ts";
import { checkedFunction, checkedOptions } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import { named, stepOf, type TaskFunction } from "../step.ts";
import type { AnyNamed, Context, Returned, VariablesOf } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `monitor`. */
export interface MonitorVerb<D extends AnyNamed, V extends string> {
  /**
   * Adds a task that is repeated until the run ends and paces itself with `sleep`. What it returns is recorded
   * as one entry. A fixed period is better kept by {@linkcode EveryVerb.every}, which does not drift.
   *
   * @param task The step, with the devices and the session: returns numbers by name, or nothing.
   * @param options Name, time-out, what becomes of failures.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("watch").device("bath", thermalBath()).monitor(async ({ bath, sleep }) => {
   *   const temperature = bath.temperature();
   *   await sleep(temperature > 30 ? "1s" : "1min");
   *   return { temperature };
   * });
   * ```
   */
  monitor<R>(
    task: (context: Context<D>) => Returned<R>,
    options?: RepeatOptions,
  ): Experiment<D, V | VariablesOf<R>>;
}

interface MonitorNode extends Node {
  readonly kind: "monitor";
  readonly task: TaskFunction;
  readonly options: RepeatOptions;
}

const OPTIONS = { name: true, onError: true, restarts: true, timeout: true } as const;

const monitor: Verb<MonitorNode> = {
  kind: "monitor",
  node([task, options]): MonitorNode {
    const action = "repeat a task";
    return {
      kind: "monitor",
      task: checkedFunction(action, "the task", task),
      options: Object.freeze(checkedOptions<RepeatOptions>(action, options, OPTIONS)),
    };
  },
  describe({ task, options }, page): void {
    const name = options.name ?? task.name;
    page.add("Tasks", "repeated", name === "" ? "at its own pace" : `${name}, at its own pace`);
  },
  estimate(_node, extent): void {
    extent.unknown.push("a task sets its own pace");
  },
  compile({ task, options }, program): void {
    program.tasks.push(repeat(stepOf(program, task), { name: "monitor", ...named(options, task) }));
  },
};

/** The verb `monitor`. */
export const monitorVerb: Verb = defineVerb(monitor);
