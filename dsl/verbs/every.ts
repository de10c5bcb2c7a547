/**
 * `.every(period, task, options?)`
 *
 * @module
 */

import { every as everyTask, type EveryOptions } from "../../tasks/every.ts";
import { type DurationInput, formatDuration, milliseconds } from "../../time/duration.ts";
import { checkedDuration, checkedFunction, checkedOptions } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import { named, stepOf, type TaskFunction } from "../step.ts";
import type { AnyNamed, Context, Returned, VariablesOf } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `every`. */
export interface EveryVerb<D extends AnyNamed, V extends string> {
  /**
   * Adds a task that runs at a fixed period, on a grid that never drifts. What it returns is recorded as one
   * entry, and names the experiment's variables; what is undefined in it is left out.
   *
   * @param period Time from start to start, such as `"10s"` or `"1h 30min"`.
   * @param task The step, with the devices and the session: returns numbers by name, or nothing.
   * @param options Name, what becomes of missed starts and failures, time-out, delay of the first step.
   * @throws {SyntaxError} If the period is not a duration.
   * @throws {RangeError} If it is zero.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("cooling")
   *   .device("bath", thermalBath())
   *   .every("10s", ({ bath }) => ({ temperature: bath.temperature() }))
   *   .every("1min", ({ bath }) => ({ power: bath.power() }), { delay: "30s" });
   * ```
   */
  every<R>(
    period: DurationInput,
    task: (context: Context<D>) => Returned<R>,
    options?: EveryOptions,
  ): Experiment<D, V | VariablesOf<R>>;
}

interface EveryNode extends Node {
  readonly kind: "every";
  readonly period: number;
  readonly task: TaskFunction;
  readonly options: EveryOptions;
}

const OPTIONS = {
  name: true,
  overrun: true,
  delay: true,
  onError: true,
  restarts: true,
  timeout: true,
} as const;

const every: Verb<EveryNode> = {
  kind: "every",
  node([period, task, options]): EveryNode {
    const action = "run a task periodically";
    return {
      kind: "every",
      period: checkedDuration(action, "its period", period),
      task: checkedFunction(action, "the task", task),
      options: Object.freeze(checkedOptions<EveryOptions>(action, options, OPTIONS)),
    };
  },
  json: (node) => ({ ...node, period: formatExact(node.period) }),
  describe({ period, task, options }, page): void {
    const name = options.name ?? task.name;
    const delay = options.delay === undefined || milliseconds(options.delay) === 0
      ? ""
      : `from ${formatDuration(milliseconds(options.delay))} on`;
    page.add(
      "Tasks",
      `every ${formatDuration(period)}`,
      [name, delay].filter((part) => part !== "").join(", "),
    );
  },
  estimate({ period }, extent): void {
    extent.rate += 1 / period;
  },
  compile({ period, task, options }, program): void {
    const exact = Temporal.Duration.from({ microseconds: Math.round(period * 1e3) });
    program.tasks.push(everyTask(exact, stepOf(program, task), named(options, task)));
  },
};

/** Milliseconds as text without rounding. */
function formatExact(ms: number): string {
  return `${ms}ms`;
}

/** The verb `every`. */
export const everyVerb: Verb = defineVerb(every);
