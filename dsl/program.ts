/**
 * From a plan to something that runs.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { StepContext } from "../session/step.ts";
import type { FlagValues } from "../command_line/flags.ts";
import { verbOf, VERBS } from "./registry.ts";
import type { Node, Program, Scene } from "./verb.ts";

/** The session and the devices of a running experiment, filled in as they open. */
export class Stage implements Scene {
  /** Devices by name. */
  readonly devices: Record<string, unknown> = {};
  readonly #contexts = new WeakMap<object, object>();
  #session: Session | undefined;

  /** The session. */
  get session(): Session {
    if (this.#session === undefined) {
      throw new Error("Cannot run a task, as the session is not open");
    }
    return this.#session;
  }

  /** Sets the session. */
  set session(session: Session) {
    this.#session = session;
  }

  /** What a user's function is called with: the same for the same step, as that of most tasks never changes. */
  context(step?: Pick<StepContext, "signal" | "sleep">): object {
    const known = step === undefined ? undefined : this.#contexts.get(step);
    if (known !== undefined) return known;
    const made = this.#makeContext(step);
    if (step !== undefined) this.#contexts.set(step, made);
    return made;
  }

  #makeContext(step?: Pick<StepContext, "signal" | "sleep">): object {
    const { session } = this;
    return Object.freeze({
      ...this.devices,
      session,
      signal: step?.signal ?? session.signal,
      sleep: step?.sleep ??
        ((duration: Parameters<Session["sleep"]>[0]) => session.sleep(duration)),
    });
  }
}

/** A program with its stage. */
export interface StagedProgram extends Program {
  /** Where it runs. */
  readonly scene: Stage;
}

/**
 * Makes the tasks and everything around them. Nothing is opened.
 *
 * @param nodes The plan's steps.
 * @param flags The flags of the command line.
 * @throws {TypeError} If there is nothing to do.
 */
export function compile(nodes: readonly Node[], flags: FlagValues = {}): StagedProgram {
  const program: StagedProgram = {
    beginnings: [],
    openings: [],
    preparations: [],
    tasks: [],
    conclusions: [],
    samples: [],
    scene: new Stage(),
    flags,
  };
  for (const node of nodes) verbOf(node).compile?.(node, program);
  for (const verb of VERBS) verb.compileAll?.(nodes, program);
  const works = program.tasks.some(({ ends, background }) =>
    ends !== "at-once" && background !== true
  );
  if (!works) {
    throw new TypeError(
      "Cannot run the experiment, as it has nothing to do. Add a task with .every(), .monitor(), .task() or " +
        ".sweep().",
    );
  }
  return program;
}
