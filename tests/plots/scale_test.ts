import assert from "node:assert/strict";
import fc from "fast-check";
import { scale } from "../../plots/scale.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

Deno.test("scale() maps its range's ends to its pixels' ends when they are any two finite numbers", () => {
  fc.assert(fc.property(finite, finite, (from, to) => {
    fc.pre(Math.abs(from / 2 - to / 2) > Number.MIN_VALUE * 1e6);
    const on = scale("linear", [from, to], [400, 20]);
    assert.equal(on.toPixel(from), 400);
    assert.equal(on.toPixel(to), 20);
  }));
});

Deno.test("scale() gives a pixel's value back when it is asked the way round", () => {
  const pixel = fc.double({ min: -100, max: 1000, noNaN: true });
  const ends = fc.tuple(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
  );
  fc.assert(fc.property(ends, pixel, ([from, length], at) => {
    const on = scale("linear", [from, from + length], [50, 650]);
    const resolution = 600 / length * 1e9 * 1e-15 * 100;
    assert.ok(Math.abs(on.toPixel(on.toValue(at)) - at) < 1e-6 + resolution);
  }));
  fc.assert(
    fc.property(fc.integer({ min: -200, max: 200 }), fc.integer({ min: 1, max: 90 }), pixel, (
      exponent,
      decades,
      at,
    ) => {
      const on = scale("log", [10 ** exponent, 10 ** (exponent + decades)], [300, 0]);
      fc.pre(at >= 0 && at <= 300);
      assert.ok(Math.abs(on.toPixel(on.toValue(at)) - at) < 1e-6);
    }),
  );
});

Deno.test("scale() has no place for what is not finite, and on a logarithmic one for what is not positive", () => {
  const linear = scale("linear", [0, 1], [0, 100]);
  const log = scale("log", [1, 10], [0, 100]);
  for (const value of [NaN, Infinity, -Infinity]) {
    assert.ok(Number.isNaN(linear.toPixel(value)));
    assert.ok(Number.isNaN(log.toPixel(value)));
  }
  for (const value of [0, -0, -5]) assert.ok(Number.isNaN(log.toPixel(value)));
  assert.equal(log.toPixel(0.1), -100);
});

Deno.test("scale() refuses a range that is none", () => {
  for (const [from, to] of [[1, 1], [NaN, 1], [0, Infinity]] as const) {
    assert.throws(() => scale("linear", [from, to], [0, 1]), /Cannot make a scale, .*: .* and /);
  }
  assert.throws(() => scale("log", [0, 1], [0, 1]), /Cannot make a logarithmic scale, .*: 0 and 1/);
});
