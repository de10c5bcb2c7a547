import assert from "node:assert/strict";
import fc from "fast-check";
import { openStore } from "../../../session/store/file_store.ts";
import { openReader, type Reader } from "../../../session/store/reader.ts";
import type { StoreTuning } from "../../../session/store/file_store.ts";
import { temporaryFolder } from "../../_child.ts";
import { bits } from "./_disk.ts";

interface Written {
  readonly t: number;
  readonly values: Readonly<Record<string, number>>;
}

const value = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 5e-324, Number.MAX_VALUE, 2 ** 53),
);
const keys = fc.subarray(["b", "a", "ü", "a b", "10", "__proto__"], { minLength: 1 });
const time = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
);
const written = fc.tuple(time, keys, fc.array(value, { minLength: 6, maxLength: 6 })).map(
  ([t, names, numbers]): Written => ({
    t,
    values: Object.fromEntries(names.map((name, i) => [name, numbers[i] ?? 0])),
  }),
);
const tuning = fc.record({
  chunkRows: fc.integer({ min: 1, max: 9 }),
  tailRows: fc.integer({ min: 1, max: 20 }),
}).map((core): StoreTuning => ({ core }));

/** Everything that the reader gives must be what was written. */
function compare(reader: Reader, entries: readonly Written[]): void {
  const names = new Set(entries.flatMap(({ values }) => Object.keys(values)));
  assert.deepEqual(
    new Set(reader.variables().filter(({ recorded }) => recorded).map(({ name }) => name)),
    names,
  );
  for (const name of names) {
    const wanted = entries.filter(({ values }) => Object.hasOwn(values, name));
    const series = reader.series(name);
    assert.deepEqual([...series.t], wanted.map(({ t }) => t));
    assert.deepEqual(bits(series.values), bits(wanted.map(({ values }) => values[name] ?? 0)));
    const last = wanted.at(-1);
    const found = reader.lastValues().get(name);
    assert.deepEqual(bits([found?.value ?? 0]), bits([last?.values[name] ?? 0]));
    assert.equal(found?.t, last?.t);
    const first = reader.firstValues().get(name);
    assert.deepEqual(bits([first?.value ?? 0]), bits([wanted[0]?.values[name] ?? 0]));
    const three = reader.series(name, { last: 3 });
    assert.deepEqual([...three.t], wanted.slice(-3).map(({ t }) => t));
    const inside = wanted.filter(({ t }) => t >= 50 && t <= 200);
    const part = reader.series(name, { from: 50, to: 200 });
    assert.deepEqual([...part.t], inside.map(({ t }) => t));
    assert.deepEqual(bits(part.values), bits(inside.map(({ values }) => values[name] ?? 0)));
  }
  const all = reader.since(0, entries.length + 1);
  assert.deepEqual(all.map(({ t }) => t), entries.map(({ t }) => t));
  all.forEach((entry, i) => {
    const { values } = entries[i] as Written;
    assert.deepEqual(entry.names, Object.keys(values).sort((a, b) => a < b ? -1 : 1));
    assert.deepEqual(bits(entry.values), bits(entry.names.map((name) => values[name] ?? 0)));
  });
  const half = all[Math.floor(all.length / 2)];
  if (half !== undefined) {
    assert.deepEqual(
      reader.since(half.seq, 4).map(({ seq }) => seq),
      all.filter(({ seq }) => seq > half.seq).slice(0, 4).map(({ seq }) => seq),
    );
  }
  const times = entries.map(({ t }) => t);
  assert.deepEqual(reader.range(), {
    first: times.length === 0 ? null : Math.min(...times),
    last: times.length === 0 ? null : Math.max(...times),
    entries: entries.length,
  });
  assert.deepEqual(reader.verify().damage, []);
}

Deno.test("openStore() in memory gives back what was written when chunks are short", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(written, { maxLength: 80 }), tuning, async (entries, bounds) => {
      await using store = openStore(":memory:", {}, bounds);
      for (const [i, { t, values }] of entries.entries()) {
        const stored = store.entry(t, values);
        if (i % 7 === 0) await stored;
      }
      await store.flush();
      using reader = store.reader();
      compare(reader, entries);
    }),
    { numRuns: 60 },
  );
});

Deno.test("openReader() follows a file when it is written, and finds all when it is opened again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(written, { maxLength: 60 }), tuning, async (entries, bounds) => {
      using folder = temporaryFolder();
      const path = `${folder.path}/a.db`;
      const half = Math.floor(entries.length / 2);
      {
        await using store = openStore(path, {}, bounds);
        await store.metadata(0, { sample: "x" });
        using reader = openReader(path);
        for (const [i, { t, values }] of entries.slice(0, half).entries()) {
          const stored = store.entry(t, values);
          if (i % 5 !== 0) continue;
          await stored;
          compare(reader, entries.slice(0, i + 1));
        }
        await store.flush();
        compare(reader, entries.slice(0, half));
      }
      {
        await using store = openStore(path, {}, bounds);
        for (const { t, values } of entries.slice(half)) store.entry(t, values);
        await store.flush();
        using reader = store.reader();
        compare(reader, entries);
      }
      assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["a.db"]);
      using reader = openReader(path);
      compare(reader, entries);
    }),
    { numRuns: 8 },
  );
});

