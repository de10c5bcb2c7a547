/**
 * What goes on as long as somebody listens.
 *
 * @module
 */

/**
 * Instruments that share a bus and are listened to: a watch over them begins with the first listener of any of them and
 * is stopped with the last one.
 */
export class Listened<Instrument> {
  readonly #watch: (signal: AbortSignal) => Promise<void>;
  /** How many listeners each has. */
  readonly #listeners = new Map<Instrument, number>();
  #watching: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  /** @param watch Watches until the signal aborts, or as long as it is of use, and never rejects. */
  constructor(watch: (signal: AbortSignal) => Promise<void>) {
    this.#watch = watch;
  }

  /** Those that are listened to. */
  get all(): readonly Instrument[] {
    return [...this.#listeners.keys()];
  }

  /** Counts a listener of an instrument, until the result is disposed. */
  add(instrument: Instrument): AsyncDisposable {
    this.#listeners.set(instrument, (this.#listeners.get(instrument) ?? 0) + 1);
    if (this.#watching === undefined) {
      const stop = new AbortController();
      this.#watching = { stop, ended: this.#watch(stop.signal) };
    }
    let there = true;
    return {
      [Symbol.asyncDispose]: async () => {
        if (!there) return;
        there = false;
        const left = (this.#listeners.get(instrument) ?? 0) - 1;
        if (left > 0) this.#listeners.set(instrument, left);
        else await this.remove(instrument);
      },
    };
  }

  /** No more for an instrument, however many listeners it has. */
  async remove(instrument: Instrument): Promise<void> {
    this.#listeners.delete(instrument);
    if (this.#listeners.size > 0) return;
    const watching = this.#watching;
    this.#watching = undefined;
    watching?.stop.abort();
    await watching?.ended;
  }
}
