/**
 * Variables as a table of text (RFC 4180).
 *
 * @module
 */

import { toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";

/** Rows that are made at once: some hundred kilobytes. */
const AT_ONCE = 4_000;

/** A window, in the file's integer microseconds since 1970. */
export interface CsvWindow {
  /** First time. */
  readonly from: number;
  /** Last time; it is included. */
  readonly to: number;
}

/** A text as a field. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A time with its microseconds, in UTC. */
function isoTime(t: number): string {
  const seconds = Math.floor(t / 1e6);
  const rest = `${t - seconds * 1e6}`.padStart(6, "0");
  return `${new Date(seconds * 1e3).toISOString().slice(0, -5)}.${rest}Z`;
}

/** Unix seconds with their microseconds, in digits. */
function unixSeconds(t: number): string {
  return Number.isSafeInteger(t) ? toSeconds(t).toFixed(6) : `${toSeconds(t)}`;
}

/** The shortest digits that are the same number when they are read. */
function digits(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}

/**
 * A table with a row for each entry that holds one of the variables, in the order of recording: its time as text and
 * in Unix seconds, then the values, empty where the entry has none. Numbers read back are exactly those recorded. The
 * first line names the columns, with units in brackets.
 *
 * It is read as fast as it is taken, and holds no snapshot between: what is recorded meanwhile may be in it.
 */
export function csv(
  reader: Reader,
  names: readonly string[],
  { from, to }: CsvWindow,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const units = new Map(reader.variables().map(({ name, unit }) => [name, unit]));
  const titles = names.map((name) => {
    const unit = units.get(name);
    return field(unit === undefined || unit === "" ? name : `${name} [${unit}]`);
  });
  let after: number | undefined = 0;
  return new ReadableStream({
    start(controller): void {
      controller.enqueue(encoder.encode(`${["time", "unix [s]", ...titles].join(",")}\r\n`));
    },
    pull(controller): void {
      let text = "";
      while (text === "" && after !== undefined) {
        after = reader.rows(names, { from, to, after, most: AT_ONCE }, ({ t, values, has }) => {
          text += `${isoTime(t)},${unixSeconds(t)}`;
          for (let i = 0; i < values.length; i++) {
            text += has[i] === 1 ? `,${digits(values[i] as number)}` : ",";
          }
          text += "\r\n";
        });
      }
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (after === undefined) controller.close();
    },
  }, { highWaterMark: 1 });
}
