import assert from "node:assert/strict";
import fc from "fast-check";
import { axisRange } from "../../plots/ranges.ts";
import { scale, type Span } from "../../plots/scale.ts";
import { numberTicks, type Room, type TickSet } from "../../plots/ticks.ts";

const always: Room = () => true;

/** The ticks of a span that has room for ten labels. */
function ticks(span: Span, kind: "linear" | "log" = "linear", most = 10, room = always): TickSet {
  return numberTicks(scale(kind, span, [0, 500]), most, room);
}

function labels(set: TickSet): string {
  const power = set.power === 0 ? "" : ` ×${set.power}`;
  return `${set.major.map(({ label }) => label).join(" ")}${power}${set.shift && ` ${set.shift}`}`;
}

Deno.test("numberTicks() labels what a person would", () => {
  for (
    const [from, to, expected] of [
      [0, 10, "0 1 2 3 4 5 6 7 8 9 10"],
      [-1, 1, "−1.0 −0.8 −0.6 −0.4 −0.2 0.0 0.2 0.4 0.6 0.8 1.0"],
      [17.7, 82.3, "20 30 40 50 60 70 80"],
      [0, 0.05, "0.000 0.005 0.010 0.015 0.020 0.025 0.030 0.035 0.040 0.045 0.050"],
      [0, 5e-6, "0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 ×-6"],
      [0, 99_000, "0 10000 20000 30000 40000 50000 60000 70000 80000 90000"],
      [0, 1e6, "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0 ×6"],
      [-3e300, 5e300, "−3 −2 −1 0 1 2 3 4 5 ×300"],
      [
        9_192_631_770.098,
        9_192_631_770.104,
        "0.008 0.009 0.010 0.011 0.012 0.013 0.014 − 9.19263177009×10⁹",
      ],
      [-1_000_000.5, -999_999.5, "0.5 0.6 0.7 0.8 0.9 1.0 1.1 1.2 1.3 1.4 1.5 + 1.000001×10⁶"],
      [
        293.15,
        293.25,
        "293.15 293.16 293.17 293.18 293.19 293.20 293.21 293.22 293.23 293.24 293.25",
      ],
    ] as const
  ) assert.equal(labels(ticks([from, to])), expected, `${from} to ${to}`);
});

Deno.test("numberTicks() labels logarithmic axes by the decades and between", () => {
  for (
    const [from, to, most, expected] of [
      [1, 1000, 4, "1 10 100 1000"],
      [1e-7, 1e-3, 5, "10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³"],
      [1, 100, 7, "1 2 5 10 20 50 100"],
      [1e-9, 1e9, 7, "10⁻⁹ 10⁻⁶ 10⁻³ 10⁰ 10³ 10⁶ 10⁹"],
      [20, 40, 5, "20 25 30 35 40"],
      [2e-9, 3e-8, 3, "3×10⁻⁹ 10⁻⁸ 3×10⁻⁸"],
      [1e-300, 1e300, 8, "10⁻³⁰⁰ 10⁻²⁰⁰ 10⁻¹⁰⁰ 10⁰ 10¹⁰⁰ 10²⁰⁰ 10³⁰⁰"],
    ] as const
  ) {
    const room: Room = (set) => set.length <= most;
    assert.equal(labels(ticks([from, to], "log", most, room)), expected, `${from} to ${to}`);
  }
});

/** What a label says. */
function read(label: string, { power, shift }: TickSet): number {
  const high = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const plain = (text: string) =>
    text.replaceAll("−", "-").replace(
      /(^|×)10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)$/,
      (_, times: string, exponent: string) => {
        const digits = [...exponent].map((digit) => digit === "⁻" ? "-" : high.indexOf(digit));
        return `${times === "" ? "1" : ""}e${digits.join("")}`;
      },
    );
  const text = plain(label);
  const value = Number(power === 0 ? text : `${text}e${power}`);
  if (shift === "") return value;
  const shifted = Number(plain(shift.slice(2)));
  return shift.startsWith("−") ? value + shifted : value - shifted;
}

const finite = fc.double({ min: -1e305, max: 1e305, noNaN: true });

Deno.test("numberTicks() ascends, covers the range and says each value when the range is any", () => {
  const ranges = fc.oneof(
    fc.tuple(finite, finite),
    // A distance far below the size of the numbers.
    fc.tuple(finite, fc.double({ min: 1e-13, max: 1e-3, noNaN: true }))
      .map(([at, part]) => [at, at * (1 + part)] as const),
  );
  fc.assert(
    fc.property(ranges, fc.integer({ min: 2, max: 12 }), ([a, b], most) => {
      const [low, high] = axisRange([Math.min(a, b), Math.max(a, b)]);
      const set = ticks([low, high], "linear", most);
      const values = set.major.map(({ value }) => value);
      assert.ok(values.length >= 2 && values.length <= 4 * most + 6, `${values.length} ticks`);
      const step = (values[1] ?? NaN) - (values[0] ?? NaN);
      assert.ok(step > 0);
      for (const [k, value] of values.entries()) {
        if (k > 0) assert.ok(value > (values[k - 1] ?? NaN), "they ascend");
        assert.ok(value >= low - step * 0.02 && value <= high + step * 0.02, "they are inside");
      }
      const slack = step * 1.02;
      assert.ok((values[0] ?? NaN) - low <= slack && high - (values.at(-1) ?? NaN) <= slack);
      assert.equal(new Set(set.major.map(({ label }) => label)).size, values.length, labels(set));
      for (const { value, label } of set.major) {
        const said = read(label, set);
        assert.ok(Math.abs(said - value) <= step * 0.1, `${label} is ${value}`);
      }
      for (const minor of set.minor) assert.ok(!values.includes(minor));
    }),
    { numRuns: 500 },
  );
});

Deno.test("numberTicks() ascends, is inside and says each value when the axis is logarithmic", () => {
  const exponent = fc.double({ min: -290, max: 290, noNaN: true });
  fc.assert(
    fc.property(exponent, exponent, fc.integer({ min: 2, max: 12 }), (a, b, most) => {
      fc.pre(Math.abs(a - b) > 1e-3);
      const span: Span = [10 ** Math.min(a, b), 10 ** Math.max(a, b)];
      const set = ticks(span, "log", most, (all) => all.length <= most + 1);
      let last = -Infinity;
      for (const { value, label } of set.major) {
        assert.ok(value > last && value >= span[0] * 0.999999 && value <= span[1] * 1.000001);
        assert.ok(Math.abs(read(label, set) / value - 1) < 1e-9, `${label} is ${value}`);
        last = value;
      }
      if (Math.abs(a - b) >= 1.1) assert.ok(set.major.length >= 1);
    }),
    { numRuns: 500 },
  );
});

Deno.test("numberTicks() takes the densest labels that have room", () => {
  for (const most of [2, 3, 5, 8]) {
    const set = ticks([0, 100], "linear", 20, (all) => all.length <= most);
    assert.ok(set.major.length <= most && set.major.length * 2.5 >= most, labels(set));
  }
  assert.equal(ticks([0, 100], "linear", 5, () => false).major.length, 1);
});
