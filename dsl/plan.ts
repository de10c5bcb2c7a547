/**
 * The plan of an experiment as plain data.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Json } from "../session/store/types.ts";

/** A function in a plan: what it is called and what it says. */
export type PlanFunction = {
  /** Its name; empty if it has none. */
  readonly name: string;
  /** Its text as it runs, without types. */
  readonly source: string;
};

/** One step of a plan: what a call of the builder said. */
export type PlanNode = {
  /** The builder's method. */
  readonly kind: string;
  /** What it was given. */
  readonly [field: string]: Json;
};

/** An experiment as plain JSON: it can be stored, compared and hashed, but not run. */
export type Plan = {
  /** Always `"experiment"`. */
  readonly kind: "experiment";
  /** The version of this form. */
  readonly version: 1;
  /** The experiment's name; null if it has none. */
  readonly name: string | null;
  /** The steps, in the order they were given. */
  readonly nodes: readonly PlanNode[];
};

/** Most values of a list that a plan holds in full; of a longer one it holds the ends and a digest. */
const MOST_VALUES = 10_000;

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function list(values: readonly unknown[], above: readonly object[]): Json {
  if (values.length <= MOST_VALUES) return values.map((value) => planJson(value, above));
  return {
    count: values.length,
    first: planJson(values[0], above),
    last: planJson(values.at(-1), above),
    sha256: digest(JSON.stringify(values.map((value) => planJson(value, above)))),
  };
}

/**
 * Anything as plain JSON: functions by name and source, numbers that JSON lacks and foreign objects by
 * their text; what is undefined is left out.
 *
 * @param value The value.
 * @param above The objects it lies in, which tell a circle.
 */
export function planJson(value: unknown, above: readonly object[] = []): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : Object.is(value, -0)
        ? "-0"
        : String(value);
    case "function":
      return { name: value.name, source: Function.prototype.toString.call(value) };
    case "object":
      break;
    default:
      return value === undefined ? null : String(value);
  }
  if (value === null) return null;
  if (above.includes(value)) return "[circular]";
  const inside = [...above, value];
  if (Array.isArray(value)) return list(value, inside);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return list(Array.from(value as unknown as Iterable<unknown>), inside);
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const text = String(value);
    return text.startsWith("[object ") ? `[${value.constructor?.name ?? "object"}]` : text;
  }
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([name, field]) => [name, planJson(field, inside)]));
}

/** Freezes a value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const field of Object.values(value)) deepFreeze(field);
  }
  return value;
}

/** JSON with the names of every object in order, so that equal values have equal text. */
export function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const object = value as Readonly<Record<string, Json>>;
  const fields = Object.keys(object).sort().map((name) =>
    `${JSON.stringify(name)}:${canonicalJson(object[name] ?? null)}`
  );
  return `{${fields.join(",")}}`;
}

/**
 * A plan's hash: two experiments that say the same have the same.
 *
 * @param plan The plan, or one that was read from JSON.
 * @returns SHA-256 of its canonical JSON, 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { experiment, hashPlan } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * const plan = experiment("idle").for("1h").plan();
 * assert.equal(hashPlan(plan), hashPlan(JSON.parse(JSON.stringify(plan))));
 * ```
 */
export function hashPlan(plan: Plan): string {
  return digest(canonicalJson(plan));
}
