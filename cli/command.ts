/**
 * What a sub-command of `stripchart` is.
 *
 * @module
 */

import type { CommandLine, Flag, WordsTaken } from "../command_line/flags.ts";
import type { Terminal } from "../session/terminal.ts";
import type { Clock } from "../time/clock.ts";

/** What a command works with. Nothing else reaches the outside unasked. */
export interface CommandContext {
  /** Where results go. */
  readonly stdout: Terminal;
  /** Where remarks go. */
  readonly stderr: Terminal;
  /** Aborts at the first Ctrl-C: the command closes what it opened and returns, or lets the reason pass. */
  readonly signal: AbortSignal;
  /** What it waits on. */
  readonly clock: Clock;
}

/**
 * A sub-command: its command line, as data, and what it does.
 *
 * Exit codes are 0 for success, 1 for a failure and 2 for a command line that makes no sense: throw a
 * `UsageError` for the latter, and whatever says what is wrong for the former.
 */
export interface Command {
  /** What beside flags it takes. @default nothing */
  readonly words?: WordsTaken;
  /** Its flags; `--help` comes by itself. */
  readonly flags: readonly Flag[];
  /** What it does and how it is used, as paragraphs of the help. */
  readonly details: string;
  /**
   * Carries it out.
   *
   * @param line The command line, checked against words and flags.
   * @param context The outside.
   * @returns The exit code.
   */
  run(line: CommandLine, context: CommandContext): Promise<number>;
}

/** A sub-command before it is loaded. */
export interface CommandEntry {
  /** The word that calls it. */
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly summary: string;
  /** Loads it: what one command needs is no burden to the others. */
  readonly load: () => Promise<Command>;
}
