/**
 * The reader under what a user sees of a session.
 *
 * @module
 */

import type { Readings } from "./readings.ts";
import type { Reader } from "./store/reader.ts";

interface Source {
  readonly reader: () => Reader;
  readonly now: (() => number) | undefined;
}

const sources = new WeakMap<Readings, Source>();

/**
 * Says where `readings` reads from; the source is asked at each call.
 *
 * @param now What time it is in a run that goes on, integer microseconds since 1970.
 */
export function readFrom(readings: Readings, reader: () => Reader, now?: () => number): void {
  sources.set(readings, { reader, now });
}

/**
 * The reader under `readings`, for what looks at all of a session. It belongs to them and ends with them.
 *
 * @throws {TypeError} If they were never opened.
 */
export function readerOf(readings: Readings): Reader {
  const source = sources.get(readings);
  if (source === undefined) throw new TypeError("Cannot read, as the session was never opened");
  return source.reader();
}

/** What time it is in a run that goes on, integer microseconds since 1970; undefined for a saved session. */
export function nowOf(readings: Readings): number | undefined {
  return sources.get(readings)?.now?.();
}
