/**
 * Ticks of axes of time, by the calendar of a time zone.
 *
 * @module
 */

import type { Span } from "./scale.ts";
import { NO_TICKS, type Room, type Tick, type TickSet } from "./ticks.ts";

/** Seconds that a zone's clocks are ahead of UTC at a moment, given in Unix seconds. */
export type ZoneOffset = (t: number) => number;

/** UTC's own offset. */
export const utc: ZoneOffset = (): number => 0;

type Unit = "s" | "day" | "month" | "year";

/** A step of so many units, and the one of its minor ticks. */
interface Step {
  readonly unit: Unit;
  readonly count: number;
  /** About how long it is, seconds. */
  readonly length: number;
  readonly minor?: readonly [Unit, number];
}

const DAY = 86_400;
const MONTH = 30.44 * DAY;
const YEAR = 365.24 * DAY;

function step(unit: Unit, count: number, minor?: readonly [Unit, number]): Step {
  const length = count * { s: 1, day: DAY, month: MONTH, year: YEAR }[unit];
  return minor === undefined ? { unit, count, length } : { unit, count, length, minor };
}

const LONG_STEPS: readonly Step[] = [
  step("s", 10, ["s", 2]),
  step("s", 15, ["s", 5]),
  step("s", 30, ["s", 10]),
  step("s", 60, ["s", 15]),
  step("s", 120, ["s", 30]),
  step("s", 300, ["s", 60]),
  step("s", 600, ["s", 120]),
  step("s", 900, ["s", 300]),
  step("s", 1_800, ["s", 600]),
  step("s", 3_600, ["s", 900]),
  step("s", 7_200, ["s", 1_800]),
  step("s", 10_800, ["s", 3_600]),
  step("s", 21_600, ["s", 3_600]),
  step("s", 43_200, ["s", 10_800]),
  step("day", 1, ["s", 21_600]),
  step("day", 2, ["day", 1]),
  step("day", 7, ["day", 1]),
  step("day", 14, ["day", 7]),
  step("month", 1, ["day", 7]),
  step("month", 2, ["month", 1]),
  step("month", 3, ["month", 1]),
  step("month", 6, ["month", 1]),
];

/** All steps from about `least` seconds on, finest first. */
function* stepsFrom(least: number): Generator<Step> {
  for (let exponent = Math.max(-6, Math.floor(Math.log10(least))); exponent <= 0; exponent++) {
    for (const mantissa of [1, 2, 5]) {
      const count = mantissa * 10 ** exponent;
      if (count >= least) yield step("s", count, ["s", count / (mantissa === 2 ? 4 : 5)]);
    }
  }
  for (const long of LONG_STEPS) if (long.length >= least) yield long;
  for (let exponent = 0; exponent <= 6; exponent++) {
    for (const mantissa of [1, 2, 5]) {
      const count = mantissa * 10 ** exponent;
      const minor: readonly [Unit, number] = count === 1
        ? ["month", 3]
        : ["year", count / (mantissa === 2 ? 2 : mantissa === 1 ? 10 : 5)];
      if (count * YEAR >= least) yield step("year", count, minor);
    }
  }
}

/** Days since 1970-01-01 of a date; months may lie outside 0 to 11. */
function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime() / 1e3 / DAY;
}

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

function dateOf(days: number): CalendarDate {
  const date = new Date(days * DAY * 1e3);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

/** The wall times, in seconds as if of UTC, that a step's ticks have between two of them. */
function* wallTimes([from, to]: Span, unit: Unit, count: number): Generator<number> {
  if (unit === "s") {
    // Whole numbers, so that no rounding error adds up.
    const [times, parts] = count < 1 ? [1, Math.round(1 / count)] : [count, 1];
    for (let k = Math.floor(from / times * parts); k * times / parts <= to; k++) {
      yield k * times / parts;
    }
  } else if (unit === "day") {
    // Days are counted from a Monday, so that weeks begin with one.
    const monday = 4;
    for (
      let day = Math.floor((from / DAY - monday) / count) * count + monday;
      day * DAY <= to;
      day += count
    ) yield day * DAY;
  } else {
    const { year, month } = dateOf(Math.floor(from / DAY));
    const months = unit === "year" ? count * 12 : count;
    for (let k = Math.floor((year * 12 + month) / months) * months;; k += months) {
      const at = daysOf(Math.floor(k / 12), ((k % 12) + 12) % 12, 1) * DAY;
      if (!(at <= to)) return;
      yield at;
    }
  }
}

/**
 * The moments at which a zone's clocks show a wall time: one, none where clocks went forward over it, two where they
 * went back. A day that begins with hours that are left out begins at its first moment.
 */
function momentsOf(wall: number, offset: ZoneOffset): number[] {
  const before = offset(wall - DAY);
  const after = offset(wall + DAY);
  if (before === after && offset(wall - before) === before) return [wall - before];
  const found = [wall - before, wall - after].filter((t, index, all) =>
    offset(t) + t === wall && all.indexOf(t) === index
  );
  if (found.length > 0 || wall % DAY !== 0) return found.sort((a, b) => a - b);
  let [early, late] = [wall - Math.max(before, after) - 1, wall - Math.min(before, after)];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (middle + offset(middle) < wall) early = middle;
    else late = middle;
  }
  return [late];
}

/** Clocks are not changed twice within so many seconds. */
const BETWEEN_CHANGES = 20 * DAY;

