/**
 * Waits with a deadline and a way to be given up.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "./transport.ts";

/** Reason with which timers are ended; an error made for each would cost more than the timer. */
const ENDED = "ended";

/**
 * Waits for something that can't be stopped itself. However the wait ends, neither timer nor listener stays.
 *
 * @param work What is waited for; once the wait has ended, what becomes of it is not looked at.
 * @param clock What the deadline is on.
 * @param late Makes the error of a passed deadline.
 */
export function within<T>(work: Promise<T>, io: Io, clock: Clock, late: () => Error): Promise<T> {
  const { signal, deadline } = io;
  if (signal?.aborted) {
    work.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const timer = new AbortController();
    const end = (): void => {
      timer.abort(ENDED);
      signal?.removeEventListener("abort", giveUp);
    };
    const giveUp = (): void => {
      end();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    work.then((value) => {
      end();
      resolve(value);
    }, (error) => {
      end();
      reject(error);
    });
    clock.sleepUntil(deadline, timer.signal).then(() => {
      end();
      reject(late());
    }, () => {});
  });
}
