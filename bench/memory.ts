/**
 * What a session keeps in memory as it grows, and what an entry costs the main thread.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Session } from "@stripchart/stripchart";
import type { Held } from "./_memory_program.ts";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder, timeDeno } from "./_run.ts";
import { figure } from "./_table.ts";

const SECTION = "Memory";
const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 3;
const CALLS = 20_000;

/** What one process held after few, after many and after twice as many entries of ten values. */
type Growth = readonly [few: Held, many: Held, twice: Held];

async function growth(file: string): Promise<Growth> {
  const program = fileURLToPath(new URL("_memory_program.ts", import.meta.url));
  const { stdout } = await timeDeno(
    "run",
    ["--allow-all", "--v8-flags=--expose-gc", program, file, ...[FEW, MANY, 2 * MANY].map(String)],
    { cwd: join(file, "..") },
  );
  return JSON.parse(stdout);
}

/** Microseconds of the main thread that a call of `addEntry` with ten values takes, not awaited. */
async function callCost(file: string): Promise<number> {
  await using session = new Session(null, { file, quiet: true, terminal: null, signals: false });
  const values = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`v${i}`, i + 0.5]));
  const costs: number[] = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) session.addEntry(values);
    costs.push((performance.now() - start) / CALLS * 1e3);
    await session.flush();
  }
  return median(costs);
}

/** Resident memory after many entries less that after few, and the cost of a call. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  const mebi = 2 ** 20;
  const rounds: Growth[] = [];
  const files = Array.from({ length: ROUNDS }, (_, i) => join(folder.path, `grown${i}.db`));
  rounds.push(...await Promise.all(files.map(growth)));
  const middle = (what: (...held: Growth) => number): number =>
    median(rounds.map((held) => what(...held) / mebi));
  yield {
    section: SECTION,
    name: `memory after ${figure(MANY)} entries less that after ${figure(FEW)}`,
    value: middle((few, many) => many.rss - few.rss),
    unit: "MiB",
    target: { atMost: 5e6 / mebi },
    note:
      `resident memory of the process, all threads and mapped files; 10 values an entry; after ` +
      `20 s without entries, in which both threads collect; median of 7 samples, then of ${ROUNDS} processes: ` +
      `${figure(middle((few) => few.rss))} → ${figure(middle((_few, many) => many.rss))} MiB. ` +
      `JavaScript heap of the main thread: ` +
      `${figure(middle((few) => few.heap))} → ${figure(middle((_few, many) => many.heap))} MiB`,
  };
  yield {
    section: SECTION,
    name: `memory after ${figure(2 * MANY)} entries less that after ${figure(MANY)}`,
    value: middle((_few, many, twice) => twice.rss - many.rss),
    unit: "MiB",
    note: "the same processes, later: whether it goes on growing",
  };
  yield {
    section: SECTION,
    name: "addEntry of 10 values, not awaited, on the main thread",
    value: await callCost(join(folder.path, "cost.db")),
    unit: "µs a call",
    note: `${figure(CALLS)} calls in a row, median of 9; writing goes on in a Worker`,
  };
}
