import assert from "node:assert/strict";
import fc from "fast-check";
import { readPoints } from "../../session/history/read_points.ts";
import { readTiles } from "../../session/history/read_tiles.ts";
import { decodeTiles, encodeTiles } from "../../fresh-ui/tiles.ts";
import type { Tile } from "../../session/history/tile.ts";
import { openStore } from "../../session/store/file_store.ts";
import { get, watched } from "./_page.ts";
import { START } from "../session/_session.ts";

const floats = (n: number) =>
  fc.array(fc.double(), { minLength: n, maxLength: n }).map((list) => Float64Array.from(list));

const PLAIN = { noNullPrototype: true } as const;

const anyTile: fc.Arbitrary<Tile> = fc.nat({ max: 20 }).chain((n) =>
  fc.oneof(
    fc.record({ kind: fc.constant("points" as const), t: floats(n), values: floats(n) }, PLAIN),
    fc.record({
      kind: fc.constant("buckets" as const),
      from: fc.double({ noNaN: true }),
      width: fc.double({ noNaN: true }),
      index: fc.array(fc.nat(), { minLength: n, maxLength: n }).map((list) =>
        Uint32Array.from(list)
      ),
      min: floats(n),
      max: floats(n),
      mean: floats(n),
    }, PLAIN),
  )
);

Deno.test("decodeTiles() undoes encodeTiles()", () => {
  fc.assert(fc.property(fc.array(anyTile, { maxLength: 5 }), (tiles) => {
    assert.deepEqual(decodeTiles(encodeTiles(tiles).buffer), tiles);
  }));
});

Deno.test("decodeTiles() refuses what is cut short or something else", () => {
  const tile: Tile = { kind: "points", t: Float64Array.of(1, 2), values: Float64Array.of(3, 4) };
  const { buffer } = encodeTiles([tile]);
  for (const length of [0, 7, 8, 39, buffer.byteLength - 1]) {
    assert.throws(() => decodeTiles(buffer.slice(0, length)), /Cannot read tiles/, `${length}`);
  }
  assert.throws(() => decodeTiles(new TextEncoder().encode("<!DOCTYPE html>").buffer), /SCT1/);
});

async function tilesOf(it: ReturnType<typeof watched>, query: string): Promise<Tile[]> {
  const response = await get(it.page, `/api/sessions/memory/tiles?${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  return decodeTiles(await response.arrayBuffer());
}

Deno.test("tiles are the values themselves where there are few, with one on either side", async () => {
  await using it = watched();
  for (let i = 0; i < 10; i++) {
    void it.session.addEntry({ a: i === 4 ? NaN : i === 5 ? -Infinity : i }, { at: START + i });
  }
  await it.session.flush();
  const [tile] = await tilesOf(it, `name=a&from=${START + 2.5}&to=${START + 6}&buckets=100`);
  assert.deepEqual(tile, {
    kind: "points",
    t: Float64Array.from([2, 3, 4, 5, 6, 7], (t) => START + t),
    values: Float64Array.of(2, 3, NaN, -Infinity, 6, 7),
  });
  const [whole] = await tilesOf(it, "name=a");
  assert.equal(whole?.kind === "points" && whole.t.length, 10);
});

Deno.test("tiles show a value of its own at every width", async () => {
  await using it = watched();
  const n = 50_000;
  const spike = 31_415;
  for (let i = 0; i < n; i++) {
    void it.session.addEntry({ a: i === spike ? 1e6 : Math.sin(i) }, { at: START + i / 100 });
  }
  await it.session.flush();
  const at = START + spike / 100;
  for (let width = n / 100; width > 0.02; width /= 3) {
    for (const buckets of [1, 7, 640, 2_000]) {
      const query = `name=a&from=${at - width / 2}&to=${at + width / 2}&buckets=${buckets}`;
      const [tile] = await tilesOf(it, query);
      const highest = tile?.kind === "points" ? tile.values : tile?.max;
      assert.equal(Math.max(...highest ?? []), 1e6, query);
    }
  }
});

Deno.test("one value among ten million shows at every width, over time and against itself", async () => {
  const store = openStore(":memory:");
  const n = 10_000_000;
  const spike = 6_543_210;
  for (let i = 0; i < n; i++) {
    void store.entry(i * 1e5, { a: i === spike ? 1e6 : Math.sin(i / 1e4) });
    if (i % 20_000 === 0) await store.flush();
  }
  await store.flush();
  const reader = store.reader();
  for (let width = n * 1e5; width > 1e5; width /= 4) {
    const from = Math.max(0, Math.floor(spike * 1e5 - width / 2));
    for (const buckets of [390, 2_560]) {
      const [tile] = readTiles(reader, ["a"], { from, to: Math.ceil(from + width), buckets });
      const values = tile?.kind === "points" ? tile.values : tile?.max;
      assert.ok(values?.includes(1e6), `${width} ${buckets}`);
    }
  }
  const window = { from: 0, to: n * 1e5, most: 1_000 };
  const points = await readPoints(reader, ["a"], window, new AbortController().signal);
  assert.ok(points.values[0]?.includes(1e6) && points.t.length <= 1_000 && points.of === n);
  await store.close();
});

Deno.test("tiles are refused out of bounds", async () => {
  await using it = watched();
  await it.session.addEntry({ a: 1 });
  const cases: [string, number][] = [
    ["name=b", 404],
    ["name=__proto__", 404],
    ["name=a&buckets=0", 400],
    ["name=a&buckets=10001", 400],
    ["name=a&buckets=1.5", 400],
    ["name=a&from=x", 400],
    ["name=a&from=1e300", 400],
    ["name=a&from=5&to=5", 400],
    ["name=a&from=6&to=5", 400],
    ["name=a".repeat(1) + "&name=a".repeat(200), 400],
  ];
  for (const [query, status] of cases) {
    const response = await get(it.page, `/api/sessions/memory/tiles?${query}`);
    assert.equal(response.status, status, query);
    assert.match((await response.json()).error, /^Cannot /);
  }
  assert.equal((await get(it.page, "/api/sessions/other/tiles")).status, 404);
  assert.deepEqual(await tilesOf(it, ""), []);
});
