import assert from "node:assert/strict";
import fc from "fast-check";
import { readTile } from "../../fresh-ui/history/read_tiles.ts";
import { TileCache } from "../../fresh-ui/history/tile_cache.ts";
import { openStore } from "../../session/store/file_store.ts";

Deno.test("TileCache gives what reading anew gives, whatever is recorded meanwhile", async () => {
  const step = fc.oneof(
    fc.record({ record: fc.nat({ max: 100 }) }, { noNullPrototype: true }),
    fc.record({ from: fc.constantFrom(0, 30, 60), length: fc.constantFrom(1, 20, 40) }, {
      noNullPrototype: true,
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const store = openStore(":memory:", {}, { core: { tailRows: 8, chunkRows: 4 } });
      const reader = store.reader();
      const cache = new TileCache(reader);
      for (const [i, one] of steps.entries()) {
        if ("record" in one) await store.entry(one.record, { a: i });
        else {
          const window = { from: one.from, to: one.from + one.length, buckets: 2 };
          assert.deepEqual(cache.read("a", window), readTile(reader, "a", window));
        }
      }
      await store.close();
    }),
    { numRuns: 200 },
  );
});

Deno.test("TileCache keeps what is past, within its bound, and nothing that still grows", async () => {
  const store = openStore(":memory:");
  for (let t = 0; t < 1_000; t++) await store.entry(t, { a: t });
  const reader = store.reader();
  const cache = new TileCache(reader, 1_000);
  const past = { from: 0, to: 500, buckets: 10 };
  const first = cache.read("a", past);
  assert.equal(cache.read("a", past), first, "the same object");
  await store.entry(1_000, { a: 1 });
  assert.equal(cache.read("a", past), first, "later values do not matter");
  await store.entry(400, { a: -1 });
  const second = cache.read("a", past);
  assert.notEqual(second, first, "earlier ones do");
  const live = { from: 500, to: 2_000, buckets: 10 };
  assert.notEqual(cache.read("a", live), cache.read("a", live));
  for (let from = 0; from < 400; from += 10) cache.read("a", { from, to: 500, buckets: 10 });
  assert.ok(cache.bytes <= 1_000 && cache.bytes > 500, `${cache.bytes}`);
  assert.notEqual(cache.read("a", past), second, "forgotten for others");
  await store.close();
});
