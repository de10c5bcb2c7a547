/**
 * `.for(duration)` and `.until(condition)`: what ends a run.
 *
 * @module
 */

import { lasting } from "../../tasks/lasting.ts";
import { until as untilTask } from "../../tasks/until.ts";
import { type DurationInput, formatDuration } from "../../time/duration.ts";
import { checkedDuration, checkedFunction } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed, Values } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verbs `for` and `until`. */
export interface EndVerbs<D extends AnyNamed, V extends string> {
  /**
   * Ends the run after a time, if nothing else does before. The flag `--for` takes its place.
   *
   * @param duration How long the run lasts, such as `"12h"`.
   * @throws {SyntaxError} If it is not a duration.
   * @throws {RangeError} If it is zero.
   * @throws {TypeError} If the length was given before.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("night").every("1min", () => ({ random: Math.random() })).for("12h");
   * ```
   */
  for(duration: DurationInput): Experiment<D, V>;
  /**
   * Ends the run when a condition on the last values holds; it is looked at with every entry. A variable that was
   * not recorded yet is NaN, of which no comparison is true, so that the run goes on.
   *
   * @param condition Gets the last value of every variable by name. It comes after the tasks that record them.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("heating")
   *   .device("bath", thermalBath())
   *   .every("10s", ({ bath }) => ({ temperature: bath.temperature() }))
   *   .until(({ temperature }) => temperature > 80);
   * ```
   */
  until(condition: (values: Values<V>) => boolean): Experiment<D, V>;
}

/** A limit of the run's length. */
export interface ForNode extends Node {
  readonly kind: "for";
  /** Milliseconds. */
  readonly duration: number;
}

interface UntilNode extends Node {
  readonly kind: "until";
  readonly condition: (values: Readonly<Record<string, number>>) => boolean;
}

/** The node of a limit of that length; the flag `--for` makes one too. */
export function forNode(duration: unknown): ForNode {
  return { kind: "for", duration: checkedDuration("limit the run", "its length", duration) };
}

const limit: Verb<ForNode> = {
  kind: "for",
  node([duration], before): ForNode {
    if (before.some(({ kind }) => kind === "for")) {
      throw new TypeError("Cannot limit the run, as its length was given before. Give it once.");
    }
    return forNode(duration);
  },
  json: ({ kind, duration }) => ({ kind, duration: `${duration}ms` }),
  describe({ duration }, page): void {
    page.add("Ends", `after ${formatDuration(duration)}`);
  },
  estimate({ duration }, extent): void {
    extent.limit = Math.min(extent.limit, duration);
  },
  compile({ duration }, program): void {
    program.tasks.push(
      lasting(Temporal.Duration.from({ microseconds: Math.round(duration * 1e3) })),
    );
  },
};

const until: Verb<UntilNode> = {
  kind: "until",
  node([condition]): UntilNode {
    const checked = checkedFunction<UntilNode["condition"]>(
      "end the run",
      "the condition",
      condition,
    );
    return { kind: "until", condition: checked };
  },
  describe({ condition }, page): void {
    page.add("Ends", untilTask(condition).name.replace(/^until/, "when"));
  },
  estimate(_node, extent): void {
    extent.unknown.push("when a condition is met shows only in the run");
  },
  compile({ condition }, program): void {
    program.tasks.push(untilTask(condition));
  },
};

/** The verb `for`. */
export const forVerb: Verb = defineVerb(limit);

/** The verb `until`. */
export const untilVerb: Verb = defineVerb(until);
