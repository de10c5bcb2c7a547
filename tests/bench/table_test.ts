import assert from "node:assert/strict";
import { type BenchRow, reached } from "../../bench/_row.ts";
import { median } from "../../bench/_run.ts";
import { between, figure, machine, table } from "../../bench/_table.ts";

Deno.test("reached() compares with the target, and NaN reaches none", () => {
  const row = (value: number, target?: BenchRow["target"]): BenchRow => ({
    name: "a",
    value,
    unit: "ms",
    ...target === undefined ? {} : { target },
  });
  const cases: [BenchRow, boolean][] = [
    [row(NaN), true],
    [row(5, { atMost: 5 }), true],
    [row(5.1, { atMost: 5 }), false],
    [row(5, { atLeast: 5 }), true],
    [row(4.9, { atLeast: 5 }), false],
    [row(NaN, { atMost: 5 }), false],
    [row(NaN, { atLeast: 5 }), false],
  ];
  for (const [one, expected] of cases) assert.equal(reached(one), expected, JSON.stringify(one));
});

Deno.test("figure() keeps the digits that matter", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [0.0123456, "0.0123"],
    [8.6412, "8.64"],
    [123.456, "123.5"],
    [60934.4, "60 934"],
    [1e7, "10 000 000"],
    [-1234.5, "-1 234"],
    [Infinity, "Infinity"],
  ];
  for (const [value, expected] of cases) assert.equal(figure(value), expected);
});

Deno.test("table() marks a missed target and gives the ratio to a peer", () => {
  const rows: BenchRow[] = [
    { name: "a|b", value: 7, unit: "s", target: { atMost: 6 }, note: "x" },
    {
      name: "c",
      value: 300,
      unit: "calls/s",
      target: { atLeast: 100 },
      peer: { name: "p", value: 20 },
    },
  ];
  assert.deepEqual(table(rows).split("\n").slice(2), [
    "| a\\|b | 7 s **missed** | ≤ 6 |  | x |",
    "| c | 300 calls/s | ≥ 100 | p: 20 (×15) |  |",
  ]);
});

Deno.test("between() replaces what stands between the markers, and only once", () => {
  const page = "# P\n<!-- measured: begin -->\nold\n<!-- measured: end -->\ntail\n";
  const once = between(page, "new");
  assert.equal(once, "# P\n<!-- measured: begin -->\n\nnew\n\n<!-- measured: end -->\ntail\n");
  assert.equal(between(once, "new"), once);
  assert.throws(() => between("# P\n", "new"), SyntaxError);
});

Deno.test("machine() does not name the host", () => {
  assert.match(machine(), /^Measured \d{4}-\d\d-\d\d on \d+ CPUs/);
  assert.ok(!machine().includes(Deno.hostname()) || Deno.hostname().length < 4);
});

Deno.test("median() is the middle one, or the mean of two", () => {
  assert.equal(median([9, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});
