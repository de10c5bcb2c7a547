/**
 * Evenly and geometrically spaced numbers for sweeps, by NumPy's rules.
 *
 * @module
 */

/** How {@linkcode linspace} and {@linkcode geomspace} end. */
export interface SpacingOptions {
  /** Whether the end is the last value; without it, the values stop one step before. @default true */
  readonly endpoint?: boolean;
}

/** How {@linkcode logspace} is made. */
export interface LogspaceOptions extends SpacingOptions {
  /** The base of the powers. @default 10 */
  readonly base?: number;
}

/** Most values that are made: more is a slip of the pen, not a sweep. */
const MOST = 100_000_000;

function finite(verb: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "number") {
      throw new TypeError(`Cannot ${verb} as ${name} must be a number: ${JSON.stringify(value)}`);
    }
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot ${verb} as ${name} must be finite: ${value}`);
    }
  }
}

function counted(verb: string, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > MOST) {
    throw new RangeError(
      `Cannot ${verb} as the count must be a whole number from 0 to ${MOST}: ${count}`,
    );
  }
}

/**
 * `count` numbers with equal distances from `start` to `stop`, the end included, as `numpy.linspace` gives
 * them to the last bit.
 *
 * @param start The first number.
 * @param stop The last number, exactly, unless `endpoint` is false. It may be below `start`.
 * @param count How many numbers: 0 gives none, 1 gives `start`.
 * @param options Whether the end is included.
 * @throws {RangeError} If an end is not finite, or the count is not a whole number from 0 to 1e8.
 *
 * @example
 * ```ts
 * import { linspace } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(linspace(20, 80, 4), [20, 40, 60, 80]);
 * ```
 */
export function linspace(
  start: number,
  stop: number,
  count = 50,
  options: SpacingOptions = {},
): number[] {
  finite("space numbers linearly", { "the start": start, "the end": stop });
  counted("space numbers linearly", count);
  const endpoint = options.endpoint ?? true;
  const intervals = endpoint ? count - 1 : count;
  const delta = stop - start;
  const step = delta / intervals;
  const result: number[] = [];
  for (let i = 0; i < count; i++) {
    // Where the step underflows to zero NumPy divides first, so that the values still differ.
    const offset = intervals <= 0 ? i * delta : step === 0 ? (i / intervals) * delta : i * step;
    result.push(offset + start);
  }
  if (endpoint && count > 1) result[count - 1] = stop;
  return result;
}

/**
 * Powers of a base with evenly spaced exponents, as `numpy.logspace` gives them.
 *
 * The exponents are NumPy's to the last bit; the power is the JavaScript engine's and may differ from
 * the C library's in the last bit.
 *
 * @param start Exponent of the first number: the sequence begins with `base ** start`.
 * @param stop Exponent of the last number.
 * @param count How many numbers: 0 gives none, 1 gives the first.
 * @param options The base, and whether the end is included.
 * @throws {RangeError} If an exponent or the base is not finite, or the count is not a whole number from 0 to 1e8.
 *
 * @example
 * ```ts
 * import { logspace } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logspace(0, 3, 4), [1, 10, 100, 1000]);
 * ```
 */
export function logspace(
  start: number,
  stop: number,
  count = 50,
  options: LogspaceOptions = {},
): number[] {
  const base = options.base ?? 10;
  finite("space numbers by their logarithm", {
    "the first exponent": start,
    "the last exponent": stop,
    "the base": base,
  });
  return linspace(start, stop, count, options).map((exponent) => base ** exponent);
}

/**
 * Numbers from `start` up to, and without, `stop` in steps of `step`, as `numpy.arange` gives them to the
 * last bit.
 *
 * There are `ceil((stop - start) / step)` of them. With a step that binary numbers cannot hold, such as 0.1,
 * that may be one more than expected, as in NumPy: {@linkcode linspace} says the count instead.
 *
 * @param start The first number; the end if it is the only argument, and the first is then 0.
 * @param stop The end, never exceeded but for rounding.
 * @param step The distance, negative to go down. @default 1
 * @throws {RangeError} If an argument is not finite, the step is zero, or there would be more than 1e8 numbers.
 *
 * @example
 * ```ts
 * import { arange } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(arange(3), [0, 1, 2]);
 * assert.deepEqual(arange(10, 0, -4), [10, 6, 2]);
 * ```
 */
export function arange(start: number, stop?: number, step = 1): number[] {
  if (stop === undefined) [start, stop] = [0, start];
  finite("step through numbers", { "the start": start, "the end": stop, "the step": step });
  if (step === 0) {
    throw new RangeError("Cannot step through numbers as the step must not be zero: 0");
  }
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count > MOST) {
    throw new RangeError(
      `Cannot step through numbers as there would be more than ${MOST}: ${count}. Choose a larger step.`,
    );
  }
  // NumPy steps by the distance of its first two values, in which the step is already rounded.
  const delta = start + step - start;
  return Array.from({ length: count }, (_, i) => i === 1 ? start + step : start + i * delta);
}

/**
 * `count` numbers with equal ratios from `start` to `stop`, the end included, as `numpy.geomspace` gives them.
 *
 * Both ends are exact; the values between come from the JavaScript engine's logarithm and power and may differ
 * from the C library's in the last bit.
 *
 * @param start The first number, not zero.
 * @param stop The last number, of the same sign.
 * @param count How many numbers: 0 gives none, 1 gives `start`.
 * @param options Whether the end is included.
 * @throws {RangeError} If an end is zero or not finite, the ends differ in sign, or the count is not a whole
 * number from 0 to 1e8.
 *
 * @example
 * ```ts
 * import { geomspace } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(geomspace(1, 1000, 4), [1, 10, 100, 1000]);
 * ```
 */
export function geomspace(
  start: number,
  stop: number,
  count = 50,
  options: SpacingOptions = {},
): number[] {
  finite("space numbers geometrically", { "the start": start, "the end": stop });
  counted("space numbers geometrically", count);
  if (start === 0 || stop === 0) {
    throw new RangeError(
      `Cannot space numbers geometrically as no end may be zero: ${start} to ${stop}`,
    );
  }
  if (start < 0 !== stop < 0) {
    throw new RangeError(
      `Cannot space numbers geometrically as both ends must have the same sign: ${start} to ${stop}`,
    );
  }
  const sign = Math.sign(start);
  const result = logspace(Math.log10(start * sign), Math.log10(stop * sign), count, {
    ...options,
    base: 10,
  }).map((value) => value * sign);
  if (count > 0) result[0] = start;
  if (count > 1 && (options.endpoint ?? true)) result[count - 1] = stop;
  return result;
}
