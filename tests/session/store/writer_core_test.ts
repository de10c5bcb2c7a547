import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { type Batch, batchOf, RECORD } from "../../../session/store/batch.ts";
import { decodeSeqs, decodeTimes, encodeSeqs, encodeTimes } from "../../../session/store/codec.ts";
import { openForWriting } from "../../../session/store/database.ts";
import { openReader } from "../../../session/store/reader.ts";
import { chunkRows } from "../../../session/store/tail_buffer.ts";
import { WriterCore } from "../../../session/store/writer_core.ts";

const STREAM = { kind: "stream", handle: 0, order: ["b", "a"], names: ["a", "b"] } as const;

/** Entries `from` to `to` of one stream, a and b being t and −t. */
function entries(from: number, to: number): Batch {
  const words = new Float64Array(2 + (to - from) * 4);
  words.set([RECORD, 0]);
  for (let t = from, at = 2; t < to; t++, at += 4) words.set([0, t, t, -t], at);
  return { words, length: words.length, records: [STREAM] };
}

function times(database: DatabaseSync): number[] {
  using reader = openReader(database);
  assert.deepEqual(reader.verify().damage, []);
  return [...reader.series("a").t];
}

const until = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

for (
  const [what, trigger] of [
    ["a chunk cannot be written", "CREATE TEMP TRIGGER bad BEFORE INSERT ON chunk "],
    ["a column cannot be written", "CREATE TEMP TRIGGER bad BEFORE INSERT ON chunk_data "],
    ["the tail cannot be cut", "CREATE TEMP TRIGGER bad BEFORE DELETE ON tail "],
    ["an entry cannot be written", "CREATE TEMP TRIGGER bad BEFORE INSERT ON tail "],
  ] as const
) {
  Deno.test(`WriterCore.apply() writes nothing of a batch when ${what}, and all of it later`, () => {
    using database = openForWriting(":memory:");
    const core = new WriterCore(database, { chunkRows: 10 });
    core.apply(entries(0, 7));
    const before = core.mark;
    database.exec(`${trigger} BEGIN SELECT raise(FAIL, 'no'); END`);
    assert.throws(() => core.apply(entries(7, 25)), /no/);
    assert.throws(() => core.apply(entries(7, 25)), /no/);
    assert.equal(database.isTransaction, false);
    assert.deepEqual(core.mark, before);
    assert.deepEqual(times(database), until(7));
    database.exec("DROP TRIGGER bad");
    core.apply(entries(7, 25));
    assert.deepEqual(times(database), until(25));
    assert.equal(core.mark.nextSeq, 26);
    assert.equal(database.prepare("SELECT count(*) AS n FROM chunk").get()?.n, 2);
    assert.equal(database.prepare("SELECT count(*) AS n FROM tail").get()?.n, 5);
  });
}

Deno.test("WriterCore.apply() writes nothing when the commit fails", () => {
  using database = openForWriting(":memory:");
  const core = new WriterCore(database, { chunkRows: 10 });
  core.apply(entries(0, 7));
  // A deferred constraint is checked by COMMIT, which then fails and leaves the transaction open.
  database.exec("PRAGMA foreign_keys = ON; CREATE TABLE parent(id INTEGER PRIMARY KEY)");
  database.exec(
    "CREATE TABLE child(id REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED); " +
      "CREATE TEMP TRIGGER bad AFTER INSERT ON chunk BEGIN INSERT INTO main.child VALUES (1); END",
  );
  assert.throws(() => core.apply(entries(7, 25)), /FOREIGN KEY/);
  assert.equal(database.isTransaction, false);
  assert.deepEqual(times(database), until(7));
  database.exec("DROP TRIGGER bad");
  core.apply(entries(7, 25));
  assert.deepEqual(times(database), until(25));
});

Deno.test("WriterCore.apply() stores the other records when one is too great for SQLite", () => {
  using database = openForWriting(":memory:");
  const core = new WriterCore(database);
  (database as DatabaseSync & { limits: { length: number } }).limits.length = 100_000;
  const bytes = new Uint8Array(200_000);
  const { refused } = core.apply(batchOf([
    { kind: "event", event: { t: 1, kind: "log", level: "info", message: "before" } },
    { kind: "dataset", t: 2, name: "big", data: { dtype: "uint8", shape: [200_000], bytes } },
    { kind: "event", event: { t: 3, kind: "log", level: "info", message: "after" } },
  ]));
  assert.deepEqual([...refused.keys()], [1]);
  using reader = openReader(database);
  assert.deepEqual(reader.events().map(({ message }) => message), ["before", "after"]);
  assert.deepEqual(reader.datasetNames(), []);
});

