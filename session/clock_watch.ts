/**
 * Notices when the two clocks part.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";

/** What a look at the clocks found. */
export interface ClockStep {
  /** How far the wall clock moved against the monotonic one, in milliseconds; negative if it went back. */
  readonly step: number;
  /** How long nothing ran although it should have, in milliseconds. */
  readonly pause: number;
}

/** Differences below this are slewing or lateness, not steps. Milliseconds. */
const NOTICEABLE = 500;

/**
 * Compares wall and monotonic time between one look and the next. A step of the wall clock and, on systems
 * whose monotonic clock stands still in sleep, a suspended machine show as a `step`; elsewhere a suspended
 * machine shows as a `pause`.
 */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #every: number;
  #wall: number;
  #monotonic: number;

  /**
   * @param clock The clocks.
   * @param every Milliseconds between looks, as intended.
   */
  constructor(clock: Clock, every: number) {
    this.#clock = clock;
    this.#every = every;
    this.#wall = clock.wall();
    this.#monotonic = clock.monotonic();
  }

  /** Looks; undefined when all is as it should be. */
  look(): ClockStep | undefined {
    const wall = this.#clock.wall();
    const monotonic = this.#clock.monotonic();
    const passed = monotonic - this.#monotonic;
    const step = (wall - this.#wall) / 1e3 - passed;
    const pause = passed - this.#every;
    this.#wall = wall;
    this.#monotonic = monotonic;
    const found = {
      step: Math.abs(step) >= NOTICEABLE ? Math.round(step) : 0,
      pause: pause >= 2 * NOTICEABLE ? Math.round(pause) : 0,
    };
    return found.step !== 0 || found.pause !== 0 ? found : undefined;
  }
}
