import assert from "node:assert/strict";
import { layLegend, valueText } from "../../plots/legend.ts";
import { points } from "./_figures.ts";

const series = (names: readonly string[]) =>
  names.map((name) => ({ name, unit: "V", data: [points([0], [1])] }));
const room = { x: 50, y: 10, width: 300, rows: 3, size: 10 };

Deno.test("layLegend() wraps, and ends each row before its room does", () => {
  const names = ["one", "two", "three", "four", "a name that is rather long", "six"];
  const { entries, height } = layLegend(series(names), null, room);
  assert.deepEqual(entries.map(({ label }) => label), names);
  const rows = Map.groupBy(entries, ({ y }) => y);
  assert.equal(rows.size, 2);
  assert.equal(height, 31);
  for (const row of rows.values()) {
    let free = 50;
    for (const { x, width } of row) {
      assert.ok(x >= free && x + width <= 350);
      free = x + width;
    }
  }
});

Deno.test("layLegend() keeps its places when values get a digit more", () => {
  const places = (value: number) =>
    layLegend(series(["a", "b", "c"]), [value, value, value], room).entries.map(({ x }) => x);
  assert.deepEqual(places(12.345), places(-1.2345));
});

Deno.test("layLegend() cuts a name that is longer than a row", () => {
  const { entries: [entry] } = layLegend(series(["x".repeat(200)]), [1], room);
  assert.match(entry?.label ?? "", /^x+…$/);
  assert.ok((entry?.x ?? 0) + (entry?.width ?? 0) <= 370);
  assert.equal(entry?.value, "1.0000 V");
});

Deno.test("layLegend() says how many it has no room for", () => {
  const names = Array.from({ length: 40 }, (_, k) => `variable ${k}`);
  const { entries } = layLegend(series(names), null, { ...room, rows: 1 });
  assert.equal(entries.at(-1)?.label, `+ ${40 - entries.length + 1} more`);
  assert.deepEqual(layLegend([], null, room), { entries: [], height: 0 });
});

Deno.test("valueText() has the unit if there is one", () => {
  assert.equal(valueText(1.5, "V"), "1.5000 V");
  assert.equal(valueText(1.5, ""), "1.5000");
});
