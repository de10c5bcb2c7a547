/**
 * A report in words: what its HTML and its text both say.
 *
 * @module
 */

import { formatAge, formatCount, formatLength, formatNumber } from "../plots/format.ts";
import { dateText, momentText, type ZoneOffset, zoneText } from "../plots/time_ticks.ts";
import { NAME, oneLine } from "./one_line.ts";
import type { Report, TaskLine, ValueLine } from "./report.ts";
import { standingWords, type TroubleWords, troubleWords } from "./trouble_words.ts";

/** A variable's row. */
export interface ValueWords {
  /** What it is called. */
  readonly title: string;
  /** Its name in the file, if it is called otherwise. */
  readonly name: string;
  /** Its value with the unit. */
  readonly value: string;
  /** How it changed; empty if that cannot be said. */
  readonly change: string;
  /** The least and the greatest value; empty if there was none. */
  readonly min: string;
  readonly max: string;
  /** How old it is. */
  readonly age: string;
  /** Whether a newer one should have come by now. */
  readonly stale: boolean;
}

/** A task's row. */
export interface TaskWords {
  /** Its name. */
  readonly name: string;
  /** Its state, and how often it runs. */
  readonly state: string;
  /** Steps, missed starts, failed steps. */
  readonly steps: string;
  readonly missed: string;
  readonly failed: string;
  /** How late its steps began. */
  readonly late: string;
  /** Whether it missed or failed. */
  readonly wrong: boolean;
}

/** A plot. */
export interface PlotWords {
  /** What stands above it. */
  readonly title: string;
  /** What it shows in a sentence; empty if there is no picture. */
  readonly description: string;
  /** Names its picture, if there is one. */
  readonly cid?: string;
}

/** A report in words; every text is a line of bounded length. */
export interface ReportWords {
  /** The experiment. */
  readonly title: string;
  /** How the run is. */
  readonly state: string;
  /** How good that is. */
  readonly mood: "good" | "warn" | "bad" | "quiet";
  /** Why the report is made, if it was not due. */
  readonly reason: string;
  /** What is known of the run, by headings. */
  readonly facts: readonly (readonly [string, string])[];
  /** What is wrong at this moment. */
  readonly standing: readonly TroubleWords[];
  /** From when on it tells what happened: `"since Thu 26 Nov 2026 08:00:00"`. */
  readonly since: string;
  readonly values: readonly ValueWords[];
  /** What stands below the values, or in their place. */
  readonly valuesNote: string;
  readonly plots: readonly PlotWords[];
  readonly troubles: readonly TroubleWords[];
  readonly troublesNote: string;
  readonly tasks: readonly TaskWords[];
  readonly tasksNote: string;
  readonly notes: readonly string[];
}

/** A report in words, its moments in a time zone. */
export function inWords(report: Report, offset: ZoneOffset): ReportWords {
  const { now, since, sinceReport } = report;
  const moment = (t: number): string => shortMoment(t, now, offset);
  return {
    title: oneLine(report.name, NAME),
    state: stateWord(report),
    mood: moodOf(report),
    reason: oneLine(report.reason),
    facts: facts(report, (t) => `${momentText(t, offset)} ${zoneText(offset(t))}`, moment),
    standing: report.standing.map((one) => standingWords(one, moment, now)),
    since: `since ${moment(since)}${
      sinceReport ? ", the last regular report" : ", when the run began"
    }`,
    values: report.values.map((line) => valueWords(line, now)),
    valuesNote: report.values.length === 0
      ? "No variable has a value yet."
      : left(report.moreValues, "variable is", "variables are", "not listed."),
    plots: report.plots.map(({ title, cid, description = "" }) => ({
      title: oneLine(title, 2 * NAME),
      description: oneLine(description),
      ...(cid === undefined ? {} : { cid }),
    })),
    troubles: report.troubles.map((trouble) => troubleWords(trouble, moment)),
    troublesNote: report.troubles.length === 0
      ? "Nothing went wrong."
      : left(report.moreTroubles, "more happening is", "more happenings are", "not listed."),
    tasks: report.tasks.map(taskWords),
    tasksNote: left(report.moreTasks, "task is", "tasks are", "not listed."),
    notes: report.notes.map((note) => oneLine(note)),
  };
}

/** A moment without the date if it is of today, and without the year if it is of this one. */
function shortMoment(t: number, now: number, offset: ZoneOffset): string {
  const text = momentText(t, offset);
  const [today, date] = [dateText(now, offset), dateText(t, offset)];
  if (date === today) return text.slice(date.length + 1);
  const year = / \d+$/;
  if (year.exec(date)?.[0] !== year.exec(today)?.[0]) return text;
  return date.replace(year, "") + text.slice(date.length);
}

