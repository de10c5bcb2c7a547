/**
 * Lengths of time as people write them.
 *
 * @module
 */

/** The units a duration may be written in. `min` is a minute; a bare `m` is refused. */
export type DurationUnit = "us" | "µs" | "ms" | "s" | "min" | "h" | "d" | "w";

/** One number and its unit. */
export type DurationPart = `${number}${DurationUnit}` | `${number} ${DurationUnit}`;

/**
 * A duration as text: a number and a unit, up to three of them from the larger to the smaller unit.
 *
 * @example
 * ```ts
 * import type { DurationText } from "@stripchart/stripchart";
 *
 * const period: DurationText = "10s";
 * const soak: DurationText = "1h 30min";
 * ```
 */
export type DurationText =
  | DurationPart
  | `${number}${"w" | "d" | "h" | "min" | "s"} ${DurationPart}`
  | `${number}${"w" | "d" | "h"} ${number}${"d" | "h" | "min"} ${DurationPart}`;

/** What is accepted wherever a duration is asked for: never a bare number. */
export type DurationInput = DurationText | Temporal.Duration;

const MICROSECONDS: Readonly<Record<DurationUnit, number>> = {
  us: 1,
  "µs": 1,
  ms: 1e3,
  s: 1e6,
  min: 60e6,
  h: 3_600e6,
  d: 86_400e6,
  w: 604_800e6,
};

const PART = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-zA-Z\u00b5\u03bc]+)(?:\s+|$)/;

/** Longest duration that is accepted, in milliseconds: 100 years. */
const LONGEST = 100 * 365.25 * 86_400e3;

function refuse(input: string, why: string): SyntaxError {
  return new SyntaxError(
    `Cannot read a duration, as ${why}: ${JSON.stringify(input)}. ` +
      `Write a number and a unit, such as "500ms", "10s" or "1h 30min".`,
  );
}

function parseText(input: string): number {
  let rest = input.trim();
  if (rest === "") throw refuse(input, "it is empty");
  let total = 0;
  let smallest = Infinity;
  while (rest !== "") {
    const match = PART.exec(rest);
    if (match === null) throw refuse(input, `${JSON.stringify(rest)} is not a number and a unit`);
    const [whole, amount, name] = match as unknown as [string, string, string];
    const unit = name === "\u03bcs" ? "µs" : name;
    if (!Object.hasOwn(MICROSECONDS, unit)) {
      const hint = unit === "m" ? ' (a minute is "min", a millisecond is "ms")' : "";
      throw refuse(input, `${JSON.stringify(name)} is not a unit${hint}`);
    }
    const size = MICROSECONDS[unit as DurationUnit];
    if (size >= smallest) throw refuse(input, `${name} does not come after a larger unit`);
    smallest = size;
    total += Number(amount) * size;
    rest = rest.slice(whole.length);
  }
  return total / 1e3;
}

/**
 * The length of a duration in milliseconds, with a fraction down to the microsecond.
 *
 * A day is 24 hours and a week seven days; a `Temporal.Duration` with months or years is refused, as
 * their length depends on a date.
 *
 * @param input The duration.
 * @returns Milliseconds, zero or more.
 * @throws {SyntaxError} If the text is not a duration.
 * @throws {RangeError} If it is negative, longer than 100 years, or counts months or years.
 * @throws {TypeError} If it is neither text nor a `Temporal.Duration`, such as a bare number.
 *
 * @example
 * ```ts
 * import { milliseconds } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.equal(milliseconds("1h 30min"), 5_400_000);
 * ```
 */
export function milliseconds(input: DurationInput): number {
  let result: number;
  if (typeof input === "string") {
    result = parseText(input);
  } else if (input instanceof Temporal.Duration) {
    if (input.years !== 0 || input.months !== 0) {
      throw new RangeError(
        `Cannot use a duration of years or months, as their length depends on the date: ${input}. ` +
          `Write it in days.`,
      );
    }
    result = input.total({ unit: "milliseconds", relativeTo: "1970-01-01T00:00Z[UTC]" });
  } else {
    const seen = typeof input === "number" ? `the bare number ${input}` : typeof input;
    throw new TypeError(
      `Cannot read a duration, as it carries no unit: ${seen}. Write "10s", "500ms" or "1h 30min".`,
    );
  }
  if (!(result >= 0 && result <= LONGEST)) {
    throw new RangeError(
      `Cannot use a duration outside zero to 100 years: ${JSON.stringify(String(input))}`,
    );
  }
  return result;
}

/**
 * A duration from text that is only known at run time, such as a flag's value.
 *
 * @param text The text, as {@linkcode milliseconds} reads it.
 * @returns The duration, to the microsecond.
 * @throws {SyntaxError} If the text is not a duration.
 *
 * @example
 * ```ts
 * import { duration } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.equal(duration("1h 30min").total("minutes"), 90);
 * ```
 */
export function duration(text: string): Temporal.Duration {
  const total = Math.round(milliseconds(text as DurationText) * 1e3);
  return Temporal.Duration.from({ microseconds: total }).round({ largestUnit: "hours" });
}

/**
 * Milliseconds as text that {@linkcode milliseconds} reads back: the two largest units that matter.
 *
 * @param ms Milliseconds, zero or more.
 * @returns For example `"2h 5min"`, `"10s"`, `"1.5ms"`.
 *
 * @example
 * ```ts
 * import { formatDuration } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatDuration(5_400_000), "1h 30min");
 * ```
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return "0s";
  if (ms < 1) return `${Math.round(ms * 1e6) / 1e3}us`;
  if (ms < 1e3) return `${round(ms)}ms`;
  if (ms < 59_995) return `${round(ms / 1e3)}s`;
  const seconds = Math.round(ms / 1e3);
  const units: [string, number][] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
