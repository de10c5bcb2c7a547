/**
 * What `--help` prints.
 *
 * @module
 */

import type { Flag } from "../command_line/flags.ts";
import type { Command, CommandEntry } from "./command.ts";

const HELP: Flag = { name: "help", description: "print this and exit" };

/** Two columns, the second of them aligned. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** A flag as it is written. */
function written({ name, short, value, optional }: Flag): string {
  const called = short === undefined ? `--${name}` : `-${short}, --${name}`;
  if (value === undefined) return called;
  return `${called} ${optional ? `[${value}]` : value}`;
}

/** The help of the program. */
export function programHelp(entries: readonly CommandEntry[]): string {
  return [
    "Usage: stripchart COMMAND",
    "",
    "Commands",
    ...columns(entries.map(({ name, summary }) => [name, summary])),
    "",
    "Flags",
    ...columns([
      ["--help", "print this and exit; after a command, what there is to it"],
      ["--version", "print the version and exit"],
    ]),
    "",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp({ name, summary }: CommandEntry, command: Command): string {
  const { words, details } = command;
  const flags = [...command.flags, HELP];
  const parts = ["stripchart", name, ...words === undefined ? [] : [words.written], "[FLAGS]"];
  return [
    `Usage: ${parts.join(" ")}`,
    "",
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    "",
    details,
    "",
    "Flags",
    ...columns(flags.map((flag) => [written(flag), flag.description])),
    "",
  ].join("\n");
}
