/**
 * Moments in the words of users and of the file.
 *
 * @module
 */

/** A moment: Unix seconds, an instant, or a date. */
export type Moment = number | Temporal.Instant | Date;

/** Integer microseconds since 1970 as Unix seconds; nothing is lost on the way back until the year 2106. */
export function toSeconds(microseconds: number): number {
  return microseconds / 1e6;
}

/**
 * A moment as integer microseconds since 1970.
 *
 * @throws {RangeError} If it is not finite or far from any time that can be meant.
 */
export function toMicroseconds(moment: Moment): number {
  let result: number;
  if (typeof moment === "number") result = Math.round(moment * 1e6);
  else if (moment instanceof Date) result = moment.getTime() * 1e3;
  else result = Number(moment.epochNanoseconds / 1000n);
  if (!Number.isSafeInteger(result)) {
    throw new RangeError(
      `Cannot use a moment that is not a number of Unix seconds in reach: ${String(moment)}`,
    );
  }
  return result;
}
