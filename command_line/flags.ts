/**
 * The words of a command line: flags, and what is no flag.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { nearString } from "./closest_string.ts";

/** A flag as it is parsed and as `--help` shows it. */
export interface Flag {
  /** Its name without the dashes. */
  readonly name: string;
  /** A letter by which it is called too, as `o` for `-o`. */
  readonly short?: string;
  /** What its value is, in capitals; a flag without a value has none. */
  readonly value?: string;
  /** Whether the value, a whole number, may be left out; the flag is then true. @default false */
  readonly optional?: boolean;
  /** What it does, in half a sentence. */
  readonly description: string;
}

/** The flags that were given: text for those with a value, true for the others. */
export type FlagValues = { readonly [name: string]: string | true };

/** Something on the command line is wrong; the program's exit code is then 2. */
export class UsageError extends SyntaxError {
  /** Always `"UsageError"`. */
  override readonly name = "UsageError";
}

const SEE_HELP = "Run with --help to see all flags.";

function unknownFlag(written: string, flags: readonly Flag[]): UsageError {
  const name = written.replace(/^-+/, "");
  const near = nearString(name, flags.map((flag) => flag.name));
  const hint = near === undefined ? SEE_HELP : `Did you mean --${near}?`;
  return new UsageError(`Cannot run, as there is no flag ${written}. ${hint}`);
}

/** What a program takes beside flags. */
export interface WordsTaken {
  /** How many words there must be at least. */
  readonly least: number;
  /** How many there may be. */
  readonly most: number;
  /** How they are written in the usage: `FILE|NAME`. */
  readonly written: string;
}

/** A command line as it was read. */
export interface CommandLine {
  /** What is no flag, in order. */
  readonly words: readonly string[];
  /** The flags that were given. */
  readonly flags: FlagValues;
}

/** A word that can only be meant as the number of the flag before it. */
const WHOLE_NUMBER = /^\d+$/;

/**
 * Reads the command line of an experiment.
 *
 * @param args The arguments, as in `Deno.args`.
 * @param flags The flags there are.
 * @throws {UsageError} If a flag is unknown, lacks its value, has one it should not have or is given twice, or
 * something is no flag.
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): FlagValues {
  const { words: [word], flags: values } = parseCommandLine(args, flags);
  if (word !== undefined) {
    throw new UsageError(
      `Cannot run, as an experiment takes flags only: ${JSON.stringify(word)}. ${SEE_HELP}`,
    );
  }
  return values;
}

/**
 * Reads a command line.
 *
 * @param args The arguments.
 * @param flags The flags there are.
 * @param taken How many words may stand beside them. @default as many as there are
 * @throws {UsageError} If a flag is unknown, lacks its value, has one it should not have or is given twice, or
 * there are too few words or too many.
 */
export function parseCommandLine(
  args: readonly string[],
  flags: readonly Flag[],
  taken?: WordsTaken,
): CommandLine {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const options = Object.fromEntries(flags.map(({ name, short, value, optional }) => [
    name,
    {
      // One whose value may be left out does not take the next word by itself.
      type: value === undefined || optional ? "boolean" as const : "string" as const,
      ...short === undefined ? {} : { short },
    },
  ]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values = new Map<string, string | true>();
  const words: string[] = [];
  // The flag that takes the next word if that is a number.
  let open: string | undefined;
  for (const token of tokens) {
    const before = open;
    open = undefined;
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (before !== undefined && WHOLE_NUMBER.test(token.value)) values.set(before, token.value);
      else words.push(token.value);
      continue;
    }
    const known = byName.get(token.name);
    const called = token.rawName.startsWith("--") || token.rawName === `-${known?.short}`;
    const flag = called ? known : undefined;
    if (flag === undefined) throw unknownFlag(token.rawName, flags);
    if (values.has(flag.name)) {
      throw new UsageError(`Cannot run, as --${flag.name} is given twice.`);
    }
    if (flag.value === undefined) {
      if (token.value !== undefined) {
        throw new UsageError(
          `Cannot run, as --${flag.name} takes no value: ${JSON.stringify(token.value)}.`,
        );
      }
      values.set(flag.name, true);
    } else if (flag.optional && token.value === undefined) {
      values.set(flag.name, true);
      open = flag.name;
    } else {
      // What looks like another flag was not meant as this one's value.
      const missing = token.value === undefined || token.value === "" ||
        (!token.inlineValue && token.value.startsWith("--"));
      if (missing) {
        throw new UsageError(
          `Cannot run, as --${flag.name} needs a value: --${flag.name} ${flag.value}.`,
        );
      }
      values.set(flag.name, token.value as string);
    }
  }
  checkCount(words, taken);
  return { words, flags: Object.fromEntries(values) };
}

function checkCount(words: readonly string[], taken: WordsTaken | undefined): void {
  if (taken === undefined) return;
  const { least, most, written } = taken;
  if (words.length < least) {
    throw new UsageError(`Cannot run, as ${written} is missing. ${SEE_HELP}`);
  }
  const extra = words[most];
  if (extra === undefined) return;
  throw new UsageError(
    `Cannot run, as there is one word too many: ${JSON.stringify(extra)}. ${SEE_HELP}`,
  );
}
