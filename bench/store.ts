/**
 * The store: durable calls, bytes a value, reading.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { batchOf } from "../session/store/batch.ts";
import { configure, openForWriting } from "../session/store/database.ts";
import { openStore } from "../session/store/file_store.ts";
import { openReader } from "../session/store/reader.ts";
import { WriterCore } from "../session/store/writer_core.ts";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder } from "./_run.ts";
import { table } from "./_table.ts";

const SECONDS = 0.7;
const ROUNDS = 5;

function names(width: number): string[] {
  return Array.from({ length: width }, (_, i) => `v${i}`);
}

function entryOf(width: number): Record<string, number> {
  return Object.fromEntries(names(width).map((name, i) => [name, i + 0.5]));
}

/** One durable row a commit, with nothing around it: what SQLite and the disk give. */
function bareCalls(path: string, width: number): number {
  const db = new DatabaseSync(path);
  configure(db);
  db.exec("CREATE TABLE t(seq INTEGER PRIMARY KEY, vals BLOB) STRICT");
  const insert = db.prepare("INSERT INTO t VALUES (?, ?)");
  const vals = new Float64Array(width);
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < SECONDS * 1000) insert.run(++calls, vals);
  const rate = calls / (performance.now() - start) * 1000;
  db.close();
  return rate;
}

/** Durable calls a second with some producers that each await every call. */
async function storeCalls(path: string, width: number, producers: number): Promise<number> {
  await using store = openStore(path);
  await store.entry(0, entryOf(width));
  const start = performance.now();
  const end = start + SECONDS * 1000;
  let calls = 0;
  await Promise.all(Array.from({ length: producers }, async () => {
    const values = entryOf(width);
    while (performance.now() < end) {
      calls += 1;
      await store.entry(calls, values);
    }
  }));
  return calls / (performance.now() - start) * 1000;
}

/** Microseconds that a call of ten values costs the main thread. */
async function callCost(path: string): Promise<number> {
  await using store = openStore(path);
  const values = entryOf(10);
  const costs: number[] = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    for (let i = 0; i < 20_000; i++) store.entry(i, values);
    costs.push((performance.now() - start) / 20);
    await store.flush();
  }
  return median(costs);
}

/** Fills a file through the writer's core: `rows` entries of `width` values, a second apart or faster. */
function fill(path: string, width: number, rows: number, period = 1e6): void {
  const db = openForWriting(path);
  db.exec("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 20000");
  const core = new WriterCore(db);
  const sorted = names(width).sort();
  core.apply(batchOf([{ kind: "stream", handle: 0, order: names(width), names: sorted }]));
  const step = Math.max(1, Math.floor(400_000 / (width + 2)));
  for (let done = 0; done < rows; done += step) {
    const n = Math.min(step, rows - done);
    const words = new Float64Array(n * (width + 2));
    for (let i = 0, at = 0; i < n; i++) {
      words[at++] = 0;
      words[at++] = 1.7e15 + (done + i) * period;
      for (let k = 0; k < width; k++) words[at++] = Math.sin(done + i + k);
    }
    core.apply({ words, length: words.length, records: [] });
  }
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}

function time(repeats: number, work: () => void): number {
  const figures: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    work();
    figures.push(performance.now() - start);
  }
  return median(figures);
}

async function calls(folder: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const width of [1, 10, 100, 1000]) {
    const bare: number[] = [];
    const measured = new Map<number, number[]>([[1, []], [100, []]]);
    // Taken in turns, as a disk's speed changes from one second to the next.
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(bareCalls(`${folder}/bare${width}-${round}.db`, width));
      for (const [producers, rates] of measured) {
        const path = `${folder}/store${width}-${producers}-${round}.db`;
        rates.push(await storeCalls(path, width, producers));
      }
    }
    for (const [producers, rates] of measured) {
      rows.push({
        name: `durable calls, ${width} values, ${producers} awaiting`,
        value: median(rates),
        unit: "calls/s",
        peer: { name: "node:sqlite, one row a commit", value: median(bare) },
        ...(width === 10 && producers === 100 ? { target: { atLeast: 40_000 } } : {}),
        ...(width === 10 && producers === 1 ? { target: { atLeast: 1_500 } } : {}),
      });
    }
  }
  rows.push({
    name: "a call of 10 values on the main thread",
    value: await callCost(`${folder}/cost.db`),
    unit: "µs",
  });
  return rows;
}

function sizes(folder: string): BenchRow[] {
  return ([[1, 1_000_000, 18], [100, 100_000, 9]] as const).map(([width, count, most]) => {
    const path = `${folder}/size${width}.db`;
    fill(path, width, count);
    return {
      name: `bytes a value, ${width} values an entry`,
      value: Deno.statSync(path).size / (width * count),
      unit: "B",
      target: { atMost: most },
    };
  });
}

function reading(folder: string): BenchRow[] {
  const long = `${folder}/long.db`;
  fill(long, 1, 10_000_000, 1e4);
  const wide = `${folder}/size100.db`;
  const rows: BenchRow[] = [];
  const ms = (name: string, value: number, atMost: number): void => {
    rows.push({ name, value, unit: "ms", target: { atMost } });
  };
  {
    using reader = openReader(long);
    ms("read 1e7 values", time(5, () => reader.series("v0")), 500);
    const { first, last } = reader.range();
    const span = { from: first ?? 0, to: last ?? 1, buckets: 1000 };
    ms("1e7 values to 1000 buckets", time(5, () => reader.buckets("v0", span)), 300);
  }
  {
    using reader = openReader(wide);
    reader.lastValues();
    ms("last values of 100 variables", time(99, () => reader.lastValues()), 0.2);
  }
  const huge = `${folder}/huge.db`;
  fill(huge, 10, 10_000_000);
  ms(
    "open 1e8 values to read, last values included",
    time(9, () => {
      using reader = openReader(huge);
      reader.lastValues();
    }),
    50,
  );
  ms("open 1e8 values to write", time(9, () => openForWriting(huge).close()), 50);
  return rows;
}

/** Measures the store. */
export async function rows(): Promise<BenchRow[]> {
  using folder = temporaryFolder();
  return [...await calls(folder.path), ...sizes(folder.path), ...reading(folder.path)];
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  console.log(table(await rows()));
}
