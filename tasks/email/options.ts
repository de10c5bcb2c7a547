/**
 * How reports are sent by e-mail, as it is written and as it is meant.
 *
 * @module
 */

import type { SmtpOptions } from "../../notify/mail_options.ts";
import type { PlotChoice } from "../../reports/desk.ts";
import { timeOfDay, timeZoneNamed } from "../../time/daily.ts";
import { type DurationInput, formatDuration, milliseconds } from "../../time/duration.ts";
import { checkTemplate } from "./subject.ts";

/** When a report is sent beside those that are due: the run begins, ends, something fails for good, an alarm is raised. */
export type ReportOccasion = "start" | "end" | "failure" | "alarm";

/** How reports are sent by e-mail. */
export interface EmailOptions {
  /** Who sends them: an address, or `"Name <address>"`. */
  readonly from: string;
  /** Who gets them: an address, or several. */
  readonly to: string | readonly string[];
  /** The mail server and how it is spoken to. */
  readonly smtp: SmtpOptions;
  /** Time from report to report, 10 s or more. @default only the occasions of `on` */
  readonly every?: DurationInput;
  /** How long after the beginning the first of them is made. @default "0s": at once */
  readonly initialDelay?: DurationInput;
  /** In place of `every`: the time of day of a daily report, such as `"08:00"`. */
  readonly at?: `${number}:${number}`;
  /** The zone whose clocks reports and `at` follow, such as `"Europe/Paris"`. @default the computer's */
  readonly timeZone?: string;
  /**
   * The subject: `{name}`, `{state}`, `{reason}` and `{time}` stand for what they say.
   * @default "{name}: {state}, {reason}", without what is empty
   */
  readonly subject?: string;
  /** What is reported beside. @default ["end", "failure", "alarm"] */
  readonly on?: readonly ReportOccasion[];
  /** What goes along: `csv`, a table of all that was recorded in the last while. */
  readonly attach?: { readonly csv?: DurationInput };
  /** Which of the run's plots are shown: all, none, or those at some places in their order, from 0. @default "all" */
  readonly plots?: PlotChoice;
  /** Names the sender in the file: what an earlier run left to be sent is sent by that of the same name. @default "email" */
  readonly name?: string;
}

/** When regular reports are due; lengths in milliseconds. */
export type ReportSchedule =
  | { readonly kind: "every"; readonly period: number; readonly delay: number }
  | { readonly kind: "at"; readonly time: Temporal.PlainTime };

/** What reports are to be, with everything decided. */
export interface EmailSettings {
  /** Who sends them. */
  readonly from: string;
  /** Who gets them. */
  readonly to: readonly string[];
  /** When the regular ones are due; undefined for never. */
  readonly schedule: ReportSchedule | undefined;
  /** The zone. */
  readonly timeZone: string;
  /** The subject. */
  readonly subject: string | undefined;
  /** What is reported beside. */
  readonly on: ReadonlySet<ReportOccasion>;
  /** The last so many milliseconds go along as a table. */
  readonly csv: number | undefined;
  /** Which plots are shown. */
  readonly plots: PlotChoice;
  /** Names the sender. */
  readonly name: string | undefined;
}

const OPTIONS = [
  "from",
  "to",
  "smtp",
  "every",
  "initialDelay",
  "at",
  "timeZone",
  "subject",
  "on",
  "attach",
  "plots",
  "name",
];
const OCCASIONS: readonly string[] = ["start", "end", "failure", "alarm"];

/** More often nobody reads them. Milliseconds. */
const LEAST_PERIOD = 10_000;

const CANNOT = "Cannot send reports by e-mail, as";

function refuse(why: string, next = ""): TypeError {
  return new TypeError(`${CANNOT} ${why}${next === "" ? "" : `. ${next}`}`);
}

/**
 * What is meant by options of any shape: the caller may not have had a compiler. Addresses and server are checked by
 * the channel that is made of them.
 *
 * @throws {TypeError} If something of it has the wrong shape, or can't be meant together.
 * @throws {RangeError} If a length of time is too short, or there is no such time zone.
 * @throws {SyntaxError} If a duration or a time of day can't be read.
 */
