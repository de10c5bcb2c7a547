import assert from "node:assert/strict";
import fc from "fast-check";
import { elapsedText, elapsedTicks } from "../../plots/elapsed_ticks.ts";

Deno.test("elapsedTicks() labels what a person would", () => {
  const hour = 3600;
  const cases: [number, number, number, string][] = [
    [0, 10, 5, "0, 2 s, 4 s, 6 s, 8 s, 10 s"],
    [0, 0.005, 5, "0, 0.001 s, 0.002 s, 0.003 s, 0.004 s, 0.005 s"],
    [0, 120, 4, "0, 30s, 1min, 1min 30s, 2min"],
    [0, 3 * hour, 6, "0, 30min, 1h, 1h 30min, 2h, 2h 30min, 3h"],
    [-2 * hour, 2 * hour, 4, "−2h, −1h, 0, 1h, 2h"],
    [0, 60 * hour, 5, "0, 12h, 1d, 1d 12h, 2d, 2d 12h"],
    [0, 30 * 24 * hour, 6, "0, 5d, 10d, 15d, 20d, 25d, 30d"],
  ];
  for (const [from, to, most, expected] of cases) {
    const { major } = elapsedTicks([from, to], most, () => true);
    assert.equal(major.map(({ label }) => label).join(", "), expected);
  }
});

Deno.test("elapsedTicks() ascends and tells ticks apart when the span is any", () => {
  const exponent = fc.double({ min: -6, max: 12, noNaN: true });
  fc.assert(fc.property(exponent, fc.integer({ min: 2, max: 12 }), (power, most) => {
    const { major } = elapsedTicks([0, 10 ** power], most, () => true);
    assert.ok(major.length >= 2 && major.length <= 4 * most);
    assert.equal(new Set(major.map(({ label }) => label)).size, major.length);
    for (const [k, { value }] of major.entries()) {
      if (k > 0) assert.ok(value > (major[k - 1]?.value ?? NaN));
    }
  }));
});

Deno.test("elapsedText() leaves out what is zero", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [90, "1min 30s"],
    [-86_400, "−1d"],
    [90_061, "1d 1h 1min 1s"],
  ];
  for (const [seconds, text] of cases) assert.equal(elapsedText(seconds), text);
});
