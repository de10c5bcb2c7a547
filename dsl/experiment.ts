/**
 * The builder: an experiment as a chain of calls, none of which touches anything.
 *
 * @module
 */

import type { RunSummary } from "../session/session_types.ts";
import { seen } from "./checks.ts";
import { describe } from "./describe.ts";
import { type DryRun, dryRun, type DryRunOptions } from "./dry_run.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { deepFreeze, type Plan, planJson, type PlanNode } from "./plan.ts";
import { verbOf, VERBS } from "./registry.ts";
import { runExperiment, type RunOptions } from "./run.ts";
import type { AnyNamed } from "./types.ts";
import type { Node } from "./verb.ts";
import type { AlarmVerb } from "./verbs/alarm.ts";
import type { DeviceVerb } from "./verbs/device.ts";
import type { EmailVerb } from "./verbs/email.ts";
import type { EndVerbs } from "./verbs/ends.ts";
import type { EveryVerb } from "./verbs/every.ts";
import type { HeartbeatVerb } from "./verbs/heartbeat.ts";
import type { HookVerbs } from "./verbs/hooks.ts";
import type { LiveVerb } from "./verbs/live.ts";
import type { MonitorVerb } from "./verbs/monitor.ts";
import type { NotesVerbs } from "./verbs/notes.ts";
import type { NotifyVerb } from "./verbs/notify.ts";
import type { PlotVerb } from "./verbs/plot.ts";
import type { SweepVerb } from "./verbs/sweep.ts";
import type { TaskVerb } from "./verbs/task.ts";
import type { VariableVerb } from "./verbs/variable.ts";

/**
 * An experiment in the making. Each call gives a new one and leaves this one as it is, so that several may grow
 * from the same beginning.
 *
 * Nothing is opened, measured or written before {@linkcode Experiment.run}.
 *
 * @typeParam D The devices, each with its name.
 * @typeParam V The names of the variables.
 */
export interface Experiment<D extends AnyNamed, V extends string>
  extends
    DeviceVerb<D, V>,
    VariableVerb<D, V>,
    NotesVerbs<D, V>,
    EveryVerb<D, V>,
    MonitorVerb<D, V>,
    TaskVerb<D, V>,
    SweepVerb<D, V>,
    PlotVerb<D, V>,
    LiveVerb<D, V>,
    NotifyVerb<D, V>,
    AlarmVerb<D, V>,
    HeartbeatVerb<D, V>,
    EmailVerb<D, V>,
    EndVerbs<D, V>,
    HookVerbs<D, V> {
  /**
   * The experiment as plain JSON, frozen: functions by name and source, devices by kind and address.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import assert from "node:assert/strict";
   *
   * const { nodes } = experiment("idle").for("1h").plan();
   * assert.deepEqual(nodes, [{ kind: "for", duration: "3600000ms" }]);
   * ```
   */
  plan(): Plan;
  /** The experiment as a person would read it. */
  describe(): string;
  /**
   * How long it takes and how much it records: from a dry run, if its devices can be simulated, otherwise as far as
   * the plan tells. The tasks' functions are called, as in a dry run.
   *
   * @throws {TypeError} If there is nothing to do.
   */
  estimate(): Promise<Estimate>;
  /**
   * Tries the experiment on a virtual clock, with stand-ins for its devices, in memory: a week passes in about
   * a second. The tasks' functions are called; what they do beside using the devices, they do. A run that nothing ends
   * is cut off after 7 days, and one of short periods after 200,000 steps.
   *
   * @throws {TypeError} If a device has no stand-in, or there is nothing to do.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   * import assert from "node:assert/strict";
   *
   * const { entries } = await experiment("night")
   *   .device("bath", thermalBath())
   *   .every("1min", ({ bath }) => ({ temperature: bath.temperature() }))
   *   .dryRun({ for: "12h" });
   * assert.equal(entries, 720);
   * ```
   */
  dryRun(options?: DryRunOptions): Promise<DryRun>;
  /**
   * Runs the experiment: opens its session's file and its devices, runs its tasks, brings everything to a safe state, and
   * says how it went. It takes its flags from the command line; `--help` lists them.
   *
   * The file is `NAME.db` in the working directory, with characters that file systems treat specially replaced by
   * `_`; an experiment without a name is called after its script. Several runs of one name are kept in one file.
   *
   * What can be refused is refused before any device opens. At the command line the program then ends
   * with one line on standard error: exit code 2 for a bad flag, 1 for anything else. If `options.args` are given,
   * it throws instead. When the run is over the exit code is 0, 1 if it failed, 130 if it was interrupted.
   *
   * @param options What overrides the flags; where they come from.
   * @returns How the run went. It does not throw because a run failed.
   */
  run(options?: RunOptions): Promise<RunSummary>;
}

class Builder {
  readonly #name: string | null;
  readonly #nodes: readonly Node[];

  constructor(name: string | null, nodes: readonly Node[]) {
    this.#name = name;
    this.#nodes = nodes;
    Object.freeze(this);
  }

  static {
    for (const verb of VERBS) {
      Object.defineProperty(Builder.prototype, verb.kind, {
        value: function call(this: Builder, ...args: unknown[]): Builder {
          try {
            const node = Object.freeze(verb.node(args, this.#nodes));
            return new Builder(this.#name, Object.freeze([...this.#nodes, node]));
          } catch (error) {
            // The line to look at is the caller's, not the one in here that noticed.
            if (error instanceof Error) Error.captureStackTrace(error, call);
            throw error;
          }
        },
      });
    }
    Object.freeze(Builder.prototype);
  }

  plan(): Plan {
    const nodes = this.#nodes.map((node) =>
      planJson(verbOf(node).json?.(node) ?? node) as PlanNode
    );
    return deepFreeze({ kind: "experiment", version: 1, name: this.#name, nodes });
  }

  describe(): string {
    return describe(this.#name, this.#nodes);
  }

  async estimate(): Promise<Estimate> {
    return await estimate(this.#nodes);
  }

  async dryRun(options: DryRunOptions = {}): Promise<DryRun> {
    return await dryRun(this.#nodes, options, this.#name);
  }

  async run(options: RunOptions = {}): Promise<RunSummary> {
    return await runExperiment(
      { name: this.#name, nodes: this.#nodes, plan: this.plan() },
      options,
    );
  }
}

/**
 * Begins an experiment.
 *
 * @param name Names the session and its file. @default the script's name
 * @returns A builder that describes the experiment; `.run()` runs it.
 * @throws {TypeError} If the name is not a text, or is empty.
 *
 * @example
 * ```ts
 * import { experiment } from "@stripchart/stripchart";
 * import { thermalBath } from "@stripchart/stripchart/devices";
 *
 * const heating = experiment("heating")
 *   .device("bath", thermalBath())
 *   .variable("temperature", { unit: "°C" })
 *   .onStart(({ bath }) => bath.setSetpoint(60))
 *   .every("10ms", ({ bath }) => ({ temperature: bath.temperature() }))
 *   .for("50ms");
 *
 * const { entries } = await heating.run({ args: [], file: null, quiet: true });
 * console.log(`${entries} entries`);
 * ```
 */
export function experiment(name?: string): Experiment<never, never> {
  if (name !== undefined && (typeof name !== "string" || name.trim() === "")) {
    throw new TypeError(
      `Cannot begin an experiment, as its name must be a text that is not empty: ${seen(name)}`,
    );
  }
  return new Builder(name ?? null, Object.freeze([])) as unknown as Experiment<never, never>;
}