export function emailSettings(given: unknown): EmailSettings {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw refuse(`its options must be an object: ${String(given)}`);
  }
  const unknown = Object.keys(given).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw refuse(
      `there is no option ${JSON.stringify(unknown)}`,
      `There are: ${OPTIONS.join(", ")}`,
    );
  }
  const options = given as EmailOptions;
  const { from, to, subject, timeZone, name } = options;
  if (typeof from !== "string" || from === "") {
    throw refuse(`from must be an address: ${JSON.stringify(from)}`);
  }
  const recipients = typeof to === "string" ? [to] : to;
  if (
    !Array.isArray(recipients) || recipients.length === 0 ||
    !recipients.every((one) => typeof one === "string" && one !== "")
  ) {
    throw refuse(`to must be an address, or several: ${JSON.stringify(to)}`);
  }
  for (const [key, value] of Object.entries({ subject, timeZone, name })) {
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw refuse(`${key} must be a text: ${JSON.stringify(value)}`);
    }
  }
  if (subject !== undefined) checkTemplate(subject);
  return {
    from,
    to: [...recipients],
    schedule: schedule(options),
    timeZone: timeZoneNamed(timeZone),
    subject,
    on: occasions(options.on),
    csv: attachment(options.attach),
    plots: plotChoice(options.plots),
    name,
  };
}

function schedule({ every, initialDelay, at }: EmailOptions): ReportSchedule | undefined {
  if (every !== undefined && at !== undefined) {
    throw refuse(
      `every and at can't both say when: ${String(every)} and ${JSON.stringify(at)}`,
      "Give one of them, or use .email() twice",
    );
  }
  if (initialDelay !== undefined && every === undefined) {
    throw refuse("initialDelay goes with every only", "Give every, or leave it out");
  }
  if (at !== undefined) {
    if (typeof at !== "string") throw refuse(`at must be a time of day: ${JSON.stringify(at)}`);
    return { kind: "at", time: timeOfDay(at) };
  }
  if (every === undefined) return undefined;
  const period = milliseconds(every);
  if (period < LEAST_PERIOD) {
    throw new RangeError(
      `${CANNOT} there must be ${formatDuration(LEAST_PERIOD)} or more from one to the next: ${
        String(every)
      }`,
    );
  }
  return { kind: "every", period, delay: milliseconds(initialDelay ?? "0s") };
}

function occasions(on: unknown = ["end", "failure", "alarm"]): ReadonlySet<ReportOccasion> {
  if (!Array.isArray(on)) throw refuse(`on must be an array: ${JSON.stringify(on)}`);
  const odd = on.find((one) => !OCCASIONS.includes(one));
  if (odd !== undefined) {
    throw refuse(
      `there is no occasion ${JSON.stringify(odd)}`,
      `There are: ${OCCASIONS.join(", ")}`,
    );
  }
  return new Set(on);
}

function attachment(attach: unknown): number | undefined {
  if (attach === undefined) return undefined;
  const odd = typeof attach !== "object" || attach === null || Array.isArray(attach) ||
    Object.keys(attach).some((key) => key !== "csv");
  if (odd) throw refuse(`attach must be { csv: "1d" }: ${JSON.stringify(attach)}`);
  const { csv } = attach as { csv?: DurationInput };
  if (csv === undefined) return undefined;
  const length = milliseconds(csv);
  if (length === 0) {
    throw new RangeError(`${CANNOT} the table must be of a while above zero: ${String(csv)}`);
  }
  return length;
}

function plotChoice(plots: unknown = "all"): PlotChoice {
  if (plots === "all" || plots === false) return plots;
  if (
    Array.isArray(plots) &&
    plots.every((index) => Number.isInteger(index) && index >= 0)
  ) {
    return [...plots];
  }
  throw refuse(
    `plots must be "all", false, or places of plots such as [0, 2]: ${JSON.stringify(plots)}`,
  );
}
