import assert from "node:assert/strict";
import fc from "fast-check";
import { axisRange, Extent, timeRange } from "../../plots/ranges.ts";
import type { AxisDefinition } from "../../plots/definition.ts";

Deno.test("axisRange() holds the data, with little blank, when it follows them", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const [from, to] = axisRange([low, high]);
      assert.ok(Number.isFinite(from) && Number.isFinite(to) && from < to, `${from} to ${to}`);
      assert.ok(from <= low && to >= high, `${from} to ${to} holds ${low} to ${high}`);
      if (high - low > Math.abs(high) * 1e-9 && high - low > 1e-280 && high - low < 1e300) {
        assert.ok(to - from <= (high - low) * 1.35, `${to - from} for ${high - low}`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("axisRange() holds positive data when it is logarithmic", () => {
  const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  fc.assert(fc.property(positive, positive, (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const [from, to] = axisRange([low, high], { scale: "log" });
    assert.ok(from > 0 && from < low && to > high && Number.isFinite(to));
  }));
});

Deno.test("axisRange() gives what was chosen, and ends of its own where nothing can be had", () => {
  const cases: [[number, number] | null, AxisDefinition, [number, number]][] = [
    [null, {}, [0, 1]],
    [null, { scale: "log" }, [1, 10]],
    [null, { range: [null, 5] }, [0, 5]],
    [[5, 5], {}, [4.72, 5.28]],
    [[0, 0], {}, [-1.1, 1.1]],
    [[0, 100], {}, [0, 105]],
    [[-100, 0], {}, [-105, 0]],
    [[1, 2], { range: [0, 10] }, [0, 10]],
    [[1, 2], { range: [10, 0] }, [10, 0]],
    [[1, 2], { range: [0, null] }, [0, 2.05]],
    [[1, 2], { range: [5, null] }, [5, 5.5]],
    [[1, 2], { range: [null, -4] }, [-4.4, -4]],
    [[1, 2], { range: [3, 3] }, [2.85, 3.15]],
    [[1, 2], { range: [NaN, Infinity] }, axisRange([1, 2]) as [number, number]],
    [[1, 2], { scale: "log", range: [0, 100] }, [1 / 10 ** 0.02, 100]],
    [
      [1, 2],
      { scale: "log", range: [-1, -1] },
      axisRange([1, 2], { scale: "log" }) as [number, number],
    ],
  ];
  for (const [data, definition, [from, to]] of cases) {
    const found = axisRange(data, definition);
    const said = `${JSON.stringify([data, definition])}: ${found}`;
    assert.ok(Math.abs(found[0] - from) < 1e-9 && Math.abs(found[1] - to) < 1e-9, said);
  }
});

Deno.test("timeRange() ends with the data when only the last part is wanted", () => {
  assert.deepEqual(timeRange([100, 500]), [100, 500]);
  assert.deepEqual(timeRange([100, 500], 60_000), [440, 500]);
  assert.deepEqual(timeRange([100, 500], 3_600_000), [-3100, 500]);
  assert.deepEqual(timeRange([500, 500]), [470, 530]);
});

Deno.test("Extent leaves out what is not finite, and what is not positive where it must be", () => {
  const linear = new Extent();
  const log = new Extent("log");
  assert.equal(linear.span, null);
  for (const value of [NaN, -3, Infinity, 0, 7, -Infinity]) {
    linear.add(value);
    log.add(value);
  }
  assert.deepEqual(linear.span, [-3, 7]);
  assert.deepEqual(log.span, [7, 7]);
});
