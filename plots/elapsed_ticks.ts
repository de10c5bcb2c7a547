/**
 * Ticks of axes of time since a start.
 *
 * @module
 */

import { decimal } from "./numbers.ts";
import { scale, type Span } from "./scale.ts";
import { numberTicks, type Room, type Tick, type TickSet } from "./ticks.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Steps of a minute and more, each with that of its minor ticks. */
const STEPS: readonly (readonly [step: number, minor: number])[] = [
  [15, 5],
  [30, 10],
  [MINUTE, 15],
  [2 * MINUTE, 30],
  [5 * MINUTE, MINUTE],
  [10 * MINUTE, 2 * MINUTE],
  [15 * MINUTE, 5 * MINUTE],
  [30 * MINUTE, 10 * MINUTE],
  [HOUR, 15 * MINUTE],
  [2 * HOUR, 30 * MINUTE],
  [3 * HOUR, HOUR],
  [6 * HOUR, HOUR],
  [12 * HOUR, 3 * HOUR],
  [DAY, 6 * HOUR],
  [2 * DAY, DAY],
  [5 * DAY, DAY],
  [10 * DAY, 2 * DAY],
  [20 * DAY, 5 * DAY],
  [50 * DAY, 10 * DAY],
  [100 * DAY, 20 * DAY],
];

/** Whole seconds as days, hours, minutes and seconds: `"1d 6h"`, `"90"` as `"1min 30s"`. */
export function elapsedText(seconds: number): string {
  if (seconds === 0) return "0";
  let rest = Math.abs(seconds);
  const parts: string[] = [];
  for (const [unit, size] of [["d", DAY], ["h", HOUR], ["min", MINUTE], ["s", 1]] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return `${seconds < 0 ? "−" : ""}${parts.join(" ")}`;
}

/** Whole multiples of a step in a span. */
function multiples([from, to]: Span, step: number): number[] {
  const found: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) found.push(k === 0 ? 0 : k * step);
  return found;
}

/**
 * The ticks of an axis of seconds since a start.
 *
 * @param span From when to when, seconds.
 * @param most How many labels are wanted at most.
 * @param room Whether labels have room; the densest ticks that have are taken.
 */
export function elapsedTicks(span: Span, most: number, room: Room): TickSet {
  const [from, to] = span;
  for (const [step, minor] of to - from > 40 && to - from < 1e10 ? STEPS : []) {
    if ((to - from) / step > most) continue;
    const major: Tick[] = multiples(span, step)
      .map((value) => ({ value, label: elapsedText(value) }));
    if (major.length === 0 || !room(major)) continue;
    const small = multiples(span, minor).filter((value) => value % step !== 0);
    return { major, minor: small, power: 0, shift: "" };
  }
  const plain = numberTicks(scale("linear", span, [0, 1]), most, room);
  if (plain.power !== 0 || plain.shift !== "") return plain;
  return {
    ...plain,
    major: plain.major.map(({ value, label }) => ({
      value,
      label: value === 0 ? decimal(0, 0) : `${label} s`,
    })),
  };
}
