import assert from "node:assert/strict";
import { nextUint32, normal, type RandomState, stateFrom } from "../../devices/random.ts";

Deno.test("nextUint32() gives the reference implementation's numbers when it starts at 1, 2, 3, 4", () => {
  const state: RandomState = [1, 2, 3, 4];
  const numbers = Array.from({ length: 10 }, () => nextUint32(state));
  // The output of Blackman and Vigna's xoshiro128starstar.c 1.1, as rand_xoshiro's tests hold it.
  assert.deepEqual(numbers, [
    11520,
    0,
    5927040,
    70819200,
    2031721883,
    1637235492,
    1287239034,
    3734860849,
    3729100597,
    4258142804,
  ]);
});

Deno.test("stateFrom() gives different states when seeds differ, and none of zeros", () => {
  const seen = new Set([0, 1, 2, -1, 2 ** 31].map((seed) => stateFrom(seed).join()));
  assert.equal(seen.size, 5);
  assert.ok(!seen.has("0,0,0,0"));
});

Deno.test("normal() has mean 0 and standard deviation 1 when many are drawn", () => {
  const draw = normal(7);
  const values = Array.from({ length: 20_000 }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // The seed is fixed, so these are facts, five standard errors wide.
  assert.ok(Math.abs(mean) < 0.036, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.05, `variance ${variance}`);
  const beyond = values.filter((value) => Math.abs(value) > 2).length / values.length;
  assert.ok(Math.abs(beyond - 0.0455) < 0.008, `beyond two ${beyond}`);
});
