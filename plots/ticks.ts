/**
 * Ticks of axes of numbers.
 *
 * @module
 */

import { decimal, powerOfTen } from "./numbers.ts";
import type { Scale, Span } from "./scale.ts";

/** A tick with its label. */
export interface Tick {
  /** Where it is, in the axis's values. */
  readonly value: number;
  /** What it says. */
  readonly label: string;
  /** A second line, where what the labels leave out changes: the date. */
  readonly context?: string;
}

/** The ticks of an axis. */
export interface TickSet {
  /** Those with labels, from the least value to the greatest. */
  readonly major: readonly Tick[];
  /** Those without. */
  readonly minor: readonly number[];
  /** Labels are in units of ten to this power. */
  readonly power: number;
  /** What was taken from all values before they became labels: `"− 1.2345"`; empty if nothing. */
  readonly shift: string;
}

/** Tells whether the labels of ticks have enough room beside each other. */
export type Room = (ticks: readonly Tick[]) => boolean;

/** No ticks at all. */
export const NO_TICKS: TickSet = { major: [], minor: [], power: 0, shift: "" };

/** A step between ticks: `mantissa × 10^exponent`. */
interface Step {
  readonly mantissa: 1 | 2 | 5;
  readonly exponent: number;
}

/** The value of an integer times a power of ten, rounded once. */
function value(integer: number, exponent: number): number {
  return Number(`${integer}e${exponent}`);
}

/** The least step of 1, 2 or 5 times a power of ten that divides a span into at most `most` parts. */
function stepOf([low, high]: Span, most: number): Step {
  const wanted = (high / 2 - low / 2) / most * 2;
  let exponent = Math.floor(Math.log10(wanted));
  if (!Number.isFinite(exponent)) exponent = 308;
  for (const mantissa of [1, 2, 5] as const) {
    if (value(mantissa, exponent) >= wanted * (1 - 1e-9)) return { mantissa, exponent };
  }
  return { mantissa: 1, exponent: exponent + 1 };
}

/** The multiples of a step in a span, each divided by the step; a rounding error outside counts as inside. */
function multiples([low, high]: Span, { mantissa, exponent }: Step): number[] {
  const step = value(mantissa, exponent);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const found: number[] = [];
  for (let k = first; k <= last && found.length < 1000; k++) found.push(k === 0 ? 0 : k);
  return found;
}

const MINOR: Readonly<Record<Step["mantissa"], Step["mantissa"]>> = { 1: 2, 2: 5, 5: 1 };

/** The step between the minor ticks of a step: a fifth of it, or a quarter of 2. */
function minorOf({ mantissa, exponent }: Step): Step {
  return { mantissa: MINOR[mantissa], exponent: mantissa === 5 ? exponent : exponent - 1 };
}

/** Labels for integers times a power of ten, with what is common to them. */
function labelled(integers: readonly number[], exponent: number): TickSet {
  const first = integers[0];
  const last = integers.at(-1);
  if (first === undefined || last === undefined) return NO_TICKS;
  let rest = integers;
  let shift = "";
  // Labels of more than six digits of which only the last ones differ say what they share once.
  const span = Math.max(1, last - first);
  if (Math.max(Math.abs(first), Math.abs(last)) >= 1e6 && Math.abs(first) > 100 * span) {
    const round = 10 ** Math.ceil(Math.log10(span));
    const base = Math.floor(first / round) * round;
    rest = integers.map((integer) => integer - base);
    shift = shiftText(base, exponent);
  }
  const greatest = Math.max(...rest.map(Math.abs));
  const magnitude = greatest === 0 ? 0 : Math.floor(Math.log10(greatest)) + exponent;
  const trailing = exponent > 0 ? exponent : 0;
  const short = magnitude >= 0 || exponent >= -3 || (magnitude === -2 && exponent >= -5);
  const plain = magnitude < 5 && trailing < 5 && exponent >= -6 && short;
  const power = plain ? 0 : Math.floor(magnitude / 3) * 3;
  return {
    major: rest.map((integer, index) => ({
      value: value(integers[index] ?? 0, exponent),
      label: decimal(integer, exponent - power),
    })),
    minor: [],
    power,
    shift,
  };
}

/** `"− 1.2345"`, with a power of ten where it would be long. */
function shiftText(integer: number, exponent: number): string {
  const sign = integer < 0 ? "+" : "−";
  const digits = String(Math.abs(integer)).replace(/0+$/, "") || "0";
  const power = String(Math.abs(integer)).length - 1 + exponent;
  if (power >= -4 && power < 6) {
    return `${sign} ${decimal(Number(digits), power - digits.length + 1)}`;
  }
  const mantissa = decimal(Number(digits), 1 - digits.length);
  return `${sign} ${mantissa}×${powerOfTen(power)}`;
}

