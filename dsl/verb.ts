/**
 * What a verb of the builder is: the one place that knows everything about one of its methods.
 *
 * @module
 */

import type { DeviceContext, Permissions } from "../devices/device.ts";
import type { Session } from "../session/session.ts";
import type { StepContext } from "../session/step.ts";
import type { Task } from "../session/task.ts";
import type { Flag, FlagValues } from "../command_line/flags.ts";

/** A step of the plan with its functions, as the builder holds it. */
export interface Node {
  /** The verb's name. */
  readonly kind: string;
}

/** An opened device, or what stands in for one, and how it is come by. */
export interface Opening {
  /** The name the experiment gave it. */
  readonly name: string;
  /** Where and what it is, for messages. */
  readonly title: string;
  /** How long opening may take, in milliseconds. */
  readonly timeout: number;
  /** Opens it. */
  readonly open: (context: DeviceContext) => unknown;
  /** Opens what stands in for it, if anything does. */
  readonly simulate: ((context: DeviceContext) => unknown) | undefined;
}

/** A file that a dry run leaves for a person to look at. */
export interface Sample {
  /** What its name ends with, behind the experiment's: `"report.html"`. */
  readonly ending: string;
  /** What it is, in a sentence that its path follows: `"The last of 12 reports is in"`. */
  readonly about: string;
  /** What it holds. */
  readonly text: string;
}

/** What the plan is compiled to: filled by the verbs, carried out by the run. */
export interface Program {
  /** Done before any device opens, in a real run only: what can be refused then is. */
  readonly beginnings: ((scene: Scene) => unknown)[];
  /** Devices in the order of opening. */
  readonly openings: Opening[];
  /** Done once the devices are open and before any task. */
  readonly preparations: ((scene: Scene) => unknown)[];
  /** What runs side by side. */
  readonly tasks: Task[];
  /** Done when the tasks are over, even if they failed. */
  readonly conclusions: ((scene: Scene) => unknown)[];
  /** What a dry run leaves for a person to look at; filled while it runs. */
  readonly samples: Sample[];
  /** The experiment while it runs; the tasks ask it when they do. */
  readonly scene: Scene;
  /** The flags of the command line, those of the verbs among them. */
  readonly flags: FlagValues;
}

/** The experiment while it runs. */
export interface Scene {
  /** The session. */
  readonly session: Session;
  /** What a user's function is called with; without a step, it is for the time outside of any task. */
  context(step?: StepContext): object;
}

/** What is known of how long an experiment takes without trying it. */
export interface Extent {
  /** Milliseconds after which it ends at the latest. */
  limit: number;
  /** Entries a millisecond of periodic tasks. */
  rate: number;
  /** Points of sweeps. */
  points: number;
  /** Milliseconds that sweeps wait for things to settle, at least. */
  settling: number;
  /** Why the rest isn't known, in sentences. */
  readonly unknown: string[];
}

/** The parts of a description, in the order they are printed. */
export const SECTIONS = [
  "Devices",
  "Variables",
  "Parameters",
  "Metadata",
  "Tasks",
  "Plots",
  "Alarms",
  "Notifications",
  "Ends",
] as const;

/** A part of a description. */
export type Section = typeof SECTIONS[number];

/** A description in the making. */
export interface Page {
  /** Adds a line to a part: what stands left and what stands right of the gap. */
  add(section: Section, left: string, right?: string): void;
}

/**
 * One method of the builder and one kind of node.
 *
 * @typeParam N The node.
 */
export interface Verb<N extends Node = Node> {
  /** The method's name and the node's kind. */
  readonly kind: N["kind"];
  /**
   * Makes the node of a call.
   *
   * @param args The call's arguments, of any kind: the caller may not have had a compiler.
   * @param before The nodes before it.
   * @throws If they can't make sense together.
   */
  node(args: readonly unknown[], before: readonly Node[]): N;
  /** The node's fields as they stand in the plan, if they differ from the node. */
  json?(node: N): object;
  /** Says in words what it does. */
  describe?(node: N, page: Page): void;
  /** Adds what it takes, as far as that is known beforehand. */
  estimate?(node: N, extent: Extent): void;
  /** What it needs from Deno, with these flags. */
  permissions?(node: N, flags: FlagValues): Permissions;
  /** What the whole plan needs from Deno, where that depends on more than one node. */
  permissionsOfAll?(nodes: readonly Node[], flags: FlagValues): Permissions;
  /** Endings of the files that a dry run of the whole plan leaves. */
  samplesOfAll?(nodes: readonly Node[]): readonly string[];
  /** Flags that it adds to the command line. */
  readonly flags?: readonly Flag[];
  /** Adds what it does to the program. */
  compile?(node: N, program: Program): void;
  /** Adds what the whole plan does, where that depends on more than one node; called once, also without a node. */
  compileAll?(nodes: readonly Node[], program: Program): void;
}

/**
 * A verb for the list of verbs, where only the verb itself knows its node.
 *
 * @param verb The verb.
 */
export function defineVerb<N extends Node>(verb: Verb<N>): Verb {
  return verb as unknown as Verb;
}
