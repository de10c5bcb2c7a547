import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { openStore } from "../../../session/store/file_store.ts";
import { openReader, type Reader } from "../../../session/store/reader.ts";
import { temporaryFolder } from "../../_child.ts";

const ENTRIES = 95;
const value = (name: string, t: number): number => name === "a" ? Math.sqrt(t) : t * 1e3 + 0.25;

/** Nine chunks of ten entries of a and b, with numbers that have no stride, and five in the tail. */
async function session(path: string): Promise<void> {
  await using store = openStore(path, {}, { core: { chunkRows: 10 } });
  await store.startRun({ t: 0, name: "x", provenance: null });
  store.metadata(0, { sample: "Cu" });
  store.event({ t: 0, kind: "log", level: "info", message: "x" });
  for (let t = 0; t < ENTRIES; t++) {
    store.entry(t, { a: value("a", t), b: value("b", t) });
    if (t % 7 === 0) store.parameters(t, { p: t + 0.5 });
  }
  for (let i = 0; i < 3; i++) {
    store.dataset(i, "d", { dtype: "uint8", shape: [500], bytes: new Uint8Array(500).fill(i) });
  }
  await store.flush();
}

/** What is given must be right; what is not right must not be given. */
function assertNothingWrong(reader: Reader): { missing: number } {
  let missing = 0;
  for (const name of ["a", "b"]) {
    const { t, values } = reader.series(name);
    assert.equal(t.length, values.length);
    t.forEach((time, i) => {
      assert.ok(Number.isInteger(time) && time >= 0 && time < ENTRIES, `${name} at ${time}`);
      assert.equal(values[i], value(name, time), `${name} at ${time}`);
    });
    assert.equal(new Set(t).size, t.length);
    missing += ENTRIES - t.length;
    const found = reader.buckets(name, { from: 0, to: 99, buckets: 10 });
    for (let i = 0; i < 10; i++) {
      if (found.count[i] === 0) continue;
      const [least, most] = [value(name, i * 10), value(name, Math.min(i * 10 + 9, ENTRIES - 1))];
      assert.ok((found.min[i] ?? NaN) >= least && (found.max[i] ?? NaN) <= most, `bucket ${i}`);
      assert.ok((found.count[i] ?? NaN) <= 10);
    }
  }
  const { first, last, entries } = reader.range();
  assert.ok((first ?? 0) >= 0 && (last ?? 0) < ENTRIES && entries <= ENTRIES + 5);
  for (const [name, sample] of [...reader.lastValues(), ...reader.firstValues()]) {
    assert.equal(sample.value, value(name, sample.t));
  }
  for (const { t, names, values } of reader.since(0)) {
    names.forEach((name, i) => assert.equal(values[i], value(name, t)));
  }
  for (const { t, value: parameter } of reader.parameterHistory("p")) {
    assert.equal(parameter, t + 0.5);
  }
  for (const { value: text } of reader.metadata().values()) assert.equal(text, "Cu");
  for (const { t, message } of reader.events()) assert.deepEqual([t, message], [0, "x"]);
  for (const { t, bytes } of reader.datasets("d")) {
    assert.deepEqual(bytes, new Uint8Array(500).fill(t));
  }
  return { missing };
}

const FLIP = "CAST(substr(data, 1, 3) || x'ff' || substr(data, 5) AS BLOB)";

