/**
 * `.onStart(action)` and `.onStop(action)`: what comes before all tasks and after them.
 *
 * @module
 */

import { checkedFunction, inWords } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed, Context } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verbs `onStart` and `onStop`. */
export interface HookVerbs<D extends AnyNamed, V extends string> {
  /**
   * Does something once, when the devices are open and before any task begins. If it throws, no task begins and
   * the run has failed.
   *
   * @param action What to do, with the devices and the session.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("soak").device("bath", thermalBath()).onStart(({ bath }) => bath.setSetpoint(40));
   * ```
   */
  onStart(action: (context: Context<D>) => unknown): Experiment<D, V>;
  /**
   * Does something once, when the tasks are over and before the devices close: also after a failure or an
   * interruption. What must be left safe belongs into the device's own `safe()`.
   *
   * @param action What to do, with the devices and the session.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("soak").device("bath", thermalBath()).onStop(({ bath }) => bath.setSetpoint(20));
   * ```
   */
  onStop(action: (context: Context<D>) => unknown): Experiment<D, V>;
}

interface HookNode extends Node {
  readonly action: (context: object) => unknown;
}

function hook(kind: "onStart" | "onStop", words: string): Verb {
  return defineVerb<HookNode>({
    kind,
    node([action]): HookNode {
      return { kind, action: checkedFunction(`add ${kind}`, "what is to be done", action) };
    },
    describe({ action }, page): void {
      page.add("Tasks", words, inWords(action));
    },
    compile({ action }, program): void {
      const steps = kind === "onStart" ? program.preparations : program.conclusions;
      steps.push((scene) => action(scene.context()));
    },
  });
}

/** The verb `onStart`. */
export const onStartVerb: Verb = hook("onStart", "at the start");

/** The verb `onStop`. */
export const onStopVerb: Verb = hook("onStop", "at the end");
