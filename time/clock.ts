/**
 * Time as everything in Stripchart sees it.
 *
 * @module
 */

/** Something that waits until a moment. */
export interface Timer {
  /**
   * Waits until {@linkcode Clock.monotonic} has reached `deadline`; never ends early.
   *
   * @param deadline Monotonic milliseconds. A deadline that has passed ends at once.
   * @param signal Ends the wait at once when it aborts, with a rejection by the signal's reason.
   */
  sleepUntil(deadline: number, signal?: AbortSignal): Promise<void>;
}

/** A timer with a thread of its own. */
export interface PreciseTimer extends Timer, Disposable {
  /** False until the thread has started; it can be waited on all the same, and will be late. */
  readonly ready: boolean;
}

/** The one source of time. It is injected; nothing else asks the system for the time or for a timer. */
export interface Clock extends Timer {
  /** Wall-clock time, integer microseconds since 1970-01-01T00:00Z. It may step either way. */
  wall(): number;
  /** Monotonic time in milliseconds with a fraction, from an arbitrary origin. It never goes back. */
  monotonic(): number;
  /** True if time passes only when everything waits, as in a dry run. */
  readonly virtual: boolean;
  /**
   * A timer for periods of a few milliseconds: late by a tenth of one where {@linkcode Clock.sleepUntil}
   * would keep the processor busy. It has a thread of its own until it is disposed. A clock that has
   * none needs none.
   */
  preciseTimer?(): PreciseTimer;
}

/**
 * Waits for a number of milliseconds on a clock.
 *
 * @param clock The clock to wait on.
 * @param ms Milliseconds.
 * @param signal Ends the wait at once, with a rejection by the signal's reason.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return clock.sleepUntil(clock.monotonic() + ms, signal);
}
