/**
 * Turns in the order in which they are asked for.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "./transport.ts";
import { within } from "./within.ts";

/** A lock that is handed on from one to the next. */
export class Turns {
  #held = false;
  readonly #waiting = new Set<() => void>();

  /** Waits for its turn, which {@linkcode Turns.give} ends. Nothing is waited for if it is nobody's. */
  take(signal?: AbortSignal): Promise<void> | undefined {
    if (!this.#held) {
      this.#held = true;
      return undefined;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => {
      this.#waiting.delete(next);
      reject(signal?.reason);
    };
    const next = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.add(next);
    return promise;
  }

  /** Hands the turn on. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#held = false;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}

/**
 * Waits for a turn no longer than until a deadline; disposing the result hands it on.
 *
 * @param late Makes the error of a passed deadline.
 */
export async function turnWithin(
  turns: Turns,
  io: Io,
  clock: Clock,
  late: () => Error,
): Promise<Disposable> {
  io.signal?.throwIfAborted();
  const over = new AbortController();
  const turn = turns.take(over.signal);
  try {
    if (turn !== undefined) await within(turn, io, clock, late);
  } catch (error) {
    over.abort(error);
    // The turn may have come in the same moment as the end of the wait.
    turn?.then(() => turns.give(), () => {});
    throw error;
  }
  return { [Symbol.dispose]: () => turns.give() };
}
