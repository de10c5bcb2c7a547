import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openReader, type Reader } from "../../../session/store/reader.ts";
import { openStore } from "../../../session/store/file_store.ts";
import type { Store } from "../../../session/store/store.ts";
import { temporaryFolder } from "../../_child.ts";

/** A store in memory with small chunks, and a reader of it. */
function inMemory(): { store: Store; reader: Reader } {
  const store = openStore(":memory:", {}, { core: { tailRows: 8, chunkRows: 4 } });
  return { store, reader: store.reader() };
}

Deno.test("Reader.version() differs after each change, by another connection too, and not without one", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  await using store = openStore(path);
  await store.startRun({ t: 0, name: "a", provenance: null });
  using reader = openReader(path);
  const seen = new Set<string>();
  const look = () => {
    const version = reader.version();
    assert.equal(reader.version(), version);
    seen.add(version);
  };
  look();
  await store.entry(1, { a: 1 });
  look();
  await store.parameters(2, { p: 1 });
  look();
  await store.event({ t: 3, kind: "note", level: "info", message: "x" });
  look();
  assert.equal(seen.size, 4);
  const memory = inMemory();
  const before = memory.reader.version();
  await memory.store.entry(1, { a: 1 });
  assert.notEqual(memory.reader.version(), before);
  await memory.store.close();
});

Deno.test("Reader.lastSeq() is the place of whatever was stored last", async () => {
  const { store, reader } = inMemory();
  assert.equal(reader.lastSeq(), 0);
  const steps: (() => Promise<void>)[] = [
    () => store.entry(1, { a: 1 }),
    () => store.parameters(1, { p: 1 }),
    () => store.metadata(1, { m: "x" }),
    () => store.event({ t: 1, kind: "note", level: "info", message: "x" }),
    () => store.dataset(1, "d", { dtype: "uint8", shape: [1], bytes: new Uint8Array(1) }),
    async () => {
      for (let i = 0; i < 50; i++) await store.entry(i, { a: i, b: 1 });
    },
  ];
  let last = 0;
  for (const [n, step] of steps.entries()) {
    await step();
    const grown = n < 5 ? 1 : 50;
    assert.equal(reader.lastSeq(), last + grown, `${n}`);
    last = reader.lastSeq();
  }
  await store.close();
});

Deno.test("Reader.datasetCounts() counts each dataset once, however often it is asked", async () => {
  const { store, reader } = inMemory();
  const data = { dtype: "uint8", shape: [1], bytes: new Uint8Array(1) } as const;
  for (let i = 0; i < 5; i++) {
    await store.dataset(i, "a", data);
    assert.deepEqual(reader.datasetCounts(), [{ name: "a", count: i + 1 }]);
  }
  await store.dataset(9, "__proto__", data);
  await store.dataset(9, "a", data);
  assert.deepEqual(reader.datasetCounts(), [
    { name: "a", count: 6 },
    { name: "__proto__", count: 1 },
  ]);
  await store.close();
});

Deno.test("Reader.runOutlines() tells of runs what runs() does, and where they begin", async () => {
  const { store, reader } = inMemory();
  await store.startRun({ t: 5, name: "one", provenance: { big: "x" } });
  await store.entry(6, { a: 1 });
  await store.endRun({ t: 7, status: "completed", reason: "done" });
  await store.startRun({ t: 8, name: "two", provenance: null });
  const runs = reader.runs().map(({ provenance: _, ...run }) => run);
  assert.deepEqual(reader.runOutlines().map(({ firstSeq: _, ...run }) => run), runs);
  assert.deepEqual(reader.runOutlines().map(({ firstSeq }) => reader.runOf(firstSeq)), [1, 2]);
  await store.close();
});

Deno.test("Reader.parameters() gives the last values, whatever the names", async () => {
  const { store, reader } = inMemory();
  const names = ["b", "a", "", "__proto__", "é", "\u{10ffff}", "a b"];
  const last = new Map<string, number>();
  for (let i = 0; i < 40; i++) {
    const name = names[(i * 5) % names.length] ?? "";
    if (name === "") continue;
    last.set(name, i);
    await store.parameters(i, { [name]: i });
  }
  const found = reader.parameters();
  assert.deepEqual(new Map([...found].map(([name, { value }]) => [name, value])), last);
  assert.equal(inMemory().reader.parameters().size, 0);
  await store.close();
});

/** Times that may go back, and windows over them. */
const timesAndWindow = fc.tuple(
  fc.array(fc.nat({ max: 60 }), { maxLength: 60 }),
  fc.nat({ max: 60 }),
  fc.nat({ max: 20 }),
);

Deno.test("Reader.count() counts what series() gives", async () => {
  await fc.assert(
    fc.asyncProperty(timesAndWindow, async ([times, from, length]) => {
      const { store, reader } = inMemory();
      for (const [i, t] of times.entries()) {
        await store.entry(t, i % 3 === 0 ? { a: NaN, b: 1 } : { a: i });
      }
      const to = from + length;
      assert.equal(reader.count("a", from, to), reader.series("a", { from, to }).t.length);
      await store.close();
    }),
    { numRuns: 40 },
  );
});

