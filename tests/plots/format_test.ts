import assert from "node:assert/strict";
import { formatAge, formatCount, formatLength, formatNumber } from "../../plots/format.ts";

Deno.test("formatNumber() gives six digits, no idle zeros and a true minus", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "0"],
    [-0.5, "−0.5"],
    [1013.25, "1013.25"],
    [20.123456, "20.1235"],
    [100, "100"],
    [1e6, "1000000"],
    [123456789, "1.2346e8"],
    [-1e-5, "−1e−5"],
    [1.5e300, "1.5e300"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of rows) assert.equal(formatNumber(value), text, String(value));
});

Deno.test("formatLength() gives two units at most", () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, "0 ms"],
    [0.25, "250 ms"],
    [1, "1 s"],
    [9.95, "9.9 s"],
    [59, "59 s"],
    [60, "1 min"],
    [125, "2 min 5 s"],
    [3600, "1 h"],
    [86_399, "23 h 59 min"],
    [90_000, "1 d 1 h"],
    [-5, "−5 s"],
    [Infinity, "–"],
  ];
  for (const [seconds, text] of rows) assert.equal(formatLength(seconds), text, String(seconds));
});

Deno.test("formatAge() gives one unit that fits", () => {
  const rows: readonly (readonly [number, string])[] = [
    [-3, "now"],
    [0.4, "now"],
    [1, "1 s ago"],
    [119, "119 s ago"],
    [120, "2 min ago"],
    [7_200, "2 h ago"],
    [200_000, "2 d ago"],
    [NaN, "never"],
  ];
  for (const [seconds, text] of rows) assert.equal(formatAge(seconds), text, String(seconds));
});

Deno.test("formatCount() groups by three", () => {
  assert.equal(formatCount(1_234_567), "1\u202f234\u202f567");
  assert.equal(formatCount(999), "999");
});
