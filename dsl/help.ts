/**
 * What `--help` prints.
 *
 * @module
 */

import type { Flag } from "../command_line/flags.ts";

/** What the help is about. */
export interface HelpSubject {
  /** The experiment in words. */
  readonly description: string;
  /** The flags there are. */
  readonly flags: readonly Flag[];
  /** The command that runs it with the permissions it needs. */
  readonly command: string;
  /** The command that tries it and writes what it would have sent, if it sends anything. */
  readonly dryRun?: string;
}

/**
 * The help of an experiment.
 *
 * @param subject The experiment.
 */
export function formatHelp({ description, flags, command, dryRun }: HelpSubject): string {
  const written = flags.map(({ name, value, description }) => ({
    left: value === undefined ? `--${name}` : `--${name} ${value}`,
    description,
  }));
  const width = Math.max(...written.map(({ left }) => left.length));
  return [
    description,
    "Flags",
    ...written.map(({ left, description }) => `  ${left.padEnd(width)}  ${description}`),
    "",
    "Run it with",
    `  ${command}`,
    "",
    ...dryRun === undefined ? [] : ["See what it would send with", `  ${dryRun}`, ""],
  ].join("\n");
}
