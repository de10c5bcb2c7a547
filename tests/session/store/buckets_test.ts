import assert from "node:assert/strict";
import fc from "fast-check";
import { openStore } from "../../../session/store/file_store.ts";
import type { BucketOptions } from "../../../session/store/reader_types.ts";

type Row = readonly [t: number, value: number];

interface Naive {
  min: number;
  max: number;
  sum: number;
  size: number;
  count: number;
}

function naive(rows: readonly Row[], { from, to, buckets }: BucketOptions): Naive[] {
  const width = (to - from) / buckets;
  const result = Array.from({ length: buckets }, () => ({
    min: NaN,
    max: NaN,
    sum: 0,
    size: 0,
    count: 0,
  }));
  for (const [t, value] of rows) {
    if (t < from || t > to || !Number.isFinite(value)) continue;
    const bucket = result[Math.min(buckets - 1, Math.floor((t - from) / width))] as Naive;
    bucket.min = bucket.count === 0 ? value : Math.min(bucket.min, value);
    bucket.max = bucket.count === 0 ? value : Math.max(bucket.max, value);
    bucket.sum += value;
    bucket.size += Math.abs(value);
    bucket.count += 1;
  }
  return result;
}

const value = fc.oneof(
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(NaN, Infinity, -Infinity, -0),
);
// Mostly forward, as clocks go, with steps back.
const rows = fc.array(fc.tuple(fc.integer({ min: -5, max: 40 }), value), { maxLength: 120 }).map(
  (steps) => {
    let t = 0;
    return steps.map(([step, one]): Row => [t += step, one]);
  },
);
const span = fc.tuple(fc.integer({ min: -50, max: 2000 }), fc.integer({ min: 1, max: 3000 }));

Deno.test("Reader.buckets() gives what adding up every value gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      span,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 12 }),
      async (written, [from, length], buckets, chunkRows) => {
        await using store = openStore(":memory:", {}, { core: { chunkRows } });
        for (const [i, [t, one]] of written.entries()) {
          store.entry(t, i % 3 === 0 ? { x: one, y: 1 } : { x: one });
        }
        await store.flush();
        using reader = store.reader();
        const options = { from, to: from + length, buckets };
        const found = reader.buckets("x", options);
        naive(written, options).forEach((wanted, i) => {
          assert.equal(found.t[i], from + i * (length / buckets));
          assert.equal(found.count[i], wanted.count);
          if (wanted.count === 0) {
            assert.deepEqual([found.min[i], found.max[i], found.mean[i]], [NaN, NaN, NaN]);
            return;
          }
          // −0 and 0 are the same extreme.
          assert.ok(found.min[i] === wanted.min && found.max[i] === wanted.max);
          // Sums by chunk round differently, by no more than this.
          const mean = wanted.sum / wanted.count;
          const slack = wanted.size * 2 ** -45 + Number.MIN_VALUE;
          assert.ok(Math.abs((found.mean[i] ?? NaN) - mean) <= slack, `${found.mean[i]} ${mean}`);
        });
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("Reader.buckets() counts the last instant and refuses what makes no buckets", async () => {
  await using store = openStore(":memory:", {}, { core: { chunkRows: 4 } });
  for (let t = 0; t <= 10; t++) store.entry(t, { x: t });
  await store.flush();
  using reader = store.reader();
  assert.deepEqual([...reader.buckets("x", { from: 0, to: 10, buckets: 2 }).count], [5, 6]);
  // Ends that lie in the middle of a chunk, which then is in one bucket but not all of it counts.
  assert.deepEqual([...reader.buckets("x", { from: 0, to: 5, buckets: 1 }).count], [6]);
  assert.deepEqual([...reader.buckets("x", { from: 6, to: 20, buckets: 1 }).count], [5]);
  assert.deepEqual([...reader.buckets("nothing", { from: 0, to: 10, buckets: 2 }).count], [0, 0]);
  for (
    const [from, to, buckets] of [[1, 1, 2], [2, 1, 2], [0, NaN, 2], [0, 1, 0], [
      0,
      1,
      1.5,
    ]] as const
  ) {
    assert.throws(() => reader.buckets("x", { from, to, buckets }), RangeError);
  }
});