/** A step's ticks in a span of moments. */
function moments(span: Span, unit: Unit, count: number, offset: ZoneOffset): number[] {
  const [from, to] = span;
  const first = offset(from);
  const last = offset(to);
  const constant = first === last && to - from < BETWEEN_CHANGES;
  const found: number[] = [];
  // Fractions of a second have no business with the calendar.
  if (unit === "s" && (constant || count < 1)) {
    for (const wall of wallTimes([from + first, to + first], unit, count)) {
      const t = wall - first;
      if (t >= from && t <= to) found.push(t);
    }
    return found;
  }
  const margin = unit === "s" ? 7_200 : DAY;
  const walls: Span = [from + Math.min(first, last) - margin, to + Math.max(first, last) + margin];
  for (const wall of wallTimes(walls, unit, count)) {
    for (const t of momentsOf(wall, offset)) if (t >= from && t <= to) found.push(t);
  }
  return found.sort((a, b) => a - b);
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WEEKDAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** The time of day of a wall time: `"14:05"`, with seconds and decimals as the step needs them. */
function clockText(wall: number, { unit, count }: Step): string {
  if (unit !== "s") return "";
  const decimals = count >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(count) - 1e-9));
  const scale = 10 ** decimals;
  const ticks = Math.round((wall - Math.floor(wall / DAY) * DAY) * scale);
  const seconds = Math.floor(ticks / scale);
  const text = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}`;
  if (count >= 60 && count % 60 === 0) return text;
  const whole = `${text}:${two(seconds % 60)}`;
  return decimals === 0 ? whole : `${whole}.${String(ticks % scale).padStart(decimals, "0")}`;
}

/** How a zone is ahead of UTC: `"UTC+1"`, `"UTC−3:30"`. */
export function zoneText(offset: number): string {
  if (offset === 0) return "UTC";
  const minutes = Math.round(Math.abs(offset) / 60);
  const rest = minutes % 60 === 0 ? "" : `:${two(minutes % 60)}`;
  return `UTC${offset < 0 ? "−" : "+"}${Math.floor(minutes / 60)}${rest}`;
}

/** A tick's two lines: what the step counts, and what is around it. */
function linesOf(t: number, of: Step, offset: ZoneOffset): { label: string; context: string } {
  const wall = t + offset(t);
  const { year, month, day, weekday } = dateOf(Math.floor(wall / DAY));
  const monthName = MONTHS[month] ?? "";
  switch (of.unit) {
    case "s":
      return {
        label: clockText(wall, of),
        context: `${WEEKDAYS[weekday]} ${day} ${monthName} ${year}`,
      };
    case "day":
      return {
        label: of.count === 1 ? `${WEEKDAYS[weekday]} ${day}` : `${day} ${monthName}`,
        context: of.count === 1 ? `${monthName} ${year}` : String(year),
      };
    case "month":
      return { label: monthName, context: String(year) };
    case "year":
      return { label: String(year), context: "" };
  }
}

/** Ticks with the lines that change: the context stands at the first one and where it is another one. */
function labelled(times: readonly number[], of: Step, offset: ZoneOffset): Tick[] {
  let previous: { context: string; offset: number } | undefined;
  return times.map((t) => {
    const { label, context } = linesOf(t, of, offset);
    const now = { context, offset: offset(t) };
    // After a change of the clocks the same times come again, or are left out: say by how much.
    const said = now.context !== previous?.context
      ? context
      : of.unit === "s" && now.offset !== previous.offset
      ? zoneText(now.offset)
      : "";
    previous = now;
    return said === "" ? { value: t, label } : { value: t, label, context: said };
  });
}

/**
 * The ticks of an axis of moments.
 *
 * @param span From when to when, Unix seconds.
 * @param most How many labels are wanted at most.
 * @param offset The zone by whose clocks and calendar ticks are set.
 * @param room Whether labels have room; the densest ticks that have are taken.
 */
export function timeTicks(span: Span, most: number, offset: ZoneOffset, room: Room): TickSet {
  const [from, to] = span;
  if (!(to > from) || Math.max(Math.abs(from), Math.abs(to)) > 8e12) return NO_TICKS;
  let fewest: readonly Tick[] = [];
  for (const of of stepsFrom(Math.max(1e-6, (to - from) / (Math.max(1, most) + 1)))) {
    const times = moments(span, of.unit, of.count, offset);
    const major = labelled(times, of, offset);
    if (major.length > most + 1 || !room(major)) {
      fewest = major;
      continue;
    }
    // Where two have no room for each other, one alone still tells when it is.
    if (major.length === 0) return { ...NO_TICKS, major: fewest.slice(0, 1) };
    const taken = new Set(times);
    const minor = of.minor === undefined ? [] : moments(span, ...of.minor, offset);
    return { major, minor: minor.filter((t) => !taken.has(t)), power: 0, shift: "" };
  }
  return NO_TICKS;
}

/** The date or, within a day, what else is around a moment: what the labels of its ticks leave out. */
export function dateText(t: number, offset: ZoneOffset): string {
  const { year, month, day, weekday } = dateOf(Math.floor((t + offset(t)) / DAY));
  return `${WEEKDAYS[weekday]} ${day} ${MONTHS[month]} ${year}`;
}

/**
 * A moment in full, as cursors show it: `"Thu 26 Nov 2026 14:05:09.250"`.
 *
 * @param t Unix seconds.
 * @param offset The zone.
 * @param resolution As many seconds as need to be told apart. @default 1
 */
export function momentText(t: number, offset: ZoneOffset, resolution = 1): string {
  const count = resolution >= 1 ? 1 : 10 ** Math.floor(Math.log10(resolution) + 1e-9);
  const decimals = count >= 1 ? 1 : 10 ** Math.min(6, Math.round(-Math.log10(count)));
  // What is left out is left out, but a microsecond is as exact as a moment can be.
  const rounded = Math.floor(Math.round(t * 1e6) / (1e6 / decimals)) / decimals;
  const clock = clockText(rounded + offset(rounded), step("s", count));
  return `${dateText(rounded, offset)} ${clock}`;
}
