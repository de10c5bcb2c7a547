/**
 * A time of day, day after day, whatever the clocks are changed to meanwhile.
 *
 * @module
 */

import type { Clock } from "./clock.ts";

/** Longest wait before the wall clock is looked at again, milliseconds: it may be set while one waits. */
const LOOK_AGAIN = 60_000;

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * A time of day from text.
 *
 * @param text Hours and minutes, such as `"08:00"`.
 * @throws {SyntaxError} If it is none.
 */
export function timeOfDay(text: string): Temporal.PlainTime {
  if (!TIME_OF_DAY.test(text)) {
    throw new SyntaxError(
      `Cannot read a time of day: ${
        JSON.stringify(text)
      }. Write hours and minutes, such as "08:00" or "17:30".`,
    );
  }
  return Temporal.PlainTime.from(text);
}

/**
 * A time zone by its name.
 *
 * @param name An IANA name such as `"Europe/Paris"`; the system's zone, if absent.
 * @throws {RangeError} If there is no such zone.
 */
export function timeZoneNamed(name?: string): string {
  try {
    return new Intl.DateTimeFormat("en", name === undefined ? {} : { timeZone: name })
      .resolvedOptions().timeZone;
  } catch (error) {
    throw new RangeError(
      `Cannot use an unknown time zone: ${
        JSON.stringify(name)
      }. Write its name, such as "Europe/Paris" or "UTC".`,
      { cause: error },
    );
  }
}

/**
 * One moment a day at a time of day. On a day on which the clocks jump over it, it is as much later as they jump; on
 * one on which it comes twice, it is the first of them. A wall clock that is set back does not bring a day again.
 */
export class Daily {
  readonly #time: Temporal.PlainTime;
  readonly #zone: string;
  #last: Temporal.PlainDate | undefined;

  /**
   * @param time The time of day.
   * @param zone The name of the time zone.
   */
  constructor(time: Temporal.PlainTime, zone: string) {
    this.#time = time;
    this.#zone = zone;
  }

  /**
   * The next moment after a time that is on a day of its own.
   *
   * @param t Integer microseconds since 1970.
   */
  after(t: number): number {
    return this.#next(t).at;
  }

  /** Waits until the next moment by the wall clock; rejects with the signal's reason when it aborts. */
  async next(clock: Clock, signal: AbortSignal): Promise<void> {
    const from = clock.wall();
    while (true) {
      signal.throwIfAborted();
      // Reckoned from the beginning, so that a look at the very moment does not find that of tomorrow.
      const { at, date } = this.#next(Math.min(from, clock.wall()));
      const left = (at - clock.wall()) / 1e3;
      if (left <= 0) {
        this.#last = date;
        return;
      }
      await clock.sleepUntil(clock.monotonic() + Math.min(left, LOOK_AGAIN), signal);
    }
  }

  #next(t: number): { readonly at: number; readonly date: Temporal.PlainDate } {
    const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(t / 1e3));
    let date = instant.toZonedDateTimeISO(this.#zone).toPlainDate();
    const last = this.#last;
    if (last !== undefined && Temporal.PlainDate.compare(date, last) <= 0) {
      date = last.add({ days: 1 });
    }
    while (true) {
      const at = date.toZonedDateTime({ timeZone: this.#zone, plainTime: this.#time })
        .epochMilliseconds * 1e3;
      if (at > t) return { at, date };
      date = date.add({ days: 1 });
    }
  }
}