Deno.test("WriterCore compacts the fullest stream when the tail is too long", () => {
  using database = openForWriting(":memory:");
  const core = new WriterCore(database, { chunkRows: 100, tailRows: 30 });
  const other = { kind: "stream", handle: 1, order: ["c"], names: ["c"] } as const;
  const words: number[] = [RECORD, 0, RECORD, 1];
  for (let i = 0; i < 40; i++) words.push(0, i, i, -i, ...i % 4 === 0 ? [1, i, i] : []);
  const records = [STREAM, other];
  core.apply({ words: Float64Array.from(words), length: words.length, records });
  const chunks = database.prepare("SELECT stream, n FROM chunk").all().map((
    { stream, n },
  ) => [stream, n]);
  assert.deepEqual(chunks, [[1, 40]]);
  assert.equal(database.prepare("SELECT count(*) AS n FROM tail").get()?.n, 10);
  assert.deepEqual(times(database), until(40));
});

Deno.test("WriterCore numbers go on after everything that the file holds", () => {
  using database = openForWriting(":memory:");
  const event = {
    kind: "event",
    event: { t: 1, kind: "log", level: "info", message: "" },
  } as const;
  for (let round = 0; round < 6; round++) {
    const core = new WriterCore(database, { chunkRows: 3 });
    const { nextSeq } = core.mark;
    core.apply(round % 2 === 0 ? entries(round * 3, round * 3 + 3) : batchOf([event]));
    assert.equal(core.mark.nextSeq, nextSeq + (round % 2 === 0 ? 3 : 1));
  }
  assert.equal(new WriterCore(database).mark.nextSeq, 13);
});

for (
  const [width, most, rows] of [[1, 1000, 1000], [524, 1000, 1000], [1000, 1000, 524], [
    100_000,
    1000,
    64,
  ], [100_000, 8, 8]] as const
) {
  Deno.test(`chunkRows() is ${rows} for ${width} values and at most ${most}`, () => {
    assert.equal(chunkRows(width, most), rows);
  });
}

const steps: [what: string, seqs: number[], stride: number, bytes: number][] = [
  ["one", [7], 1, 0],
  ["constant", [7, 9, 11], 2, 0],
  ["byte", [1, 2, 257], 0, 2],
  ["two bytes", [1, 2, 258], 0, 4],
  ["four bytes", [1, 2, 70_000], 0, 8],
  ["eight bytes", [1, 2, 2 ** 40], 0, 16],
];

for (const [what, seqs, stride, bytes] of steps) {
  Deno.test(`encodeSeqs() and decodeSeqs() keep numbers apart by ${what}`, () => {
    const encoded = encodeSeqs(Float64Array.from(seqs));
    assert.equal(encoded.stride, stride);
    assert.equal(encoded.data?.byteLength ?? 0, bytes);
    if (encoded.data === null) return;
    const target = new Float64Array(seqs.length + 1);
    // One byte further, as SQLite may hand it out: unaligned.
    const shifted = new Uint8Array(bytes + 1);
    shifted.set(encoded.data, 1);
    assert.ok(decodeSeqs(shifted.subarray(1), seqs.length, seqs[0] ?? 0, target, 1));
    assert.deepEqual([...target.subarray(1)], seqs);
    assert.equal(decodeSeqs(shifted, seqs.length, 0, target, 0), false);
  });
}

for (
  const [what, last, size] of [
    ["four bytes", 0xffff_ffff, 4],
    ["eight bytes", 0x1_0000_0000, 8],
  ] as const
) {
  Deno.test(`encodeTimes() and decodeTimes() keep times in ${what} each`, () => {
    const wanted = [-5, 3, last - 5];
    const data = encodeTimes(Float64Array.from(wanted), -5, last - 5);
    assert.equal(data.byteLength, 3 * size);
    const target = new Float64Array(3);
    assert.ok(decodeTimes(data, 3, -5, target, 0));
    assert.deepEqual([...target], wanted);
    assert.equal(decodeTimes(data.subarray(1), 3, -5, target, 0), false);
  });
}
