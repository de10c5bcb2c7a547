/**
 * What 64 serial ports cost that wait at the same time.
 *
 * @module
 */

import { type MessageSession, open, serial } from "@stripchart/stripchart/devices";
import type { Instrument } from "./_bus_peers.ts";
import type { BenchRow } from "./_row.ts";
import { median, quantile, wait } from "./_run.ts";
import { figure } from "./_table.ts";

/** Ports that are open at once. */
export const PORTS = 64;

const QUERIES = 2000;

/** Linux's numbers of `epoll_wait` and `epoll_pwait`, by the processor. */
const EPOLL: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["232", "281"],
  aarch64: ["22"],
};

/** Threads of this process, and how many of them wait for files just now. */
function threads(): { readonly all: number; readonly waiting: number } {
  const tasks = [...Deno.readDirSync("/proc/self/task")];
  const calls = tasks.map(({ name }) =>
    Deno.readTextFileSync(`/proc/self/task/${name}/syscall`).split(" ")[0] ?? ""
  );
  const waits = EPOLL[Deno.build.arch] ?? [];
  return { all: tasks.length, waiting: calls.filter((call) => waits.includes(call)).length };
}

/** Milliseconds that each of some queries took. */
async function queries(session: MessageSession): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < QUERIES; i++) {
    const start = performance.now();
    await session.query("READ?");
    times.push(performance.now() - start);
  }
  return times;
}

/** The threads that wait, and what is added to the queries of one port while the others wait. */
export async function* manyPorts(instrument: Instrument): AsyncGenerator<BenchRow> {
  const before = threads();
  await using sessions = new AsyncDisposableStack();
  const one = sessions.use(await open(serial(instrument.serial[0] ?? "")));
  await queries(one);
  const alone = await queries(one);
  const stop = new AbortController();
  const waits: Promise<unknown>[] = [];
  for (const path of instrument.serial.slice(1, PORTS)) {
    const session = sessions.use(await open(serial(path)));
    waits.push(session.read({ timeout: "1h", signal: stop.signal }).catch((error) => error));
  }
  const together = await queries(one);
  const all = one.read({ timeout: "1h", signal: stop.signal }).catch((error) => error);
  // Until the thread that waits has taken its call up.
  await wait(50);
  const after = threads();
  stop.abort();
  await Promise.all([...waits, all]);
  const section = "Talking to instruments";
  yield {
    section,
    name: `threads that wait for ${waits.length + 1} serial ports`,
    value: after.waiting - before.waiting,
    unit: "",
    target: { atMost: 1 },
    note: `the process has ${after.all} threads while all wait for an answer, and had ` +
      `${before.all} before the first was open`,
  };
  yield {
    section,
    name: `a serial query while ${waits.length} other ports wait, longer by`,
    value: median(together) - median(alone),
    unit: "ms",
    target: { atMost: 1 },
    note:
      `median ${figure(median(alone))} ms alone, ${
        figure(median(together))
      } ms beside the others; ` +
      `p99 ${figure(quantile(alone, 0.99))} and ${figure(quantile(together, 0.99))} ms`,
  };
}
