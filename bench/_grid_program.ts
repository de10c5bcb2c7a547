/**
 * Periodic tasks in a session on a real file, run as a process of its own.
 *
 * Arguments: a file, seconds, periods in seconds. Prints JSON: when each start was due and made, in ms.
 *
 * @module
 */

import process from "node:process";
import { every, lasting, Session, type Task } from "@stripchart/stripchart";

/** When the starts of one task were due and made, milliseconds on the same clock. */
export interface Starts {
  /** From start to start. */
  readonly period: number;
  /** When the first was due. */
  readonly origin: number;
  /** When each that was made began. */
  readonly times: readonly number[];
}

/** What a program with periodic tasks tells of itself. */
export interface Told {
  /** Milliseconds that one durable record took, alone. */
  readonly durable: number;
  /** Processor time over wall-clock time while the tasks ran; 1 is one core. */
  readonly share: number;
  /** Its tasks. */
  readonly tasks: readonly Starts[];
}

/** A task that records an entry at each start, and what it saw; its due times come from what it announces. */
export function watched(period: number, name: string): { task: Task; starts(): Starts } {
  const times: number[] = [];
  let due = NaN;
  const task = every(`${period}ms`, () => {
    times.push(performance.now());
    return { [name]: times.length };
  }, { name });
  return {
    task: {
      ...task,
      run: (context) =>
        task.run({
          ...context,
          progress(state): void {
            due = state.nextAt ?? due;
            context.progress(state);
          },
        }),
    },
    starts(): Starts {
      const first = times[0] ?? NaN;
      return { period, origin: due - Math.ceil((due - first) / period - 1e-6) * period, times };
    },
  };
}

async function main([file = "", seconds = "", ...periods]: readonly string[]): Promise<Told> {
  await using session = new Session(null, { file, quiet: true, terminal: null, signals: false });
  const tasks = periods.map((period, i) => watched(Number(period) * 1e3, `v${i}`));
  await session.flush();
  const before = performance.now();
  await session.addEntry({ alone: 0 });
  const durable = performance.now() - before;
  const wall = performance.now();
  const cpu = process.cpuUsage();
  await session.monitor(...tasks.map(({ task }) => task), lasting(`${Number(seconds)}s`));
  const { user, system } = process.cpuUsage(cpu);
  const share = (user + system) / 1e3 / (performance.now() - wall);
  return { durable, share, tasks: tasks.map(({ starts }) => starts()) };
}

if (import.meta.main) {
  // deno-lint-ignore no-console -- a program's result
  console.log(JSON.stringify(await main(Deno.args)));
}
