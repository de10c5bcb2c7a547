/**
 * `.alarm(name, condition, options?)`
 *
 * @module
 */

import type { Session } from "../../session/session.ts";
import type { TaskFunction as FreeFunction } from "../../session/session_types.ts";
import { checkPauses, uniqueNames } from "../../session/task_names.ts";
import { alarmTask } from "../../tasks/alarm.ts";
import {
  type AlarmDefinition,
  conditionInWords,
  defineAlarm,
} from "../../tasks/alarms/definition.ts";
import type {
  AlarmAction,
  AlarmOptions,
  LimitCondition,
  StaleCondition,
} from "../../tasks/alarms/options.ts";
import { formatDuration } from "../../time/duration.ts";
import type { CompileError } from "../compile_error.ts";
import type { Experiment } from "../experiment.ts";
import { namesOf } from "../names.ts";
import type { TaskFunction } from "../step.ts";
import type { AnyNamed, Context, Values } from "../types.ts";
import { defineVerb, type Node, type Program, type Verb } from "../verb.ts";

/**
 * What trips an alarm on the variables that there are, or a sentence why nothing can.
 *
 * @typeParam V The names of the variables.
 */
export type AlarmConditionOf<V extends string> = [V] extends [never] ? CompileError<
    "There is no variable yet: put .alarm() behind the tasks that record what it watches"
  >
  : ((values: Values<V>) => boolean) | LimitCondition<V> | StaleCondition<V>;

/** The verb `alarm`. */
export interface AlarmVerb<D extends AnyNamed, V extends string> {
  /**
   * Watches for something and says so, on the live page and in messages. The condition is looked at with every entry; a
   * variable that was not recorded yet is NaN, which trips no comparison and clears none.
   *
   * @param name The alarm's name.
   * @param condition A function of the last values, a limit or that a variable is stale. It comes after the tasks that
   * record them.
   * @param options How long the condition must hold, what clears it, what is done: `"stop"`, `{ pause: [tasks] }`, a
   * function with the devices and the session, or a list of these.
   * @throws {TypeError} If something of it has the wrong shape, or there is an alarm of that name.
   * @throws {RangeError} If a number can't be meant.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("heating")
   *   .device("bath", thermalBath())
   *   .every("10s", ({ bath }) => ({ temperature: bath.temperature() }), { name: "bath" })
   *   .alarm("too hot", ({ temperature }) => temperature > 80, { for: "1min", then: "stop" })
   *   .alarm("warm", { variable: "temperature", above: 60, hysteresis: 2 }, {
   *     then: ({ bath }) => bath.setSetpoint(20),
   *   })
   *   .alarm("silent", { stale: "temperature", after: "5min" }, { severity: "error" });
   * ```
   */
  alarm(
    name: string,
    condition: AlarmConditionOf<V>,
    options?: AlarmOptions<V, (context: Context<D>) => unknown>,
  ): Experiment<D, V>;
}

interface AlarmNode extends Node {
  readonly kind: "alarm";
  readonly name: string;
  readonly alarm: AlarmDefinition;
  readonly condition: unknown;
  readonly options: AlarmOptions;
}

/** The alarm with functions that are called with the experiment's devices. */
function onStage(alarm: AlarmDefinition, { scene }: Program): AlarmDefinition {
  const calls = alarm.calls.map((call): FreeFunction => (_session, step) =>
    // The builder's functions take the experiment's context in place of the session.
    (call as unknown as TaskFunction)(scene.context(step))
  );
  return { ...alarm, calls };
}

/** A copy that nobody changes any more; functions and durations stay what they are. */
function kept(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(kept));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([name, field]) => [name, kept(field)])),
  );
}

/**
 * Sees to it that the channels of an alarm are there.
 *
 * @throws {RangeError} If there is none of a name.
 */
function checkChannels({ name, channels = [] }: AlarmDefinition, session: Session): void {
  for (const channel of channels) {
    if (session.hasChannel(channel)) continue;
    throw new RangeError(
      `Cannot begin, as the alarm ${JSON.stringify(name)} has no channel to be told by: ` +
        `${JSON.stringify(channel)}. Add it, or leave its name out.`,
    );
  }
}

/** What is done when it is raised, in words. */
function actionInWords(action: AlarmAction): string {
  if (typeof action === "function") return action.name === "" ? "call a function" : action.name;
  if (typeof action === "string") return action;
  const settle = action.settle === undefined ? "" : `, and ${String(action.settle)} longer`;
  return `pause ${action.pause.join(", ")}${settle}`;
}

const alarm: Verb<AlarmNode> = {
  kind: "alarm",
  node([name, condition, options = {}], before): AlarmNode {
    const checked = defineAlarm(name, condition, options);
    if (namesOf("alarm", before).includes(checked.name)) {
      throw new TypeError(
        `Cannot watch for ${JSON.stringify(checked.name)}, as there is an alarm of that name ` +
          `already. Choose another name.`,
      );
    }
    return {
      kind: "alarm",
      name: checked.name,
      alarm: checked,
      condition: kept(condition),
      options: kept(options) as AlarmOptions,
    };
  },
  json: ({ kind, name, alarm: { severity }, condition, options: { severity: _, ...others } }) => ({
    kind,
    name,
    level: severity,
    condition,
    ...others,
  }),
  describe({ alarm: { name, condition, hold, severity }, options }, page): void {
    const held = hold > 0 ? ` for ${formatDuration(hold)}` : "";
    const actions = [options.then ?? "notify"].flat().map(actionInWords).join(", ");
    const then = actions === "notify" ? "" : `: ${actions}`;
    page.add("Alarms", name, `${severity} when ${conditionInWords(condition)}${held}${then}`);
  },
  compile({ alarm }, program): void {
    program.tasks.push(alarmTask(onStage(alarm, program)));
  },
  compileAll(nodes, { tasks, beginnings }): void {
    for (const { kind, alarm } of nodes as readonly AlarmNode[]) {
      if (kind !== "alarm" || alarm.channels === undefined) continue;
      beginnings.push(({ session }) => checkChannels(alarm, session));
    }
    const names = uniqueNames(tasks.map(({ name }) => name));
    checkPauses(tasks.map((task, i) => ({ name: names[i] ?? task.name, task })));
  },
};

/** The verb `alarm`. */
export const alarmVerb: Verb = defineVerb(alarm);
