/**
 * One timer for whatever is due next.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";

/**
 * Calls back at a moment. One that is put off later costs nothing: the timer that is set goes off, and whoever is called
 * says what is due then.
 */
export class DueTimer implements Disposable {
  readonly #clock: Clock;
  readonly #act: () => void;
  #set = Infinity;
  #cancel: AbortController | undefined;

  /** @param act Called when it is time; it may call {@linkcode DueTimer.at}. */
  constructor(clock: Clock, act: () => void) {
    this.#clock = clock;
    this.#act = act;
  }

  /** Calls at that moment at the latest, monotonic milliseconds; never, if it is `Infinity`. */
  at(due: number): void {
    if (due >= this.#set) return;
    this.#cancel?.abort();
    const cancel = this.#cancel = new AbortController();
    this.#set = due;
    this.#clock.sleepUntil(due, cancel.signal).then(() => {
      if (cancel.signal.aborted) return;
      this.#set = Infinity;
      this.#act();
    }, () => {});
  }

  /** Calls no more. */
  [Symbol.dispose](): void {
    this.#cancel?.abort();
    this.#set = -Infinity;
  }
}
