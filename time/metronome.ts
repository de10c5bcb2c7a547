/**
 * A thread that wakes the main one on time.
 *
 * @module
 */

import type { PreciseTimer } from "./clock.ts";
import source from "./metronome_worker.bundle.js" with { type: "text" };
import { CELLS, COMMAND, DEADLINE, ECHO, PROBE, QUIT } from "./metronome_thread.ts";

interface Sleeper {
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

/**
 * Wakes sleepers with a fraction of a millisecond of delay, from a Worker that waits in
 * `Atomics.wait` and needs no permission. It runs until it is disposed.
 */
export class Metronome implements PreciseTimer {
  readonly #worker: Worker;
  readonly #cells: Int32Array;
  readonly #times: Float64Array;
  readonly #sleepers: Sleeper[] = [];
  #error: Error | undefined;
  #ready = false;

  constructor() {
    const shared = new SharedArrayBuffer(CELLS.bytes);
    this.#cells = new Int32Array(shared, 0, CELLS.ints);
    this.#times = new Float64Array(shared, CELLS.ints * 4, CELLS.doubles);
    this.#times[DEADLINE] = Infinity;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = (): void => {
      // Both threads count from origins of their own: the worker asks, and takes the answer that came
      // quickest as the difference.
      if (Atomics.load(this.#cells, PROBE) !== 0) {
        this.#times[ECHO] = performance.now();
        Atomics.store(this.#cells, PROBE, 0);
        Atomics.notify(this.#cells, PROBE);
      } else {
        this.#wake();
      }
    };
    this.#worker.onerror = (event: ErrorEvent): void => {
      event.preventDefault();
      this.#fail(new Error(`The metronome's thread has ended: ${event.message}`));
    };
    URL.revokeObjectURL(url);
    this.#worker.postMessage(shared);
  }

  /** False until the thread has started. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Waits until `performance.now()` has reached `deadline`; never ends early.
   *
   * @param deadline Milliseconds.
   * @param signal Ends the wait at once, with a rejection by its reason.
   */
  sleepUntil(deadline: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (deadline <= performance.now()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = { deadline, resolve, reject, signal, onAbort };
      signal?.addEventListener("abort", onAbort, { once: true });
      const place = this.#sleepers.findIndex((other) => other.deadline > deadline);
      this.#sleepers.splice(place < 0 ? this.#sleepers.length : place, 0, sleeper);
      if (this.#sleepers[0] === sleeper) this.#arm();
    });
  }

  #arm(): void {
    this.#times[DEADLINE] = this.#sleepers[0]?.deadline ?? Infinity;
    Atomics.add(this.#cells, COMMAND, 1);
    Atomics.notify(this.#cells, COMMAND);
  }

  #remove(sleeper: Sleeper): void {
    const place = this.#sleepers.indexOf(sleeper);
    if (place >= 0) this.#sleepers.splice(place, 1);
    if (place === 0) this.#arm();
  }

  #wake(): void {
    this.#ready = true;
    let sleeper = this.#sleepers[0];
    while (sleeper !== undefined && sleeper.deadline <= performance.now()) {
      this.#sleepers.shift();
      sleeper.signal?.removeEventListener("abort", sleeper.onAbort);
      sleeper.resolve();
      sleeper = this.#sleepers[0];
    }
    this.#arm();
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#times[DEADLINE] = QUIT;
    Atomics.store(this.#cells, PROBE, 0);
    Atomics.notify(this.#cells, PROBE);
    Atomics.add(this.#cells, COMMAND, 1);
    Atomics.notify(this.#cells, COMMAND);
    this.#worker.terminate();
    for (const sleeper of this.#sleepers.splice(0)) {
      sleeper.signal?.removeEventListener("abort", sleeper.onAbort);
      sleeper.reject(error);
    }
  }

  /** Ends the thread; who still waits is rejected. */
  [Symbol.dispose](): void {
    this.#fail(new Error("Cannot wait on a metronome, as it has been disposed"));
  }
}