Deno.test("Reader.nearest() gives the neighbours of a window where time does not go back", async () => {
  await fc.assert(
    fc.asyncProperty(timesAndWindow, async ([unsorted, from, length]) => {
      const { store, reader } = inMemory();
      const times = unsorted.toSorted((a, b) => a - b);
      for (const [i, t] of times.entries()) {
        await store.entry(t, i % 3 === 0 ? { a: i, b: 1 } : { a: i });
      }
      const to = from + length;
      const before = times.findLastIndex((t) => t < from);
      const after = times.findIndex((t) => t > to);
      const { before: left, after: right } = reader.nearest("a", from, to);
      assert.equal(left?.t, times[before]);
      assert.equal(right?.t, times[after]);
      await store.close();
    }),
    { numRuns: 40 },
  );
});

Deno.test("Reader.touchedSince() never misses what was added to a window", async () => {
  await fc.assert(
    fc.asyncProperty(timesAndWindow, fc.nat({ max: 60 }), async ([times, to], cut) => {
      const { store, reader } = inMemory();
      for (const t of times.slice(0, cut)) await store.entry(t, { a: t });
      const seq = reader.lastSeq();
      assert.equal(reader.touchedSince("a", seq, to), false);
      for (const t of times.slice(cut)) await store.entry(t, { a: t });
      if (times.slice(cut).some((t) => t <= to)) assert.ok(reader.touchedSince("a", seq, to));
      await store.close();
    }),
    { numRuns: 40 },
  );
});

Deno.test("Reader.spacings() is the usual step of each stream, in the tail or in chunks", async () => {
  const { store, reader } = inMemory();
  for (let i = 0; i < 60; i++) {
    await store.entry(i * 1_000 + (i % 10 === 0 ? 400 : 0), { fast: i });
    if (i % 20 === 0) await store.entry(i * 1_000, { slow: i, fast2: i });
    if (i === 5) await store.entry(i, { once: 1 });
  }
  assert.deepEqual(
    [...reader.spacings()].toSorted(),
    [["fast", 1_000], ["fast2", 20_000], ["slow", 20_000]],
  );
  await store.close();
});

Deno.test("Reader.events() gives the last ones before a place", async () => {
  const { store, reader } = inMemory();
  for (let i = 0; i < 9; i++) {
    await store.event({ t: i, kind: "note", level: "info", message: `${i}` });
  }
  const seqs = reader.events().map(({ seq }) => seq);
  const found = reader.events({ before: seqs[5] ?? 0, limit: 3 }).map(({ message }) => message);
  assert.deepEqual(found, ["2", "3", "4"]);
  await store.close();
});

Deno.test("Reader.snapshot() sees nothing of what is written meanwhile", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.db");
  const store = openStore(path);
  await store.parameters(1, { p: 1 });
  await store.close();
  using reader = openReader(path);
  using writer = new DatabaseSync(path, { timeout: 5_000 });
  const version = reader.version();
  reader.snapshot(() => {
    const last = reader.lastSeq();
    writer.exec("UPDATE parameter SET seq = seq + 5");
    assert.equal(reader.lastSeq(), last);
    assert.equal(reader.parameters().size, 1);
  });
  assert.equal(reader.lastSeq(), 6);
  assert.notEqual(reader.version(), version);
});

Deno.test("Reader.rows() visits what since() gives, in pages of any size", async () => {
  const entry = fc.tuple(fc.nat({ max: 30 }), fc.subarray(["a", "b", "c"], { minLength: 1 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 60 }),
      fc.constantFrom<readonly string[]>(["a"], ["b", "a"], ["c", "a", "b"], ["nothing"]),
      fc.integer({ min: 1, max: 70 }),
      fc.option(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }))),
      async (entries, names, most, window) => {
        const { store, reader } = inMemory();
        for (const [i, [t, of]] of entries.entries()) {
          await store.entry(t, Object.fromEntries(of.map((name, n) => [name, i + n / 10])));
        }
        const [from, to] = window ?? [-Infinity, Infinity];
        const expected = reader.since(0, 1e6)
          .filter(({ t, names: of }) => t >= from && t <= to && of.some((n) => names.includes(n)))
          .map(({ seq, t, names: of, values }) => [
            seq,
            t,
            ...names.map((name) => of.includes(name) ? values[of.indexOf(name)] : NaN),
          ]);
        const found: number[][] = [];
        for (let after: number | undefined = 0; after !== undefined;) {
          after = reader.rows(names, { from, to, after, most }, ({ seq, t, values, has }) => {
            found.push([seq, t, ...values]);
            assert.deepEqual([...has], [...values].map((value) => Number.isNaN(value) ? 0 : 1));
          });
        }
        assert.deepEqual(found, expected);
        await store.close();
      },
    ),
    { numRuns: 100 },
  );
});
