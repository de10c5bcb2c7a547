/**
 * `.task(task, options?)`
 *
 * @module
 */

import { once, type OnceOptions } from "../../tasks/once.ts";
import { checkedFunction, checkedOptions } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import { named, stepOf, type TaskFunction } from "../step.ts";
import type { AnyNamed, Context, Returned, VariablesOf } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `task`. */
export interface TaskVerb<D extends AnyNamed, V extends string> {
  /**
   * Adds a task that runs once, beside the others. What it returns is recorded as one entry.
   *
   * @param task What to do, with the devices and the session: returns numbers by name, or nothing.
   * @param options Name, time-out, what becomes of the run if it throws.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("ramp").device("bath", thermalBath()).task(async ({ bath, sleep }) => {
   *   bath.setSetpoint(40);
   *   await sleep("1h");
   *   bath.setSetpoint(20);
   * });
   * ```
   */
  task<R>(
    task: (context: Context<D>) => Returned<R>,
    options?: OnceOptions,
  ): Experiment<D, V | VariablesOf<R>>;
}

interface TaskNode extends Node {
  readonly kind: "task";
  readonly task: TaskFunction;
  readonly options: OnceOptions;
}

const OPTIONS = { name: true, onError: true, timeout: true } as const;

const task: Verb<TaskNode> = {
  kind: "task",
  node([given, options]): TaskNode {
    const action = "add a task";
    return {
      kind: "task",
      task: checkedFunction(action, "it", given),
      options: Object.freeze(checkedOptions<OnceOptions>(action, options, OPTIONS)),
    };
  },
  describe(node, page): void {
    const name = node.options.name ?? node.task.name;
    page.add("Tasks", "once", name === "" ? "beside the others" : `${name}, beside the others`);
  },
  estimate(_node, extent): void {
    extent.unknown.push("a task that runs once does what it likes");
  },
  compile(node, program): void {
    program.tasks.push(
      once(stepOf(program, node.task), { name: "task", ...named(node.options, node.task) }),
    );
  },
};

/** The verb `task`. */
export const taskVerb: Verb = defineVerb(task);
