import assert from "node:assert/strict";
import fc from "fast-check";
import { arange, geomspace, linspace, logspace } from "../../tasks/spacing.ts";
import numpy from "./spacing_numpy.json" with { type: "json" };

const bits = new DataView(new ArrayBuffer(8));

/** A number's place among all numbers of its sign: neighbours differ by one. */
function place(value: number): bigint {
  bits.setFloat64(0, value);
  return bits.getBigInt64(0);
}

/** How many numbers lie between two, plus one; 0 if they are the same to the bit. */
function distance(a: number, b: number): number {
  const difference = place(a) - place(b);
  return Number(difference < 0n ? -difference : difference);
}

/** Units in the last place that a function may be off NumPy's values. */
const ALLOWED = { linspace: 0, arange: 0, logspace: 1, geomspace: 1 } as const;

for (const [name, allowed] of Object.entries(ALLOWED)) {
  Deno.test(`${name}() gives NumPy's values ${allowed === 0 ? "to the bit" : "but the last bit"}`, () => {
    const cases = numpy.cases.filter((one) => one.call === name);
    assert.ok(cases.length > 10);
    for (const { arguments: given, options, values } of cases) {
      const [a = 0, b, c] = given;
      const seen = name === "arange"
        ? arange(a, b, c)
        : { linspace, logspace, geomspace }[name as "linspace"](a, b as number, c, options);
      const what = `${name}(${given.join(", ")}, ${JSON.stringify(options)})`;
      assert.equal(seen.length, values.length, what);
      seen.forEach((value, i) => {
        const expected = values[i] as number;
        assert.ok(distance(value, expected) <= allowed, `${what}[${i}]: ${value} and ${expected}`);
      });
    }
  });
}

Deno.test("linspace() and geomspace() reach both ends exactly when there are two values or more", () => {
  const end = fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-100, max: 1e100 });
  fc.assert(
    fc.property(end, end, fc.integer({ min: 2, max: 40 }), fc.boolean(), (a, b, n, down) => {
      const [from, to] = down ? [-a, -b] : [a, b];
      for (const values of [linspace(from, to, n), geomspace(from, to, n)]) {
        assert.equal(values.length, n);
        assert.equal(values[0], from);
        assert.equal(values.at(-1), to);
      }
    }),
  );
});

Deno.test("arange() has ceil((stop - start) / step) values that do not pass the end by more than rounding", () => {
  const number = fc.integer({ min: -1000, max: 1000 });
  fc.assert(fc.property(number, number, number.filter((step) => step !== 0), (a, b, step) => {
    const values = arange(a, b, step);
    assert.equal(values.length, Math.max(0, Math.ceil((b - a) / step)));
    for (const [i, value] of values.entries()) {
      assert.equal(value, a + i * step);
      assert.ok(step > 0 ? value < b : value > b);
    }
  }));
});

Deno.test("linspace(), logspace() and geomspace() give 50 values when no count is given", () => {
  assert.equal(linspace(0, 1).length, 50);
  assert.equal(logspace(0, 1).length, 50);
  assert.equal(geomspace(1, 2).length, 50);
});

const REFUSED: [string, () => unknown, RegExp][] = [
  ["a negative count", () => linspace(0, 1, -1), /^RangeError: Cannot space .* count .*: -1$/],
  ["a fractional count", () => linspace(0, 1, 2.5), /^RangeError: .*: 2\.5$/],
  ["a count without end", () => logspace(0, 1, Infinity), /^RangeError: .*: Infinity$/],
  [
    "a start that is not finite",
    () => linspace(NaN, 1),
    /^RangeError: .* the start must be finite: NaN$/,
  ],
  [
    "an end that is not finite",
    () => geomspace(1, Infinity),
    /^RangeError: .* the end .*: Infinity$/,
  ],
  ["text", () => linspace("1" as unknown as number, 1), /^TypeError: .* must be a number: "1"$/],
  ["a step of zero", () => arange(0, 1, 0), /^RangeError: .* the step must not be zero: 0$/],
  ["too many values", () => arange(0, 1, 1e-12), /^RangeError: .* Choose a larger step\.$/],
  [
    "a base that is not finite",
    () => logspace(0, 1, 2, { base: NaN }),
    /the base must be finite: NaN$/,
  ],
  ["a start of zero", () => geomspace(0, 1), /^RangeError: .* no end may be zero: 0 to 1$/],
  ["an end of zero", () => geomspace(-1, 0), /^RangeError: .* no end may be zero: -1 to 0$/],
  ["ends of two signs", () => geomspace(-1, 1), /^RangeError: .* the same sign: -1 to 1$/],
];

for (const [what, call, expected] of REFUSED) {
  Deno.test(`spacing refuses ${what}`, () => assert.throws(call, expected));
}
