/**
 * How an alarm is set.
 *
 * @module
 */

import type { TaskFunction } from "../../session/session_types.ts";
import type { DurationInput } from "../../time/duration.ts";

/**
 * A variable beyond a limit. NaN is beyond none, and back from none.
 *
 * @typeParam V The names of the variables.
 */
export interface LimitCondition<V extends string = string> {
  /** The variable. */
  readonly variable: V;
  /** It trips above this. */
  readonly above?: number;
  /** It trips below this; with `above`, outside of the two. */
  readonly below?: number;
  /** How far back the value must come before it clears, in the variable's unit. @default 0 */
  readonly hysteresis?: number;
}

/**
 * A variable of which nothing is recorded any more, or ever was.
 *
 * @typeParam V The names of the variables.
 */
export interface StaleCondition<V extends string = string> {
  /** The variable. */
  readonly stale: V;
  /** How long nothing may be recorded of it. */
  readonly after: DurationInput;
}

/**
 * What trips an alarm: a function of the last value of each variable, a limit, or that a variable is stale. A variable
 * that was not recorded yet is NaN.
 *
 * @typeParam V The names of the variables.
 */
export type AlarmCondition<V extends string = string> =
  | ((values: { readonly [Name in V]: number }) => boolean)
  | LimitCondition<V>
  | StaleCondition<V>;

/** Tasks wait between their steps until the alarm clears, and a while longer. */
export interface AlarmPause {
  /** The names of the tasks. */
  readonly pause: readonly string[];
  /** How long they wait once it is clear. @default "0s" */
  readonly settle?: DurationInput;
}

/**
 * What is done when an alarm is raised: `"notify"` sends a message, which every alarm does; `"stop"` ends the run; a
 * function is called.
 *
 * @typeParam F The function.
 */
export type AlarmAction<F = TaskFunction> = "notify" | "stop" | AlarmPause | F;

/** How grave an alarm is. */
export type AlarmSeverity = "info" | "warning" | "error";

/**
 * How an alarm is raised and cleared, and what is done then.
 *
 * @typeParam V The names of the variables.
 * @typeParam F A function among the actions.
 */
export interface AlarmOptions<V extends string = string, F = TaskFunction> {
  /** How long the condition must hold without a break before it is raised. @default "0s" */
  readonly for?: DurationInput;
  /** Clears it, once its own condition does not hold. @default that its own condition does not hold */
  readonly clear?: ((values: { readonly [Name in V]: number }) => boolean) | LimitCondition<V>;
  /** Whether it stays raised until somebody has acknowledged it. @default false */
  readonly latched?: boolean;
  /** How grave it is. @default "warning" */
  readonly severity?: AlarmSeverity;
  /** How often it is told again while it is raised and nobody has acknowledged it. @default once */
  readonly renotify?: DurationInput;
  /** Names of the channels that carry its messages. @default all that are told of alarms */
  readonly channels?: readonly string[];
  /** What is done when it is raised. @default "notify" */
  readonly then?: AlarmAction<F> | readonly AlarmAction<F>[];
  /** How long a function among the actions may take. @default "30s" */
  readonly timeout?: DurationInput;
}
