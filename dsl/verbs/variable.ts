/**
 * `.variable(name, info)`
 *
 * @module
 */

import type { VariableInfo } from "../../session/store/types.ts";
import { checkName } from "../../session/store/names.ts";
import { checkedOptions, seen } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { namesOf } from "../names.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `variable`. */
export interface VariableVerb<D extends AnyNamed, V extends string> {
  /**
   * Says what a variable is: its unit and what plots and files call it. It may come before the task that
   * records the variable, or after it. Variables that need neither come into being by being recorded.
   *
   * @param name The variable's name, as tasks return it.
   * @param info Its unit, label and description.
   * @throws {TypeError} If it was declared before, or something of the info is not text.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("cooling").variable("temperature", { unit: "°C", label: "Bath temperature" });
   * ```
   */
  variable<Name extends string>(name: Name, info?: VariableInfo): Experiment<D, V | Name>;
}

interface VariableNode extends Node {
  readonly kind: "variable";
  readonly name: string;
  readonly info: VariableInfo;
}

const INFO = { unit: true, label: true, description: true } as const;

const variable: Verb<VariableNode> = {
  kind: "variable",
  node([given, info], before): VariableNode {
    checkName("variable", given);
    const name = given;
    const action = `declare the variable ${JSON.stringify(name)}`;
    if (namesOf("variable", before).includes(name)) {
      throw new TypeError(`Cannot ${action}, as it was declared before. Declare it once.`);
    }
    const checked = checkedOptions<VariableInfo>(action, info, INFO);
    for (const [field, text] of Object.entries(checked)) {
      if (text === undefined || typeof text === "string") continue;
      throw new TypeError(`Cannot ${action}, as its ${field} must be text: ${seen(text)}`);
    }
    return { kind: "variable", name, info: Object.freeze(checked) };
  },
  describe({ name, info: { unit, label, description } }, page): void {
    const parts = [unit, label, description].filter((part) => part !== undefined && part !== "");
    page.add("Variables", name, parts.join(", "));
  },
  compile({ name, info }, program): void {
    program.preparations.push(({ session }) => void session.declareVariable(name, info));
  },
};

/** The verb `variable`. */
export const variableVerb: Verb = defineVerb(variable);
