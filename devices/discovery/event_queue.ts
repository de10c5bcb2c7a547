/**
 * Events of several producers, for one who takes them as they come.
 *
 * @module
 */

/** Holds events until they are taken. */
export class EventQueue<T> {
  readonly #events: T[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** Adds an event. */
  push(event: T): void {
    this.#events.push(event);
    this.#wake?.();
  }

  /** No more events come. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Gives each event once, and ends after the last. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        yield event;
      } else if (this.#ended) {
        return;
      } else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
        this.#wake = undefined;
      }
    }
  }
}

/**
 * Lets a generator's `return()` take effect while its `next()` waits, as when a loop over it is left.
 *
 * @param generator Gets another `return()`.
 * @param end Ends what it waits for.
 */
export function endedBy<T>(
  generator: AsyncGenerator<T, void, void>,
  end: () => void,
): AsyncGenerator<T, void, void> {
  const finish = generator.return.bind(generator);
  generator.return = (value) => {
    end();
    return finish(value);
  };
  return generator;
}
