/**
 * How long to wait before another attempt.
 *
 * @module
 */

/** How waits grow, in milliseconds. */
export interface BackOff {
  /** The longest wait after the first failure. */
  readonly first: number;
  /** The longest wait of all. */
  readonly most: number;
}

/**
 * The wait after so many failures in a row: twice as long each time, and by chance up to half of it shorter, so that
 * several who wait for the same server do not all come back at once.
 *
 * @param failures How many, from 1.
 * @param random From 0 to 1.
 * @returns Milliseconds.
 */
export function backOff({ first, most }: BackOff, failures: number, random: number): number {
  const longest = Math.min(most, first * 2 ** Math.min(failures - 1, 50));
  return longest * (1 - random / 2);
}
