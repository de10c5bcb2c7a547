/**
 * `.parameters(values)` and `.metadata(values)`: what is known of the experiment beforehand.
 *
 * @module
 */

import { checkName, checkText } from "../../session/store/names.ts";
import { seen } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { defineVerb, type Node, type Scene, type Verb } from "../verb.ts";

/** The verbs `parameters` and `metadata`. */
export interface NotesVerbs<D extends AnyNamed, V extends string> {
  /**
   * Saves numbers with the run that describe the experiment, such as a sample's mass.
   *
   * @param values Numbers by name.
   * @throws {TypeError} If a name is empty or was given before, or a value is not a number.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("cooling").parameters({ mass: 0.012, gain: 10 });
   * ```
   */
  parameters(values: Readonly<Record<string, number>>): Experiment<D, V>;
  /**
   * Saves texts with the run that describe the experiment, such as a sample's name.
   *
   * @param values Texts by name.
   * @throws {TypeError} If a name is empty or was given before, or a value is not text.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("cooling").metadata({ sample: "Cu-7", cell: "B" });
   * ```
   */
  metadata(values: Readonly<Record<string, string>>): Experiment<D, V>;
}

interface NotesNode<T extends string | number> extends Node {
  readonly values: Readonly<Record<string, T>>;
}

/** A verb whose node is a record of values of one type. */
function notes<T extends string | number>(
  kind: string,
  noun: string,
  typeWord: string,
  fits: (value: unknown) => boolean,
  section: "Parameters" | "Metadata",
  save: (scene: Scene, values: Readonly<Record<string, T>>) => Promise<void>,
): Verb {
  const action = `Cannot save ${kind}`;
  return defineVerb<NotesNode<T>>({
    kind,
    node([values], before): NotesNode<T> {
      if (typeof values !== "object" || values === null || Array.isArray(values)) {
        throw new TypeError(
          `${action}, as an object of ${typeWord} by name is needed: ${seen(values)}`,
        );
      }
      const taken = before.filter((node) => node.kind === kind)
        .flatMap((node) => Object.keys((node as NotesNode<T>).values));
      for (const [name, value] of Object.entries(values)) {
        checkName(noun, name);
        if (taken.includes(name)) {
          throw new TypeError(
            `${action}, as ${JSON.stringify(name)} was given before. Give it once.`,
          );
        }
        if (!fits(value)) {
          throw new TypeError(
            `${action}, as ${JSON.stringify(name)} must be ${typeWord}: ${seen(value)}`,
          );
        }
        if (typeof value === "string") checkText(`metadata ${JSON.stringify(name)}`, value);
      }
      return { kind, values: Object.freeze({ ...values }) as Readonly<Record<string, T>> };
    },
    describe({ values }, page): void {
      for (const [name, value] of Object.entries(values)) page.add(section, name, String(value));
    },
    compile({ values }, program): void {
      if (Object.keys(values).length === 0) return;
      program.preparations.push((scene) => void save(scene, values));
    },
  });
}

/** The verb `parameters`. */
export const parametersVerb: Verb = notes<number>(
  "parameters",
  "parameter",
  "a number",
  (value) => typeof value === "number",
  "Parameters",
  ({ session }, values) => session.saveParameters(values),
);

/** The verb `metadata`. */
export const metadataVerb: Verb = notes<string>(
  "metadata",
  "metadata entry",
  "text",
  (value) => typeof value === "string",
  "Metadata",
  ({ session }, values) => session.saveMetadata(values),
);
