/**
 * The system's time. The only place in Stripchart that asks for it.
 *
 * @module
 */

import { clearImmediate, setImmediate } from "node:timers";
import type { Clock, PreciseTimer } from "./clock.ts";
import { Metronome } from "./metronome.ts";

/** Longest timer that is set at once; a longer wait is made of several. Milliseconds. */
const LONGEST_TIMER = 3_600_000;

/**
 * A `setTimeout` fires late by 1 to 2 ms and, with its fraction cut off, up to 0.9 ms early. The timer is
 * set short by this much and the rest is passed in turns of the event loop, which block nothing.
 * Milliseconds.
 */
const TURNS_FROM = 2;

/**
 * The same of a long wait: where its processor is busy with another thread, Linux lets that one go on until the next of its
 * ticks, 4 ms apart. Still longer turns would be taken for greed, and interrupted.
 */
const TURNS_FROM_OF_LONG = 3;
/** From how many milliseconds on a wait is long: it costs two percent of a processor more at most. */
const LONG = 50;

class SystemClock implements Clock {
  readonly virtual = false;
  wall(): number {
    return Number(Temporal.Now.instant().epochNanoseconds / 1000n);
  }

  monotonic(): number {
    return performance.now();
  }

  sleepUntil(deadline: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return wait(deadline, signal);
  }

  preciseTimer(): PreciseTimer {
    return new Metronome();
  }
}

function wait(deadline: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let turn: ReturnType<typeof setImmediate> | undefined;
    const turnsFrom = deadline - performance.now() < LONG ? TURNS_FROM : TURNS_FROM_OF_LONG;
    const abort = (): void => {
      clearTimeout(timer);
      if (turn !== undefined) clearImmediate(turn);
      reject(signal?.reason);
    };
    const step = (): void => {
      const left = deadline - performance.now();
      if (left <= 0) {
        signal?.removeEventListener("abort", abort);
        resolve();
      } else if (left > turnsFrom) {
        timer = setTimeout(step, Math.min(Math.floor(left - turnsFrom), LONGEST_TIMER));
      } else {
        turn = setImmediate(step);
      }
    };
    signal?.addEventListener("abort", abort, { once: true });
    step();
  });
}

/** The system's time and timers. */
export const systemClock: Clock = new SystemClock();

/**
 * Does something later, if the program is still there by then; it is not kept running for it.
 *
 * @param ms Milliseconds.
 * @param act What to do.
 */
export function ifStillRunningAfter(ms: number, act: () => void): void {
  const timer: unknown = setTimeout(act, ms);
  Deno.unrefTimer(timer as number);
}