/** Ticks at the multiples of a step. */
function ticksOf(span: Span, step: Step): TickSet {
  const integers = multiples(span, step).map((k) => k * step.mantissa);
  const small = minorOf(step);
  return {
    ...labelled(integers, step.exponent),
    minor: multiples(span, small)
      .map((k) => k * small.mantissa)
      .filter((integer) => integer % (step.mantissa * 10 ** (step.exponent - small.exponent)) !== 0)
      .map((integer) => value(integer, small.exponent)),
  };
}

function sorted([from, to]: Span): Span {
  return from <= to ? [from, to] : [to, from];
}

/** Numbers of equal distance: the most ticks, up to `most`, that have room. */
function linearTicks(span: Span, most: number, room: Room): TickSet {
  let found = NO_TICKS;
  let last: Step | undefined;
  for (let parts = Math.max(1, Math.floor(most)); parts >= 1; parts--) {
    const step = stepOf(span, parts);
    if (step.mantissa === last?.mantissa && step.exponent === last.exponent) continue;
    last = step;
    found = ticksOf(span, step);
    if (!room(found.major)) continue;
    return found.major.length >= 2 ? found : denser(span, most, room) ?? found;
  }
  return denser(span, most, room) ?? { ...found, major: found.major.slice(0, 1) };
}

/** More ticks than are wanted, where fewer would be one, which gives no scale. */
function denser(span: Span, most: number, room: Room): TickSet | null {
  for (let parts = Math.floor(most) + 1; parts <= most * 4 + 4; parts++) {
    const found = ticksOf(span, stepOf(span, parts));
    if (found.major.length >= 2 && room(found.major)) return found;
  }
  return null;
}

/** A label on a logarithmic axis: plain where it is short. */
function logLabel(mantissa: number, exponent: number, plain: boolean): string {
  if (plain) return decimal(mantissa, exponent);
  return mantissa === 1 ? powerOfTen(exponent) : `${mantissa}×${powerOfTen(exponent)}`;
}

/** Whole numbers times powers of ten in a span. */
function decadeTicks([low, high]: Span, mantissas: readonly number[], every = 1): Tick[] {
  const from = Math.floor(Math.log10(low)) - 1;
  const to = Math.ceil(Math.log10(high)) + 1;
  const plain = low >= 0.9e-3 && high <= 1.1e4;
  const ticks: Tick[] = [];
  for (let exponent = Math.floor(from / every) * every; exponent <= to; exponent += every) {
    for (const mantissa of mantissas) {
      const at = value(mantissa, exponent);
      if (at >= low * (1 - 1e-12) && at <= high * (1 + 1e-12)) {
        ticks.push({ value: at, label: logLabel(mantissa, exponent, plain) });
      }
    }
  }
  return ticks;
}

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Ticks on a logarithmic axis: as many of the decades and of what is between them as have room. */
function logTicks(span: Span, most: number, room: Room): TickSet {
  const decades = Math.log10(span[1]) - Math.log10(span[0]);
  const all = decades <= 12 ? decadeTicks(span, DIGITS).map((tick) => tick.value) : [];
  const without = (major: readonly Tick[]): TickSet => {
    const taken = new Set(major.map((tick) => tick.value));
    return { major, minor: all.filter((at) => !taken.has(at)), power: 0, shift: "" };
  };
  // Within a decade there may be no power of ten at all; equal steps then say more.
  if (decades < 1) {
    const equal = linearTicks(span, most, room);
    if (equal.major.length >= 2 || decades < 0.3) return equal;
  }
  if (decades <= 4) {
    for (const mantissas of [DIGITS, [1, 2, 5], [1, 3]]) {
      const major = decadeTicks(span, mantissas);
      if (major.length >= 2 && room(major)) return without(major);
    }
  }
  for (const every of [1, 2, 3, 5, 10, 20, 50, 100, 200]) {
    const major = decadeTicks(span, [1], every);
    if (!room(major)) continue;
    if (every === 1) return without(major);
    const minor = decadeTicks(span, [1]).map((tick) => tick.value);
    return {
      major,
      minor: minor.filter((at) => !major.some((tick) => tick.value === at)),
      power: 0,
      shift: "",
    };
  }
  return without([]);
}

/**
 * The ticks of an axis of numbers.
 *
 * @param on The axis's scale; it may run downwards.
 * @param most How many labels are wanted at most.
 * @param room Whether labels have room; the densest ticks that have are taken.
 */
export function numberTicks(on: Scale, most: number, room: Room): TickSet {
  const span = sorted(on.range);
  return on.kind === "log" ? logTicks(span, most, room) : linearTicks(span, most, room);
}

/** The step between minor ticks if a span is divided into about `parts`: what ranges are rounded to. */
export function roundingStep(span: Span, parts: number): number {
  const { mantissa, exponent } = minorOf(stepOf(span, parts));
  return value(mantissa, exponent);
}
