/**
 * One line that says how the run stands.
 *
 * @module
 */

import { formatDuration } from "../time/duration.ts";
import type { Terminal } from "./terminal.ts";

/** What the line tells. Times are monotonic milliseconds, as is `now`. */
export interface Status {
  /** Now. */
  readonly now: number;
  /** When the run began. */
  readonly started: number;
  /** The values recorded last. */
  readonly latest: Readonly<Record<string, number>>;
  /** When the next step of any task is due. */
  readonly nextAt?: number | undefined;
  /** The fraction that is done, from 0 to 1, where it is known. */
  readonly fraction?: number | undefined;
  /** What it waits for, when it is being stopped. */
  readonly stopping?: string | undefined;
}

/** Between two lines where nothing can be written over, in milliseconds. */
const PLAIN_EVERY = 60_000;

/** A value as a person reads it: at most six significant digits. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(4);
  return String(Number(value.toPrecision(6)));
}

/** The text of the line, without an end and no longer than `columns`. */
export function formatStatus(status: Status, columns: number): string {
  const passed = status.now - status.started;
  const parts = [formatDuration(Math.floor(passed / 1e3) * 1e3)];
  if (status.fraction !== undefined) {
    const done = Math.min(1, Math.max(0, status.fraction));
    const left = done > 0 && done < 1
      ? `, ${formatDuration(seconds(passed / done - passed))} left`
      : "";
    parts.push(`${Math.floor(done * 100)} %${left}`);
  }
  if (status.stopping !== undefined) {
    parts.push(status.stopping);
  } else if (status.nextAt !== undefined) {
    parts.push(`next in ${formatDuration(seconds(Math.max(0, status.nextAt - status.now)))}`);
  }
  const head = parts.join(" · ");
  const values = Object.entries(status.latest).map(([name, value]) =>
    `${printable(name)} ${formatValue(value)}`
  );
  let line = head;
  for (const [index, value] of values.entries()) {
    const rest = index < values.length - 1 ? " …" : "";
    const longer = `${line}${index === 0 ? " · " : "  "}${value}`;
    if (longer.length + rest.length > columns) {
      return line.length + 2 > columns ? line.slice(0, columns) : `${line} …`;
    }
    line = longer;
  }
  return line.slice(0, columns);
}

/** Text in which nothing can move the cursor or change the terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what it is for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "·");
}

function seconds(ms: number): number {
  return ms < 10_000 ? Math.round(ms / 100) * 100 : Math.round(ms / 1e3) * 1e3;
}

/** Draws the line: over itself where a person watches, once a minute elsewhere. */
export class StatusLine {
  readonly #terminal: Terminal;
  #drawn = false;
  #lastPlain = -Infinity;

  /** A line on that terminal. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Draws it anew. */
  draw(status: Status): void {
    if (this.#terminal.interactive) {
      this.#terminal.write(`\r${formatStatus(status, this.#terminal.columns - 1)}\x1b[K`);
      this.#drawn = true;
    } else if (status.now - this.#lastPlain >= PLAIN_EVERY) {
      // Not at the very start: there is nothing to say yet.
      if (this.#lastPlain !== -Infinity) this.#terminal.write(`${formatStatus(status, 160)}\n`);
      this.#lastPlain = status.now;
    }
  }

  /** Writes a line of text above it. */
  print(text: string): void {
    this.clear();
    this.#terminal.write(`${text}\n`);
  }

  /** Takes it away. */
  clear(): void {
    if (this.#drawn) this.#terminal.write("\r\x1b[K");
    this.#drawn = false;
  }
}
