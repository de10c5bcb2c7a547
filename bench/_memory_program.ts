/**
 * A session that takes many entries, run as a process of its own with `--v8-flags=--expose-gc`.
 *
 * Arguments: a file, and numbers of entries, rising. Prints JSON: memory after each.
 *
 * @module
 */

import { Session } from "@stripchart/stripchart";
import { median } from "./_run.ts";

/** What the process held after a number of entries, in bytes. */
export interface Held {
  /** The memory that the system has given to it, all threads and mapped files included. */
  readonly rss: number;
  /** What JavaScript uses on the main thread. */
  readonly heap: number;
}

const SAMPLES = 7;
/** Between samples. Milliseconds. */
const SETTLE = 100;
/**
 * Before the first sample: V8 collects what a thread has dropped once the thread was idle for a while, and a
 * Worker's heap can't be collected from outside. Seconds.
 */
const IDLE = 20;

async function held(collect: () => void): Promise<Held> {
  for (let second = 0; second < IDLE; second++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const samples: Deno.MemoryUsage[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    samples.push(Deno.memoryUsage());
  }
  return {
    rss: median(samples.map(({ rss }) => rss)),
    heap: median(samples.map(({ heapUsed }) => heapUsed)),
  };
}

async function main([file = "", ...counts]: readonly string[]): Promise<Held[]> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Cannot measure memory without --v8-flags=--expose-gc");
  await using session = new Session(null, { file, quiet: true, terminal: null, signals: false });
  const values = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`v${i}`, i + 0.5]));
  const result: Held[] = [];
  let done = 0;
  for (const count of counts.map(Number)) {
    // A hundred at a time, as many tasks would: what waits to be written is not what is measured.
    for (; done < count; done += 100) {
      for (let i = 1; i < 100; i++) session.addEntry(values);
      await session.addEntry(values);
    }
    await session.flush();
    result.push(await held(gc));
  }
  return result;
}

if (import.meta.main) {
  // deno-lint-ignore no-console -- a program's result
  console.log(JSON.stringify(await main(Deno.args)));
}
