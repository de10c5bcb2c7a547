/**
 * What the metronome's thread does: wait for the deadline in shared memory, then wake the main thread.
 *
 * @module
 */

/** Index of the counter that the main thread raises when the deadline has changed. */
export const COMMAND = 0;
/** Index of the flag that is 1 while the thread asks for the main thread's time. */
export const PROBE = 1;
/** Index of the deadline, in the main thread's milliseconds. */
export const DEADLINE = 0;
/** The deadline that ends the thread: one that waits in `Atomics.wait` can't be terminated. */
export const QUIT = -Infinity;
/** Index of the main thread's time, in answer to a probe. */
export const ECHO = 1;
/** Sizes of the shared memory. */
export const CELLS = { ints: 2, doubles: 2, bytes: 2 * 4 + 2 * 8 } as const;

/** How many times the main thread is asked for its time; the quickest answer counts. */
const PROBES = 5;

/** The part of a Worker's global scope that is used here. */
export interface Thread {
  onmessage: ((event: MessageEvent<SharedArrayBuffer>) => void) | null;
  postMessage(message: unknown): void;
}

function difference(cells: Int32Array, times: Float64Array, thread: Thread): number {
  let best = Infinity;
  let result = 0;
  for (let i = 0; i < PROBES; i++) {
    const asked = performance.now();
    Atomics.store(cells, PROBE, 1);
    thread.postMessage(null);
    while (Atomics.load(cells, PROBE) === 1 && times[DEADLINE] !== QUIT) {
      Atomics.wait(cells, PROBE, 1, 1_000);
    }
    const answered = performance.now();
    if (answered - asked < best) {
      best = answered - asked;
      result = (times[ECHO] ?? 0) - (asked + answered) / 2;
    }
  }
  return result;
}

/** Runs for as long as the thread lives. */
export function metronome(shared: SharedArrayBuffer, thread: Thread): void {
  const cells = new Int32Array(shared, 0, CELLS.ints);
  const times = new Float64Array(shared, CELLS.ints * 4, CELLS.doubles);
  const offset = difference(cells, times, thread);
  thread.postMessage(null);
  let woken = -1;
  while (true) {
    const command = Atomics.load(cells, COMMAND);
    const deadline = times[DEADLINE] ?? Infinity;
    if (deadline === QUIT) return;
    const left = deadline - (performance.now() + offset);
    // Once woken for a command, the main thread alone decides what comes next.
    if (left <= 0 && woken !== command) {
      woken = command;
      thread.postMessage(null);
    } else {
      Atomics.wait(cells, COMMAND, command, woken === command ? Infinity : left);
    }
  }
}
