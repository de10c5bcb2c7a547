/**
 * The store: durable calls, bytes a value, reading.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { openSession } from "@stripchart/stripchart";
import { configure } from "../session/store/database.ts";
import { openStore } from "../session/store/file_store.ts";
import { openReader } from "../session/store/reader.ts";
import { fill, names } from "./_fill.ts";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder } from "./_run.ts";
import { figure } from "./_table.ts";

const SECONDS = 0.7;
const ROUNDS = 5;

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

function time(repeats: number, work: () => void): number {
  const figures: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    work();
    figures.push(performance.now() - start);
  }
  return median(figures);
}

/** Milliseconds that the disk takes to confirm 4 KiB at the end of a file. */
function confirmation(path: string): number {
  using file = Deno.openSync(path, { write: true, create: true });
  const page = new Uint8Array(4096);
  return time(200, () => {
    file.writeSync(page);
    file.syncDataSync();
  });
}

function plural(count: number): string {
  return `${figure(count)} ${count === 1 ? "value" : "values"}`;
}

async function* calls(folder: string): AsyncGenerator<BenchRow> {
  yield {
    section: "Recording",
    name: "the disk itself: 4 KiB appended and fdatasync",
    value: confirmation(`${folder}/disk`),
    unit: "ms",
    note: "median of 200; durable calls follow this figure",
  };
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
      const target = producers === 1 ? 1_500 : width === 10 ? 40_000 : undefined;
      yield {
        section: "Recording",
        name: `durable entries of ${plural(width)}, ` +
          (producers === 1 ? "one producer that awaits each" : `${producers} producers at once`),
        value: median(rates),
        unit: "entries/s",
        ...(target === undefined ? {} : { target: { atLeast: target } }),
        peer: { name: "bare node:sqlite loop", value: median(bare) },
        note: `${figure(median(rates) * width)} values/s`,
      };
    }
  }
}

/** Records through a store as a session does; what the file takes for each value once it is closed. */
async function bytesAValue(
  path: string,
  { width, count, period }: { width: number; count: number; period: number },
): Promise<number> {
  const values = entryOf(width);
  {
    await using store = openStore(path);
    for (let done = 0; done < count; done += 1000) {
      for (let i = done; i < done + 1000; i++) void store.entry(1.7e15 + i * period * 1e6, values);
      await store.flush();
    }
  }
  return Deno.statSync(path).size / (width * count);
}

async function* sizes(folder: string): AsyncGenerator<BenchRow> {
  const cases = [
    { width: 1, count: 500_000, most: 18 },
    { width: 100, count: 50_000, most: 9 },
  ];
  for (const { width, count, most } of cases) {
    for (const period of [1, 10]) {
      const path = `${folder}/size${width}-${period}.db`;
      yield {
        section: "Recording",
        name: `bytes a value, ${plural(width)} every ${period} s`,
        value: await bytesAValue(path, { width, count, period }),
        unit: "B",
        target: { atMost: most },
        note: `the closed file after ${figure(count)} entries`,
      };
    }
  }
}

function* reading(folder: string): Generator<BenchRow> {
  const row = (name: string, value: number, atMost: number | null, note: string): BenchRow => ({
    section: "Reading",
    name,
    value,
    unit: "ms",
    ...(atMost === null ? {} : { target: { atMost } }),
    note: `${note}; file in the page cache`,
  });
  const long = `${folder}/long.db`;
  fill(long, 1, 10_000_000, 1e4);
  {
    using reader = openReader(long);
    yield row(
      "read 1e7 values of a variable",
      time(5, () => reader.series("v0")),
      500,
      "times too",
    );
    const { first, last } = reader.range();
    const span = { from: first ?? 0, to: last ?? 1, buckets: 1000 };
    yield row(
      "1e7 values to 1 000 buckets of min, max and mean",
      time(5, () => reader.buckets("v0", span)),
      300,
      "the whole span",
    );
  }
  {
    using session = openSession(`${folder}/size100-1.db`);
    session.loggedLastValues();
    yield row(
      "last values of 100 variables",
      time(99, () => session.loggedLastValues()),
      0.2,
      "of 5e6 values, median of 99",
    );
  }
  const huge = `${folder}/huge.db`;
  fill(huge, 10, 10_000_000);
  yield row(
    "open 1e8 values to read",
    time(9, () => {
      using session = openSession(huge);
      session.loggedLastValues();
    }),
    50,
    "until the last values are read",
  );
}

/** Opening a long file to go on with it. */
async function* goingOn(folder: string): AsyncGenerator<BenchRow> {
  const opened: number[] = [];
  const stored: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await using store = openStore(`${folder}/huge.db`);
    opened.push(performance.now() - start);
    await store.entry(1.8e15 + round, entryOf(10));
    stored.push(performance.now() - start);
  }
  yield {
    section: "Reading",
    name: "open 1e8 values to go on recording",
    value: median(opened),
    unit: "ms",
    target: { atMost: 50 },
    note: `until entries are taken; the first is on disk after ${figure(median(stored))} ms`,
  };
}

/** Measures the store. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  yield* calls(folder.path);
  yield* sizes(folder.path);
  yield* reading(folder.path);
  yield* goingOn(folder.path);
}
