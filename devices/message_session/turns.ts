/**
 * Turns in the order in which they are asked for.
 *
 * @module
 */

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