Deno.test("Store.entry() keeps 10,000 variables in one entry", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const names = Array.from({ length: 10_000 }, (_, i) => `v${i}`);
  {
    await using store = openStore(path);
    for (let row = 0; row < 100; row++) {
      const values = Object.fromEntries(names.map((name, i) => [name, row * 10_000 + i]));
      const stored = store.entry(row, values);
      if (row % 30 === 0) await stored;
    }
  }
  using reader = openReader(path);
  assert.equal(reader.variables().length, 10_000);
  assert.deepEqual(
    [...reader.series("v9876").values],
    Array.from({ length: 100 }, (_, row) => row * 10_000 + 9876),
  );
  assert.equal(reader.lastValues().get("v1234")?.value, 99 * 10_000 + 1234);
  assert.equal(reader.verify().entries, 100);
});

Deno.test("Store.entry() keeps odd names apart", async () => {
  const names = [
    "it's",
    'say "hi"',
    "line\nbreak",
    "🌡️ °C",
    "é",
    "e\u0301",
    " ",
    "constructor",
    "__proto__",
    "x".repeat(4096),
    "1; DROP TABLE tail",
    "%s?#",
  ];
  await using store = openStore(":memory:");
  await store.entry(1, Object.fromEntries(names.map((name, i) => [name, i])));
  await Promise.all(names.map((name, i) => store.entry(2, { [name]: i + 100 })));
  using reader = store.reader();
  names.forEach((name, i) => assert.deepEqual([...reader.series(name).values], [i, i + 100], name));
});

Deno.test("Reader reads datasets, parameters, metadata, runs, events and figures as they were written", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  {
    await using store = openStore(path);
    assert.equal(
      await store.startRun({ t: 10, name: "one", provenance: { plan: ["a", null] } }),
      1,
    );
    await store.event({ t: 11, kind: "log", level: "info", message: "first" });
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0xf8);
    const stored = store.dataset(30, "spectrum", { dtype: "float64", shape: [1], bytes });
    bytes.fill(0);
    await stored;
    await store.dataset(20, "spectrum", { dtype: "uint8", shape: [2, 0], bytes: new Uint8Array() });
    await store.dataset(40, "other", {
      dtype: "json",
      shape: [],
      bytes: Uint8Array.of(0x7b, 0x7d),
    });
    await store.parameters(12, { gain: -0, offset: NaN, limit: Infinity });
    await store.parameters(13, { gain: 0.1 });
    await store.metadata(12, { sample: "Cu" });
    await store.metadata(13, { sample: "Ag 🥈", cell: "" });
    await store.variable("x", { unit: "V", label: "U" });
    const figures = { p50: NaN, p99: 1.5, max: 2 };
    const task = { task: "t", kind: "every", period: null, state: "done", ticks: 3, skipped: 0 };
    await store.statistics([{ ...task, failures: 1, lateness: figures, duration: figures }]);
    await store.endRun({ t: 50, status: "completed", reason: "done" });
    assert.equal(await store.startRun({ t: 60, name: "two", provenance: null }), 2);
    await store.event({
      t: 61,
      kind: "gap",
      level: "error",
      source: "dmm",
      message: "second",
      data: [1],
    });
  }
  {
    await using store = openStore(path);
    await store.startRun({ t: 70, name: "three", provenance: {} });
    await store.event({ t: 71, kind: "log", level: "debug", message: "third" });
  }
  using reader = openReader(path);
  assert.deepEqual(
    reader.runs().map(({ id, name, status, ended }) => [id, name, status, ended]),
    [[1, "one", "completed", 50], [2, "two", "lost", null], [3, "three", "running", null]],
  );
  assert.deepEqual(reader.runs()[0]?.provenance, { plan: ["a", null] });
  assert.deepEqual(
    reader.events().map(({ run, message, source, data }) => [run, message, source, data]),
    [[1, "first", undefined, undefined], [2, "second", "dmm", [1]], [
      3,
      "third",
      undefined,
      undefined,
    ]],
  );
  assert.deepEqual(reader.events({ kinds: ["log"], limit: 1 }).map(({ message }) => message), [
    "third",
  ]);
  const second = reader.events()[1]?.seq ?? 0;
  assert.deepEqual(reader.events({ since: second }).map(({ message }) => message), ["third"]);
  assert.deepEqual(reader.datasetNames(), ["spectrum", "other"]);
  assert.deepEqual([...reader.datasetTimes("spectrum")], [30, 20]);
  assert.deepEqual(
    [...reader.dataset("spectrum", { n: 0 })?.bytes ?? []],
    [1, 2, 3, 4, 5, 6, 7, 0xf8],
  );
  assert.deepEqual(reader.dataset("spectrum")?.shape, [2, 0]);
  assert.deepEqual(reader.dataset("spectrum", { n: -2 })?.t, 30);
  assert.equal(reader.dataset("spectrum", { at: 29 })?.t, 20);
  assert.equal(reader.dataset("spectrum", { at: 19 }), undefined);
  assert.equal(reader.dataset("spectrum", { n: 2 }), undefined);
  assert.deepEqual([...reader.datasets("spectrum")].map(({ t }) => t), [30, 20]);
  const parameters = reader.parameters();
  assert.deepEqual([...parameters.keys()], ["offset", "limit", "gain"]);
  assert.ok(Number.isNaN(parameters.get("offset")?.value));
  assert.ok(Object.is(reader.parameterHistory("gain")[0]?.value, -0));
  assert.equal(parameters.get("gain")?.value, 0.1);
  assert.deepEqual(reader.metadataHistory("sample").map(({ value }) => value), ["Cu", "Ag 🥈"]);
  assert.equal(reader.metadata().get("cell")?.value, "");
  assert.deepEqual(reader.variables(), [{ name: "x", unit: "V", label: "U", recorded: false }]);
  const [figures] = reader.statistics(1);
  assert.equal(figures?.period, null);
  assert.ok(Number.isNaN(figures?.lateness.p50));
  assert.equal(figures?.duration.max, 2);
  assert.deepEqual(reader.statistics(), []);
});
