import assert from "node:assert/strict";
import fc from "fast-check";
import { decimal, formatValue, powerOfTen } from "../../plots/numbers.ts";

Deno.test("formatValue() writes what a person reads", () => {
  for (
    const [value, text] of [
      [0, "0"],
      [-0, "0"],
      [20, "20.000"],
      [-12.3, "−12.300"],
      [0.000123456, "0.00012346"],
      [0.0000123456, "1.2346×10⁻⁵"],
      [123456, "123456"],
      [-1234567, "−1.2346×10⁶"],
      [1.7e308, "1.7000×10³⁰⁸"],
      [5e-324, "4.9407×10⁻³²⁴"],
      [NaN, "NaN"],
      [Infinity, "∞"],
      [-Infinity, "−∞"],
      [99999.96, "100000"],
    ] as const
  ) assert.equal(formatValue(value), text);
  assert.equal(formatValue(1 / 3, 3), "0.333");
});

Deno.test("decimal() is an integer times a power of ten in full", () => {
  for (
    const [integer, exponent, text] of [
      [-125, -2, "−1.25"],
      [5, -3, "0.005"],
      [0, -2, "0.00"],
      [0, 3, "0"],
      [12, 3, "12000"],
    ] as const
  ) assert.equal(decimal(integer, exponent), text);
  fc.assert(fc.property(fc.integer(), fc.integer({ min: -20, max: 20 }), (integer, exponent) => {
    assert.equal(
      Number(decimal(integer, exponent).replace("−", "-")),
      Number(`${integer}e${exponent}`),
    );
  }));
});

Deno.test("powerOfTen() writes the exponent high", () => {
  assert.equal(powerOfTen(-12), "10⁻¹²");
  assert.equal(powerOfTen(305), "10³⁰⁵");
});
