/**
 * Moments as people write them.
 *
 * @module
 */

import { UsageError } from "../../command_line/flags.ts";

/**
 * A moment: Unix seconds; a date, with or without a time, on the computer's clocks; or one with an offset from UTC.
 *
 * @param flag The flag that it is the value of.
 * @returns Unix seconds.
 */
export function momentOf(flag: string, text: string): number {
  const written = text.trim();
  if (/^\d+(?:\.\d*)?$/.test(written)) return Number(written);
  try {
    const instant = /[zZ]$|[+-]\d\d:?\d\d$/.test(written) && written.length > 16
      ? Temporal.Instant.from(written)
      : Temporal.PlainDateTime.from(written).toZonedDateTime(
        Intl.DateTimeFormat().resolvedOptions().timeZone,
      ).toInstant();
    return instant.epochMilliseconds / 1e3;
  } catch (error) {
    throw new UsageError(
      `Cannot read --${flag}, as it is no moment: ${JSON.stringify(text)}. ` +
        "Write a date and time, as '2026-11-26 14:05', or Unix seconds.",
      { cause: error },
    );
  }
}
