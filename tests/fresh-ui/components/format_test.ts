import assert from "node:assert/strict";
import { formatMoment, fromWire } from "../../../fresh-ui/components/format.ts";

Deno.test("formatMoment() leaves the date out on the same day", () => {
  const noon = new Date(2026, 10, 26, 12, 5, 9).getTime() / 1e3;
  assert.equal(formatMoment(noon, noon + 60), "12:05:09");
  assert.equal(formatMoment(noon, noon + 86_400), "2026-11-26 12:05:09");
});

Deno.test("fromWire() undoes what JSON lacks", () => {
  assert.deepEqual([fromWire("NaN"), fromWire("-Infinity"), fromWire(2)], [NaN, -Infinity, 2]);
});
