/**
 * Checks of arguments that a compiler did not see, with messages for people.
 *
 * @module
 */

import { type DurationInput, milliseconds } from "../time/duration.ts";
import { planJson } from "./plan.ts";

/** A value in a message: short, on one line. */
export function seen(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") {
    return value.name === "" ? "a function" : `function ${value.name}`;
  }
  const text = JSON.stringify(planJson(value));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** A function in a description: its name, or else the beginning of what it does. */
export function inWords(action: (...args: never[]) => unknown): string {
  if (action.name !== "") return action.name;
  const source = Function.prototype.toString.call(action).replace(/\s+/g, " ");
  const body = source.replace(/^(?:async )?(?:\([^)]*\)|\w+) ?=> ?/, "");
  return body.length > 60 ? `${body.slice(0, 59)}…` : body;
}

/** The text that a name is. */
export function checkedName(action: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new TypeError(
    `Cannot ${action}, as its name must be a text that is not empty: ${seen(value)}`,
  );
}

/** The function that was given. */
export function checkedFunction<F extends (...args: never[]) => unknown>(
  action: string,
  what: string,
  value: unknown,
): F {
  if (typeof value === "function") return value as F;
  throw new TypeError(`Cannot ${action}, as ${what} must be a function: ${seen(value)}`);
}

/** The options that were given; none if they were left out. */
export function checkedOptions<O extends object>(
  action: string,
  value: unknown,
  known: { readonly [Name in keyof O]-?: true },
): O {
  if (value === undefined) return {} as O;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`Cannot ${action}, as its options must be an object: ${seen(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(known, name)) continue;
    throw new TypeError(
      `Cannot ${action}, as there is no option ${JSON.stringify(name)}. ` +
        `There are: ${Object.keys(known).join(", ")}`,
    );
  }
  return { ...value } as O;
}

/** The length of a duration that must not be zero, in milliseconds. */
export function checkedDuration(action: string, what: string, value: unknown): number {
  let ms: number;
  try {
    ms = milliseconds(value as DurationInput);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    error.message = `Cannot ${action}: ${error.message}`;
    throw error;
  }
  if (ms > 0) return ms;
  throw new RangeError(`Cannot ${action}, as ${what} must be longer than nothing: ${seen(value)}`);
}
