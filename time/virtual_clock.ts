/**
 * Time that passes only when everything waits.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock } from "./clock.ts";

interface Sleeper {
  readonly deadline: number;
  readonly order: number;
  readonly resolve: () => void;
}

/** How a {@linkcode VirtualClock} begins. */
export interface VirtualClockOptions {
  /** Wall-clock time at the start, integer microseconds since 1970. @default 0 */
  readonly start?: number;
  /** Whether time passes by itself; otherwise only {@linkcode VirtualClock.advance} moves it. @default true */
  readonly automatic?: boolean;
}

/**
 * A clock for dry runs and tests. When nothing can go on without time, it jumps to the next deadline, so
 * that a week passes in a moment; what needs no time takes none.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * const clock = new VirtualClock();
 * await clock.sleepUntil(86_400_000);
 * assert.equal(clock.monotonic(), 86_400_000);
 * ```
 */
export class VirtualClock implements Clock {
  readonly virtual = true;
  readonly #automatic: boolean;
  #now = 0;
  #offset: number;
  #order = 0;
  #pumping = false;
  #held = 0;
  readonly #heap: Sleeper[] = [];

  /** A clock at monotonic time zero. */
  constructor(options: VirtualClockOptions = {}) {
    this.#offset = options.start ?? 0;
    this.#automatic = options.automatic ?? true;
  }

  /** Wall-clock time, integer microseconds since 1970. */
  wall(): number {
    return Math.round(this.#now * 1e3) + this.#offset;
  }

  /** Monotonic milliseconds since the clock was made. */
  monotonic(): number {
    return this.#now;
  }

  /** How many waits are pending. */
  get waiting(): number {
    return this.#heap.length;
  }

  /** Waits until the clock has reached `deadline`; rejects with the signal's reason when it aborts. */
  sleepUntil(deadline: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (deadline <= this.#now) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const place = this.#heap.indexOf(sleeper);
        if (place >= 0) removeAt(this.#heap, place);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        deadline,
        order: this.#order++,
        resolve: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      push(this.#heap, sleeper);
      this.#pump();
    });
  }

  /** Lets `ms` milliseconds pass, waking each sleeper at its moment; resolves when all has settled. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    while ((this.#heap[0]?.deadline ?? Infinity) <= end) {
      this.#wakeNext();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Moves the monotonic and the wall clock on at once, as if nothing had run meanwhile: a suspended machine. */
  jump(ms: number): void {
    this.#now += ms;
    this.#pump();
  }

  /** Steps the wall clock alone, either way, as a person or a time server does. */
  stepWall(ms: number): void {
    this.#offset += Math.round(ms * 1e3);
  }

  /** Stops time while something real, such as reading a file, goes on; disposing lets it pass again. */
  hold(): Disposable {
    this.#held++;
    let held = true;
    return {
      [Symbol.dispose]: (): void => {
        if (!held) return;
        held = false;
        this.#held--;
        this.#pump();
      },
    };
  }

  #pump(): void {
    if (!this.#automatic || this.#pumping || this.#heap.length === 0) return;
    this.#pumping = true;
    // A turn of the event loop: all that needs no time has happened by then.
    setImmediate(() => {
      this.#pumping = false;
      if (this.#held > 0) return;
      this.#wakeNext();
      this.#pump();
    });
  }

  #wakeNext(): void {
    const first = this.#heap[0];
    if (first === undefined) return;
    this.#now = Math.max(this.#now, first.deadline);
    while ((this.#heap[0]?.deadline ?? Infinity) <= this.#now) removeAt(this.#heap, 0).resolve();
  }
}

/** Lets everything that needs no time happen. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

function before(a: Sleeper, b: Sleeper): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);
}

function push(heap: Sleeper[], sleeper: Sleeper): void {
  heap.push(sleeper);
  rise(heap, heap.length - 1);
}

function rise(heap: Sleeper[], from: number): void {
  let place = from;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!before(at(heap, place), at(heap, parent))) return;
    swap(heap, place, parent);
    place = parent;
  }
}

function sink(heap: Sleeper[], from: number): void {
  let place = from;
  while (true) {
    let least = place;
    for (const child of [2 * place + 1, 2 * place + 2]) {
      if (child < heap.length && before(at(heap, child), at(heap, least))) least = child;
    }
    if (least === place) return;
    swap(heap, place, least);
    place = least;
  }
}

function removeAt(heap: Sleeper[], place: number): Sleeper {
  const removed = at(heap, place);
  const last = heap.pop();
  if (last !== undefined && last !== removed) {
    heap[place] = last;
    rise(heap, place);
    sink(heap, place);
  }
  return removed;
}

function at(heap: Sleeper[], place: number): Sleeper {
  return heap[place] as Sleeper;
}

function swap(heap: Sleeper[], a: number, b: number): void {
  [heap[a], heap[b]] = [at(heap, b), at(heap, a)];
}
