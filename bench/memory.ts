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

/** Memory after few and after many entries of ten values, in one process. */
async function growth(file: string): Promise<readonly [few: Held, many: Held]> {
  const program = fileURLToPath(new URL("_memory_program.ts", import.meta.url));
  const { stdout } = await timeDeno(
    "run",
    ["--allow-all", "--v8-flags=--expose-gc", program, file, String(FEW), String(MANY)],
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
  const rounds: (readonly [Held, Held])[] = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push(await growth(join(folder.path, `grown${i}.db`)));
  const middle = (what: (few: Held, many: Held) => number): number =>
    median(rounds.map(([few, many]) => what(few, many) / mebi));
  yield {
    section: SECTION,
    name: `memory after ${figure(MANY)} entries less that after ${figure(FEW)}`,
    value: middle((few, many) => many.rss - few.rss),
    unit: "MiB",
    target: { atMost: 5e6 / mebi },
    note:
      `resident memory of the process, all threads and mapped files; 10 values an entry; after ` +
      `garbage collection, median of 7 samples, then of ${ROUNDS} processes: ` +
      `${figure(middle((few) => few.rss))} → ${figure(middle((_few, many) => many.rss))} MiB. ` +
      `JavaScript heap of the main thread: ` +
      `${figure(middle((few) => few.heap))} → ${figure(middle((_few, many) => many.heap))} MiB`,
  };
  yield {
    section: SECTION,
    name: "addEntry of 10 values, not awaited, on the main thread",
    value: await callCost(join(folder.path, "cost.db")),
    unit: "µs a call",
    note: `${figure(CALLS)} calls in a row, median of 9; writing goes on in a Worker`,
  };
}
