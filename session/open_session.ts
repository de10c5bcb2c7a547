/**
 * A saved session, for reading.
 *
 * @module
 */

import { readFrom } from "./reader_of.ts";
import { Readings } from "./readings.ts";
import { openReader, type Reader } from "./store/reader.ts";

/** A session's file, open for reading. */
export class SavedSession extends Readings implements Disposable {
  /** Path of the file. */
  readonly file: string;
  readonly #reader: Reader;

  /** Use {@linkcode openSession}. */
  constructor(file: string) {
    super();
    this.file = file;
    this.#reader = openReader(file);
    readFrom(this, () => this.#reader);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}

/**
 * Opens a session's file for reading, also while a run writes to it.
 *
 * @param file Path of the file.
 * @throws {Error} If it is missing, no session, damaged beyond reading or newer than this version.
 *
 * @example Read what a run recorded
 * ```ts ignore
 * import { openSession } from "@stripchart/stripchart";
 *
 * using session = openSession("cooling.db");
 * const [t, temperature] = session.loggedVariable("temperature", { last: 1000 });
 * console.log(t.at(-1), temperature.at(-1));
 * ```
 */
export function openSession(file: string): SavedSession {
  return new SavedSession(file);
}
