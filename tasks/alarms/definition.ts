/**
 * An alarm as it was set, checked.
 *
 * @module
 */

import type { TaskFunction } from "../../session/session_types.ts";
import { type DurationInput, formatDuration, milliseconds } from "../../time/duration.ts";
import { shortSource } from "../short_source.ts";
import type { AlarmOptions, AlarmSeverity } from "./options.ts";

/** A condition, checked; times in milliseconds. */
export type Condition =
  | {
    readonly kind: "function";
    readonly test: (values: Readonly<Record<string, number>>) => unknown;
  }
  | {
    readonly kind: "limit";
    readonly variable: string;
    readonly above: number;
    readonly below: number;
    readonly hysteresis: number;
  }
  | { readonly kind: "stale"; readonly variable: string; readonly after: number };

/** An alarm, checked; times in milliseconds. */
export interface AlarmDefinition {
  /** Its name. */
  readonly name: string;
  /** What trips it. */
  readonly condition: Condition;
  /** What clears it, if not that the condition does not hold. */
  readonly clear: Condition | undefined;
  /** How long the condition must hold. */
  readonly hold: number;
  /** Whether it waits for somebody. */
  readonly latched: boolean;
  /** How grave it is. */
  readonly severity: AlarmSeverity;
  /** How often it is told again; `Infinity` for never. */
  readonly renotify: number;
  /** Which channels carry its messages, if not all. */
  readonly channels: readonly string[] | undefined;
  /** Whether it ends the run. */
  readonly stops: boolean;
  /** Which tasks wait, and how long after it cleared. */
  readonly pauses: readonly { readonly tasks: readonly string[]; readonly settle: number }[];
  /** Functions that are called. */
  readonly calls: readonly TaskFunction[];
  /** How long each of them may take. */
  readonly timeout: number;
}

const OPTIONS: readonly (keyof AlarmOptions)[] = [
  "for",
  "clear",
  "latched",
  "severity",
  "renotify",
  "channels",
  "then",
  "timeout",
];
const SEVERITIES: readonly unknown[] = ["info", "warning", "error"];

/** Says what is wrong with an alarm. */
class Refusal {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  type(why: string): TypeError {
    return new TypeError(`Cannot watch for ${JSON.stringify(this.#name)}, as ${why}`);
  }

  range(why: string): RangeError {
    return new RangeError(`Cannot watch for ${JSON.stringify(this.#name)}, as ${why}`);
  }

  /** Refuses a field that is not among those known. */
  unknown(what: string, given: object, known: readonly string[]): void {
    for (const field of Object.keys(given)) {
      if (known.includes(field)) continue;
      throw this.type(
        `${what} has no ${JSON.stringify(field)}. It may have: ${known.join(", ")}`,
      );
    }
  }

