/**
 * What a session takes in, checked and timed.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import type { Store } from "./store/store.ts";

/** Is told of every entry at the moment it is recorded. */
export type EntryListener = (values: Readonly<Record<string, number>>, t: number) => void;

/** Records entries and remembers the last value of each variable. */
export class Recorder {
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #listeners = new Set<EntryListener>();
  readonly #latest: Record<string, number> = Object.create(null);
  #entries = 0;

  /** A recorder into that store. */
  constructor(clock: Clock, store: Store) {
    this.#clock = clock;
    this.#store = store;
  }

  /** How many entries were taken in. */
  get entries(): number {
    return this.#entries;
  }

  /** The value of each variable that was recorded last in this run. */
  get latest(): Readonly<Record<string, number>> {
    return this.#latest;
  }

  /**
   * Records an entry. Bad input is thrown at once, so that it can't be lost with a promise nobody awaits.
   *
   * @returns Resolves when the entry is on disk.
   */
  entry(values: Readonly<Record<string, number>>, t: number = this.#clock.wall()): Promise<void> {
    this.#store.check(values);
    const stored = this.#store.entry(t, values);
    this.#entries++;
    for (const name in values) this.#latest[name] = values[name] as number;
    for (const listener of this.#listeners) listener(values, t);
    return stored;
  }

  /** Has `listener` told of every entry until the result is disposed. */
  listen(listener: EntryListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: (): void => void this.#listeners.delete(listener) };
  }
}