const damages: [what: string, sql: string, missing: number, says: RegExp][] = [
  [
    "a value",
    `UPDATE chunk_data SET data = ${FLIP} WHERE id = (3 << 20) + 1`,
    10,
    /values of "a" in chunk 3 are damaged: 10 entries/,
  ],
  [
    "a time",
    `UPDATE chunk_data SET data = ${FLIP} WHERE id = 3 << 20`,
    20,
    /times in chunk 3 are damaged/,
  ],
  ["a column's length", "UPDATE chunk_data SET data = x'00' WHERE id = (2 << 20) + 2", 10, /"b"/],
  ["a column, which is gone", "DELETE FROM chunk_data WHERE id = (2 << 20) + 2", 10, /"b"/],
  [
    "a summary",
    "UPDATE chunk_data SET hi = hi + 1 WHERE id = (4 << 20) + 1",
    0,
    /values of "a" in chunk 4/,
  ],
  ["the number of entries", "UPDATE chunk SET n = 9 WHERE id = 5", 20, /Chunk 5 does not match/],
  ["a chunk's first time", "UPDATE chunk SET t0 = t0 + 1 WHERE id = 5", 20, /Chunk 5/],
  ["the order", "UPDATE chunk SET seq_stride = 1 WHERE id = 1", 20, /Chunk 1/],
  [
    "an entry of the tail",
    "UPDATE tail SET t = t + 1 WHERE seq = (SELECT max(seq) FROM tail)",
    2,
    /Entry \d+ does not match/,
  ],
  [
    "the order of columns",
    "UPDATE stream SET columns = '[2,1]'",
    2 * ENTRIES,
    /Stream 1 does not match/,
  ],
  ["a name", "UPDATE variable SET name = 'c' WHERE name = 'b'", 2 * ENTRIES, /Stream 1/],
  ["a parameter", "UPDATE parameter SET value = 3 WHERE t = 7", 0, /parameter "p" does not match/],
  ["a parameter's time", "UPDATE parameter SET t = 8 WHERE t = 7", 0, /parameter "p" does not/],
  ["a metadata entry", "UPDATE metadata SET value = 'Ag'", 0, /metadata entry "sample" does not/],
  ["an event", "UPDATE event SET t = 1", 0, /Event \d+ does not match/],
  [
    "a dataset",
    `UPDATE dataset SET data = ${FLIP} WHERE t = 1`,
    0,
    /dataset of "d" does not match/,
  ],
  ["a dataset's time", "UPDATE dataset SET t = 9 WHERE t = 1", 0, /dataset of "d" does not match/],
];

for (const [what, sql, missing, says] of damages) {
  Deno.test(`Reader leaves out what is damaged and Reader.verify() names it when it is ${what}`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/a.db`;
    await session(path);
    {
      using db = new DatabaseSync(path);
      db.exec(sql);
    }
    const told: string[] = [];
    using reader = openReader(path, { onDamage: ({ message }) => void told.push(message) });
    assert.equal(assertNothingWrong(reader).missing, missing);
    const verification = reader.verify();
    assert.equal(verification.intact, false);
    assert.ok(verification.damage.some(({ message }) => says.test(message)), told.join("; "));
    assert.equal(new Set(told).size, told.length);
  });
}

Deno.test("Reader tells which variable and time a damaged chunk had", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await session(path);
  {
    using db = new DatabaseSync(path);
    db.exec(`UPDATE chunk_data SET data = ${FLIP} WHERE id = (3 << 20) + 1`);
  }
  using reader = openReader(path);
  reader.series("b");
  assert.deepEqual(reader.damage, []);
  reader.series("a");
  assert.deepEqual(
    reader.damage.map(({ variables, range, entries }) => [variables, range, entries]),
    [
      [["a"], [20, 29], 10],
    ],
  );
});

Deno.test("openReader() with salvage reads what is left of a file that was cut short", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await session(path);
  const { size } = Deno.statSync(path);
  Deno.truncateSync(path, size - 4096);
  assert.throws(() => openReader(path), /cut short/);
  using reader = openReader(path, { salvage: true });
  assertNothingWrong(reader);
  assert.equal(reader.verify().intact, false);
});

/** Opens whatever is there; only an Error with a message may come of it. */
function readAnything(path: string, salvage: boolean): void {
  let reader: Reader;
  try {
    reader = openReader(path, { salvage });
  } catch (error) {
    assert.ok(error instanceof Error && error.message !== "");
    return;
  }
  try {
    assertNothingWrong(reader);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    // SQLite may refuse a query on a damaged page; what it gives must still be right.
    assert.ok(error instanceof Error);
  } finally {
    reader.verify();
    reader.close();
  }
}

Deno.test("openReader() gives no wrong number and never crashes when bits of the file are flipped", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await session(path);
  const intact = Deno.readFileSync(path);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(intact.length * 8 - 1)), { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(intact.length), { freq: 4 }),
      (flips, length) => {
        const broken = intact.slice(0, length ?? intact.length);
        for (const [bit] of flips) {
          const byte = bit >>> 3;
          if (byte < broken.length) broken[byte] = (broken[byte] ?? 0) ^ (1 << (bit & 7));
        }
        const copy = `${folder.path}/b.db`;
        Deno.writeFileSync(copy, broken);
        readAnything(copy, length !== null);
      },
    ),
    { numRuns: 400 },
  );
});
