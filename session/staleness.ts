/**
 * When a value is too old to be the present one.
 *
 * @module
 */

/** A value is stale after so many periods without another one, and at least so many seconds. */
const STALE_AFTER = { periods: 3, seconds: 5 };

/**
 * Whether a value is older than its variable promises.
 *
 * @param period How far apart its values usually come, seconds; undefined if that is not known.
 * @param age How old the last one is, seconds.
 */
export function isStale(period: number | undefined, age: number): boolean {
  if (period === undefined) return false;
  return age > Math.max(period * STALE_AFTER.periods, period + STALE_AFTER.seconds);
}
