import assert from "node:assert/strict";
import fc from "fast-check";
import { readTiles, type TileWindow } from "../../session/history/read_tiles.ts";
import { TileCache } from "../../fresh-ui/history/tile_cache.ts";
import { openStore } from "../../session/store/file_store.ts";

Deno.test("TileCache gives what reading anew gives, whatever is recorded meanwhile", async () => {
  const step = fc.oneof(
    fc.record({ record: fc.nat({ max: 100 }) }, { noNullPrototype: true }),
    fc.record({
      from: fc.constantFrom(0, 30, 60),
      length: fc.constantFrom(1, 20, 40),
      names: fc.integer({ min: 0, max: 3 }),
    }, {
      noNullPrototype: true,
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const store = openStore(":memory:", {}, { core: { tailRows: 8, chunkRows: 4 } });
      const reader = store.reader();
      const cache = new TileCache(reader);
      for (const [i, one] of steps.entries()) {
        if ("record" in one) {
          await store.entry(one.record, i % 3 === 0 ? { b: i } : { a: i, b: -i });
        } else {
          const window = { from: one.from, to: one.from + one.length, buckets: 2 };
          const names = ["a", "b", "a"].slice(0, one.names);
          assert.deepEqual(cache.read(names, window), readTiles(reader, names, window));
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
  const read = (window: TileWindow) => cache.read(["a"], window)[0];
  const first = read(past);
  assert.equal(read(past), first, "the same object");
  await store.entry(1_000, { a: 1 });
  assert.equal(read(past), first, "later values do not matter");
  await store.entry(400, { a: -1 });
  const second = read(past);
  assert.notEqual(second, first, "earlier ones do");
  const live = { from: 500, to: 2_000, buckets: 10 };
  assert.notEqual(read(live), read(live));
  for (let from = 0; from < 400; from += 10) read({ from, to: 500, buckets: 10 });
  assert.ok(cache.bytes <= 1_000 && cache.bytes > 500, `${cache.bytes}`);
  assert.notEqual(read(past), second, "forgotten for others");
  await store.close();
});