function left(count: number, one: string, several: string, rest: string): string {
  return count === 0 ? "" : `${formatCount(count)} ${count === 1 ? one : several} ${rest}`;
}

/** How the run is, in a word. */
export function stateWord({ kind, state }: Pick<Report, "kind" | "state">): string {
  if (state !== "running") return state;
  switch (kind) {
    case "start":
      return "started";
    case "alarm":
      return "alarm";
    case "failure":
      return "failure";
    default:
      return state;
  }
}

function moodOf({ kind, state, standing }: Report): ReportWords["mood"] {
  if (state === "failed" || kind === "failure" || kind === "alarm") return "bad";
  if (state === "interrupted" || state === "stopping" || standing.length > 0) return "warn";
  return state === "completed" ? "quiet" : "good";
}

function facts(
  report: Report,
  full: (t: number) => string,
  moment: (t: number) => string,
): [string, string][] {
  const { started, now, fraction, endsAt, entries, run, file, before, state } = report;
  const running = state === "running" || state === "stopping";
  const length = formatLength(Math.max(0, now - started));
  const found: [string, string][] = [[
    "Began",
    running ? `${full(started)}, ${length} ago` : full(started),
  ]];
  if (!running) found.push(["Ended", `${full(now)} after ${length}`]);
  if (running && (fraction !== undefined || endsAt !== undefined)) {
    const parts = [
      ...fraction === undefined ? [] : [`${Math.floor(fraction * 100)} % done`],
      ...endsAt === undefined
        ? []
        : [`${formatLength(Math.max(0, Math.round(endsAt - now)))} left, until ${moment(endsAt)}`],
    ];
    found.push(["Progress", parts.join(", ")]);
  }
  const count = `${formatCount(entries)} ${entries === 1 ? "entry" : "entries"}`;
  const where = file === ":memory:" ? "memory" : oneLine(file, 2 * NAME);
  found.push(["Data", `${count} in ${where}, run ${run}`]);
  if (before !== undefined) {
    const why = before.reason === "" ? "" : `: ${before.reason}`;
    found.push([
      "Before",
      oneLine(`run ${before.run} ${ENDED[before.state] ?? before.state}${why}`),
    ]);
  }
  return found;
}

const ENDED: Readonly<Record<string, string>> = {
  lost: "was lost: its program ended without saying why",
  running: "was lost: its program ended without saying why",
  interrupted: "was interrupted",
};

function valueWords(line: ValueLine, now: number): ValueWords {
  const { name, label, unit, value, t, before, min, max, stale } = line;
  const withUnit = (text: string): string =>
    unit === undefined ? text : `${text} ${oneLine(unit, 20)}`;
  const age = formatAge(now - t);
  return {
    title: oneLine(label ?? name, NAME),
    name: label === undefined ? "" : oneLine(name, NAME),
    value: withUnit(formatNumber(value)),
    change: formatChange(value, before),
    min: Number.isNaN(min) ? "" : formatNumber(min),
    max: Number.isNaN(max) ? "" : formatNumber(max),
    age: stale ? `stale, ${age}` : age,
    stale,
  };
}

/** How a value changed, no finer than its six digits tell; empty if that cannot be said. */
export function formatChange(value: number, before: number): string {
  const change = value - before;
  if (!Number.isFinite(change)) return "";
  const size = Math.max(Math.abs(value), Math.abs(before));
  if (size === 0) return "±0";
  // Digits below the sixth of what is shown are noise of the subtraction.
  const finest = 10 ** (Math.floor(Math.log10(size)) - 5);
  const rounded = Math.round(change / finest) * finest;
  if (rounded === 0) return "±0";
  const text = formatNumber(Number(rounded.toPrecision(6)));
  return rounded > 0 ? `+${text}` : text;
}

function taskWords(task: TaskLine): TaskWords {
  const { name, state, period, steps, missed, failed, late } = task;
  return {
    name: oneLine(name, NAME),
    state: period === undefined ? state : `${state}, every ${formatLength(period)}`,
    steps: formatCount(steps),
    missed: formatCount(missed),
    failed: formatCount(failed),
    late: Number.isNaN(late) ? "–" : formatLength(late),
    wrong: missed > 0 || failed > 0 || state === "failed" || state === "abandoned",
  };
}
