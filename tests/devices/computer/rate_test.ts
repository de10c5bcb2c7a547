import assert from "node:assert/strict";
import { Rate } from "../../../devices/computer/rate.ts";

Deno.test("next() gives the growth since the last call, NaN where there is none to give", () => {
  const rate = new Rate(100, 10);
  const table: [number, number, number][] = [
    [120, 14, 5],
    [120, 15, 0],
    [120, 15, NaN],
    [130, 15, NaN],
    [140, 17, 5],
    [5, 18, NaN],
    [9, 20, 2],
    [NaN, 21, NaN],
    [10, 22, NaN],
    [11, 23, 1],
    [12, 22, NaN],
  ];
  for (const [value, base, expected] of table) assert.equal(rate.next(value, base), expected);
});
