/**
 * The program `stripchart` without its process: from arguments to an exit code.
 *
 * @module
 */

import { nearString } from "../command_line/closest_string.ts";
import { parseCommandLine, UsageError } from "../command_line/flags.ts";
import { asError } from "../session/stopped.ts";
import { VERSION } from "../session/version.ts";
import type { CommandContext, CommandEntry } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";

/** Exit codes. 130 is what shells give to a program that Ctrl-C ended. */
const EXIT = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/**
 * Carries out a command line. What goes wrong is one line on standard error.
 *
 * @param args The arguments, as in `Deno.args`.
 * @param context The outside.
 * @param entries The commands there are.
 * @returns The exit code.
 */
export async function runProgram(
  args: readonly string[],
  context: CommandContext,
  entries: readonly CommandEntry[] = COMMANDS,
): Promise<number> {
  try {
    return await carryOut(args, context, entries);
  } catch (error) {
    if (context.signal.aborted && error === context.signal.reason) return EXIT.interrupted;
    context.stderr.write(`error: ${asError(error).message}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failure;
  }
}

async function carryOut(
  args: readonly string[],
  context: CommandContext,
  entries: readonly CommandEntry[],
): Promise<number> {
  // `help` and `help COMMAND` are what many type first.
  const [word, ...others] = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  switch (word) {
    case undefined:
      context.stderr.write(programHelp(entries));
      return EXIT.usage;
    case "--help":
      context.stdout.write(programHelp(entries));
      return EXIT.success;
    case "--version":
      context.stdout.write(`stripchart ${VERSION}\n`);
      return EXIT.success;
  }
  const entry = entries.find(({ name }) => name === word);
  if (entry === undefined) throw unknownWord(word, entries);
  const command = await entry.load();
  if (asksForHelp(others)) {
    context.stdout.write(commandHelp(entry, command));
    return EXIT.success;
  }
  const { words, flags } = command;
  const taken = words ?? { least: 0, most: 0, written: "" };
  return await command.run(parseCommandLine(others, flags, taken), context);
}

/** Whoever asks for help gets it, whatever else is wrong with the line. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--help");
}

function unknownWord(word: string, entries: readonly CommandEntry[]): UsageError {
  const isFlag = word.startsWith("-");
  const names = isFlag ? ["--help", "--version"] : entries.map(({ name }) => name);
  const near = nearString(word, names);
  const hint = near === undefined
    ? "Run stripchart --help to see all."
    : `Did you mean ${isFlag ? near : `stripchart ${near}`}?`;
  return new UsageError(
    `Cannot run, as there is no ${isFlag ? "flag" : "command"} ${word}. ${hint}`,
  );
}
