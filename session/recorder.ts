/**
 * What a session takes in, checked and timed.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { type DatasetInput, encodeDataset } from "./dataset.ts";
import { checkName, checkText, quote } from "./store/names.ts";
import type { Store } from "./store/store.ts";
import type { VariableInfo } from "./store/types.ts";

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
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw new TypeError(
        `Cannot record an entry, as it is no object of numbers: ${
          Array.isArray(values) ? "an array" : String(values)
        }. Give { name: value }; arrays go to addDataset().`,
      );
    }
    this.#store.check(values);
    const stored = this.#store.entry(t, values);
    this.#entries++;
    for (const name in values) this.#latest[name] = values[name] as number;
    for (const listener of this.#listeners) listener(values, t);
    return stored;
  }

  /** Stores a dataset. Bad input is thrown at once. */
  dataset(name: string, value: DatasetInput, t: number = this.#clock.wall()): Promise<void> {
    checkName("dataset", name);
    return this.#store.dataset(t, name, encodeDataset(name, value));
  }

  /** Saves parameters, all or none. Bad input is thrown at once. */
  parameters(values: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      checkName("parameter", name);
      if (typeof value !== "number") {
        throw new TypeError(
          `Cannot save the parameter ${quote(name)}, as it is no number: ${typeof value} ` +
            `${String(value)}. Texts go to saveMetadata().`,
        );
      }
    }
    return this.#store.parameters(this.#clock.wall(), values);
  }

  /** Saves metadata, all or none. Bad input is thrown at once. */
  metadata(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      checkName("metadata entry", name);
      checkText(`the metadata ${quote(name)}`, value);
    }
    return this.#store.metadata(this.#clock.wall(), values);
  }

  /** Sets a variable's texts. Bad input is thrown at once. */
  variable(name: string, info: VariableInfo): Promise<void> {
    checkName("variable", name);
    for (const text of [info.unit, info.label, info.description]) {
      if (text !== undefined) checkText(`the texts of ${quote(name)}`, text);
    }
    return this.#store.variable(name, info);
  }

  /** Has `listener` told of every entry until the result is disposed. */
  listen(listener: EntryListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: (): void => void this.#listeners.delete(listener) };
  }
}
