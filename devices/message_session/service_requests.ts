/**
 * Service requests as something to loop over.
 *
 * @module
 */

/**
 * The service requests of an instrument, from the moment it was made, each with its status byte if the bus tells
 * it. None is dropped while the loop is busy. The loop ends when the session is closed.
 */
export class ServiceRequests implements AsyncIterableIterator<number | undefined>, AsyncDisposable {
  readonly #queue: (number | undefined)[] = [];
  readonly #stop: () => Promise<void>;
  #news = Promise.withResolvers<void>();
  #failed = false;
  #error: unknown;
  #over = false;

  /**
   * For the session.
   *
   * @param stop Ends the subscription.
   */
  constructor(stop: () => Promise<void>) {
    this.#stop = stop;
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Waits for the next one. */
  async next(): Promise<IteratorResult<number | undefined, undefined>> {
    while (true) {
      if (this.#queue.length > 0) return { done: false, value: this.#queue.shift() };
      if (this.#failed) {
        this.#failed = false;
        this.#over = true;
        throw this.#error;
      }
      if (this.#over) return { done: true, value: undefined };
      await this.#news.promise;
      this.#news = Promise.withResolvers<void>();
    }
  }

  /** Ends the loop and the subscription. */
  async return(): Promise<IteratorResult<number | undefined, undefined>> {
    this.end();
    await this.#stop();
    return { done: true, value: undefined };
  }

  /** Ends the loop and the subscription. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** One came. For the session. */
  push(statusByte: number | undefined): void {
    if (this.#over) return;
    this.#queue.push(statusByte);
    this.#news.resolve();
  }

  /** No more will come. For the session. */
  end(): void {
    this.#over = true;
    this.#news.resolve();
  }

  /** Ends the loop with an error. For the session. */
  fail(error: unknown): void {
    if (this.#over || this.#failed) return;
    this.#failed = true;
    this.#error = error;
    this.#news.resolve();
  }
}
