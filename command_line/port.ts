/**
 * Ports on command lines.
 *
 * @module
 */

import { type FlagValues, UsageError } from "./flags.ts";

/**
 * The port that a flag asks for, if it is given.
 *
 * @param name The flag's name without the dashes.
 * @throws {UsageError} If it is no number from 0 to 65535.
 */
export function portFlag(flags: FlagValues, name: string): number | undefined {
  const value = flags[name];
  if (value === undefined || value === true) return undefined;
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new UsageError(`Cannot run, as --${name} needs a number from 0 to 65535: ${value}`);
}
