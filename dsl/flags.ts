/**
 * The flags of an experiment's command line.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { closestString, levenshteinDistance } from "./closest_string.ts";

/** A flag as it is parsed and as `--help` shows it. */
export interface Flag {
  /** Its name without the dashes. */
  readonly name: string;
  /** What its value is, in capitals; a flag without a value has none. */
  readonly value?: string;
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
  const nearest = closestString(name, flags.map((flag) => flag.name));
  const near = levenshteinDistance(name, nearest) <= Math.max(2, nearest.length / 3);
  const hint = near ? `Did you mean --${nearest}?` : SEE_HELP;
  return new UsageError(`Cannot run, as there is no flag ${written}. ${hint}`);
}

/**
 * Reads a command line.
 *
 * @param args The arguments, as in `Deno.args`.
 * @param flags The flags there are.
 * @throws {UsageError} If a flag is unknown, lacks its value, has one it should not have or is given twice, or
 * something is no flag.
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): FlagValues {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const options = Object.fromEntries(flags.map(({ name, value }) => [
    name,
    { type: value === undefined ? "boolean" : "string" } as const,
  ]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(
        `Cannot run, as an experiment takes flags only: ${
          JSON.stringify(token.value)
        }. ${SEE_HELP}`,
      );
    }
    const flag = token.rawName.startsWith("--") ? byName.get(token.name) : undefined;
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
  return Object.fromEntries(values);
}