  /** A duration in milliseconds. */
  duration(what: string, value: unknown, least: "zero" | "more"): number {
    let ms: number;
    try {
      ms = milliseconds(value as DurationInput);
    } catch (error) {
      if (error instanceof Error) {
        error.message = `Cannot watch for ${JSON.stringify(this.#name)}: ${error.message}`;
      }
      throw error;
    }
    if (ms > 0 || least === "zero") return ms;
    throw this.range(`${what} must be longer than nothing: ${JSON.stringify(value)}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === "function" ? "a function" : JSON.stringify(value) ?? String(value);
}

function textOf(refuse: Refusal, what: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw refuse.type(`${what} must be a text that is not empty: ${shown(value)}`);
}

function numberOf(refuse: Refusal, what: string, value: unknown, absent: number): number {
  if (value === undefined) return absent;
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw refuse.type(`${what} must be a number: ${shown(value)}`);
}

function namesOf(refuse: Refusal, what: string, of: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw refuse.type(`${what} must be a list of names of ${of}s, one at least: ${shown(value)}`);
  }
  return value.map((name: unknown) => textOf(refuse, `the name of a ${of}`, name));
}

function conditionOf(refuse: Refusal, what: string, given: unknown): Condition {
  if (typeof given === "function") {
    return { kind: "function", test: given as (values: unknown) => unknown };
  }
  if (!isObject(given)) {
    throw refuse.type(
      `${what} must be a function of the last values, { variable, above or below } or ` +
        `{ stale, after }: ${shown(given)}`,
    );
  }
  if ("stale" in given) {
    refuse.unknown(what, given, ["stale", "after"]);
    const variable = textOf(refuse, "the stale variable", given["stale"]);
    return {
      kind: "stale",
      variable,
      after: refuse.duration("after", given["after"], "more"),
    };
  }
  refuse.unknown(what, given, ["variable", "above", "below", "hysteresis"]);
  const variable = textOf(refuse, "the variable", given["variable"]);
  const above = numberOf(refuse, "above", given["above"], Infinity);
  const below = numberOf(refuse, "below", given["below"], -Infinity);
  const hysteresis = numberOf(refuse, "hysteresis", given["hysteresis"], 0);
  if (given["above"] === undefined && given["below"] === undefined) {
    throw refuse.type(`${what} needs above or below: ${shown(given)}`);
  }
  if (!(hysteresis >= 0 && hysteresis < Infinity)) {
    throw refuse.range(`hysteresis must be zero or more: ${hysteresis}`);
  }
  if (below + hysteresis > above - hysteresis) {
    throw refuse.range(
      `nothing is left between below, ${below}, and above, ${above}, where it could clear: ` +
        `hysteresis is ${hysteresis}`,
    );
  }
  return { kind: "limit", variable, above, below, hysteresis };
}

type Actions = Pick<AlarmDefinition, "stops" | "pauses" | "calls">;

function actionsOf(refuse: Refusal, given: unknown): Actions {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  let stops = false;
  const pauses: { readonly tasks: readonly string[]; readonly settle: number }[] = [];
  const calls: TaskFunction[] = [];
  for (const action of list) {
    if (action === "notify") continue;
    if (action === "stop") {
      stops = true;
    } else if (typeof action === "function") {
      calls.push(action as TaskFunction);
    } else if (isObject(action) && "pause" in action) {
      refuse.unknown("then", action, ["pause", "settle"]);
      const { pause, settle } = action;
      pauses.push({
        tasks: namesOf(refuse, "pause", "task", pause),
        settle: settle === undefined ? 0 : refuse.duration("settle", settle, "zero"),
      });
    } else {
      throw refuse.type(
        'then must be "notify", "stop", { pause: [names] }, a function, or a list of these: ' +
          shown(action),
      );
    }
  }
  return { stops, pauses, calls };
}

/**
 * An alarm from what it was told.
 *
 * @throws {TypeError} If something has the wrong shape.
 * @throws {RangeError} If a number can't be meant.
 * @throws {SyntaxError} If a duration is none.
 */
export function defineAlarm(
  name: unknown,
  condition: unknown,
  options: unknown = {},
): AlarmDefinition {
  if (typeof name !== "string" || name.trim() === "") {
    throw new TypeError(
      `Cannot set an alarm, as its name must be a text that is not empty: ${shown(name)}`,
    );
  }
  const refuse = new Refusal(name);
  if (!isObject(options)) throw refuse.type(`its options must be an object: ${shown(options)}`);
  refuse.unknown("an alarm", options, OPTIONS);
  const { clear, latched = false, severity = "warning", renotify, timeout } = options;
  const { channels } = options;
  const trips = conditionOf(refuse, "its condition", condition);
  const clears = clear === undefined ? undefined : conditionOf(refuse, "clear", clear);
  if (clears?.kind === "stale") throw refuse.type("it can't be cleared by nothing being recorded");
  if (clears !== undefined && trips.kind === "limit" && trips.hysteresis > 0) {
    throw refuse.type("it has both hysteresis and clear. Give one of them.");
  }
  if (typeof latched !== "boolean") {
    throw refuse.type(`latched must be true or false: ${shown(latched)}`);
  }
  if (!SEVERITIES.includes(severity)) {
    throw refuse.type(`severity must be "info", "warning" or "error": ${shown(severity)}`);
  }
  return Object.freeze({
    name,
    condition: trips,
    clear: clears,
    hold: options["for"] === undefined ? 0 : refuse.duration("for", options["for"], "zero"),
    latched,
    severity: severity as AlarmSeverity,
    renotify: renotify === undefined ? Infinity : refuse.duration("renotify", renotify, "more"),
    channels: channels === undefined ? undefined : namesOf(refuse, "channels", "channel", channels),
    ...actionsOf(refuse, options["then"] ?? "notify"),
    timeout: timeout === undefined ? 30_000 : refuse.duration("timeout", timeout, "more"),
  });
}

/** What trips an alarm, in words. */
export function conditionInWords(condition: Condition): string {
  switch (condition.kind) {
    case "stale":
      return `no ${condition.variable} for ${formatDuration(condition.after)}`;
    case "limit": {
      const { variable, above, below, hysteresis } = condition;
      const parts = [
        ...above < Infinity ? [`above ${above}`] : [],
        ...below > -Infinity ? [`below ${below}`] : [],
      ];
      const back = hysteresis > 0 ? ` (${hysteresis} back to clear)` : "";
      return `${variable} ${parts.join(" or ")}${back}`;
    }
    case "function":
      return shortSource(condition.test);
  }
}
