/**
 * Holding a task between two steps.
 *
 * @module
 */

/** Who holds a task. It is held as long as anybody does; each lets go of what he held himself. */
export class Pauses {
  readonly #holders = new Set<string>();
  #released: PromiseWithResolvers<void> | undefined;

  /** Whether anybody holds it. */
  get held(): boolean {
    return this.#holders.size > 0;
  }

  /**
   * Holds it.
   *
   * @returns False if this one held it already.
   */
  hold(holder: string): boolean {
    if (this.#holders.has(holder)) return false;
    this.#holders.add(holder);
    this.#released ??= Promise.withResolvers();
    return true;
  }

  /**
   * Lets go of it.
   *
   * @returns False if this one did not hold it.
   */
  release(holder: string): boolean {
    if (!this.#holders.delete(holder)) return false;
    if (this.#holders.size === 0) {
      this.#released?.resolve();
      this.#released = undefined;
    }
    return true;
  }

  /** Who holds it, in the order in which they began. */
  get holders(): readonly string[] {
    return [...this.#holders];
  }

  /**
   * Waits until nobody holds it.
   *
   * @param signal Ends the wait with its reason.
   * @returns Whether there was anything to wait for.
   */
  async free(signal: AbortSignal): Promise<boolean> {
    let waited = false;
    while (this.#released !== undefined) {
      waited = true;
      await either(this.#released.promise, signal);
    }
    return waited;
  }
}

function either(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}
