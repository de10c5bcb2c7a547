import assert from "node:assert/strict";
import fc from "fast-check";
import { gridPoints, type SweepAxes, valuePoints } from "../../tasks/sweep_points.ts";

Deno.test("valuePoints() gives values as they come, in passes and back and forth", () => {
  assert.deepEqual([...valuePoints([1, 2, 3])], [1, 2, 3]);
  assert.deepEqual([...valuePoints([1, 2], { passes: 2 })], [1, 2, 1, 2]);
  assert.deepEqual([...valuePoints([1, 2], { passes: 3, snake: true })], [1, 2, 2, 1, 1, 2]);
  assert.deepEqual([...valuePoints(new Set(["a", "b"]))], ["a", "b"]);
  assert.equal(valuePoints([1, 2], { passes: 3 }).total, 6);
  assert.equal(valuePoints(new Set([1])).total, undefined);
});

Deno.test("gridPoints() moves the last axis fastest, and turns it round where it is told to", () => {
  const axes = { a: [1, 2], b: [10, 20, 30] };
  const flat = (points: Iterable<Record<string, number>>): string =>
    [...points].map(({ a, b }) => `${a}:${b}`).join(" ");
  assert.equal(flat(gridPoints(axes)), "1:10 1:20 1:30 2:10 2:20 2:30");
  assert.equal(flat(gridPoints(axes, { snake: true })), "1:10 1:20 1:30 2:30 2:20 2:10");
  assert.equal(gridPoints(axes, { passes: 2 }).total, 12);
});

const axesOf = fc.dictionary(
  fc.constantFrom("x", "y", "z"),
  fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 4 }),
  { minKeys: 1 },
);

Deno.test("gridPoints() visits each combination once a pass, and changes one axis by one place in a snake", () => {
  fc.assert(fc.property(axesOf, fc.integer({ min: 1, max: 3 }), (axes: SweepAxes, passes) => {
    const points = [...gridPoints(axes, { snake: true, passes })];
    const size = Object.values(axes).reduce((product, list) => product * list.length, 1);
    assert.equal(points.length, size * passes);
    for (let pass = 0; pass < passes; pass++) {
      const part = points.slice(pass * size, (pass + 1) * size);
      assert.equal(new Set(part.map((point) => JSON.stringify(point))).size, size);
    }
    for (let n = 1; n < points.length; n++) {
      const moved = Object.entries(axes).map(([name, list]) =>
        Math.abs(
          list.indexOf(points[n]?.[name] ?? NaN) - list.indexOf(points[n - 1]?.[name] ?? NaN),
        )
      );
      const steps = moved.reduce((sum, step) => sum + step, 0);
      assert.equal(steps, n % size === 0 ? 0 : 1, JSON.stringify([points[n - 1], points[n]]));
    }
  }));
});

Deno.test("valuePoints() and gridPoints() refuse what gives no points", () => {
  const table: [() => unknown, RegExp][] = [
    [() => valuePoints([]), /no values/],
    [() => valuePoints([1], { passes: 0 }), /not 1 or more: 0/],
    [() => valuePoints(new Set([1]), { passes: 2 }), /no array/],
    [() => gridPoints({}), /no axis/],
    [() => gridPoints({ a: [] }), /"a", as it has no values/],
    [() => gridPoints({ a: ["x" as unknown as number] }), /"a", as a value is no number: x/],
    [() => gridPoints({ a: 3 as unknown as number[] }), /"a", as it is no array/],
  ];
  for (const [make, message] of table) assert.throws(make, message);
});
