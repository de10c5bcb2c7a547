/**
 * A queue of those who want to use the same thing.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "./transport.ts";
import { within } from "./within.ts";

/** Gives turns in the order in which they were asked for. */
export class Turns {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  /** Waits for a turn; disposing the result gives it back. */
  async take(io: Io, clock: Clock, late: () => Error): Promise<Disposable> {
    io.signal?.throwIfAborted();
    if (this.#held) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      try {
        await within(promise, io, clock, late);
      } catch (error) {
        const place = this.#waiting.indexOf(resolve);
        if (place >= 0) this.#waiting.splice(place, 1);
        // The turn came in the same moment as the end of the wait.
        else this.#give();
        throw error;
      }
    }
    this.#held = true;
    let given = false;
    return {
      [Symbol.dispose]: () => {
        if (!given) this.#give();
        given = true;
      },
    };
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held = false;
    else next();
  }
}
