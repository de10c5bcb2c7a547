import assert from "node:assert/strict";
import fc from "fast-check";
import {
  duration,
  type DurationInput,
  type DurationText,
  formatDuration,
  milliseconds,
} from "../../time/duration.ts";

Deno.test("milliseconds() reads each unit and their combinations", () => {
  const table: [DurationInput, number][] = [
    ["10s", 10_000],
    ["500ms", 500],
    ["0.5 s", 500],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["1h 30min", 5_400_000],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
    ["1d 2h 30min", 95_400_000],
    ["0s", 0],
    [Temporal.Duration.from({ hours: 1, milliseconds: 5 }), 3_600_005],
    [Temporal.Duration.from({ days: 2 }), 172_800_000],
  ];
  for (const [input, expected] of table) assert.equal(milliseconds(input), expected, String(input));
  assert.equal(milliseconds("3\u03bcs" as DurationText), 0.003, "the Greek letter is read too");
});

Deno.test("milliseconds() refuses what is no duration and says what it saw", () => {
  const table: [unknown, RegExp, ErrorConstructor][] = [
    ["10 parsecs", /"parsecs" is not a unit/, SyntaxError],
    ["10m", /a minute is "min"/, SyntaxError],
    ["10", /"10" is not a number and a unit/, SyntaxError],
    ["", /empty/, SyntaxError],
    ["-5s", /is not a number and a unit/, SyntaxError],
    ["1e3s", /is not a number and a unit/, SyntaxError],
    ["30min 1h", /h does not come after a larger unit/, SyntaxError],
    ["10s x", /is not a number and a unit/, SyntaxError],
    ["5 constructor", /is not a unit/, SyntaxError],
    [10, /the bare number 10/, TypeError],
    [undefined, /carries no unit: undefined/, TypeError],
    ["60000w", /100 years/, RangeError],
    [Temporal.Duration.from({ months: 1 }), /length depends on the date/, RangeError],
    [Temporal.Duration.from({ seconds: -1 }), /zero to 100 years/, RangeError],
  ];
  for (const [input, message, type] of table) {
    assert.throws(() => milliseconds(input as DurationInput), (error: Error) => {
      assert.ok(error instanceof type, `${String(input)}: ${error.name}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("milliseconds() adds the parts of any duration in order", () => {
  const units = [["w", 604_800_000], ["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], [
    "s",
    1_000,
  ], ["ms", 1]] as const;
  const parts = fc.uniqueArray(fc.record({ unit: fc.nat(5), n: fc.nat(50) }), {
    minLength: 1,
    selector: ({ unit }) => unit,
  });
  fc.assert(fc.property(parts, (chosen) => {
    const sorted = chosen.toSorted((a, b) => a.unit - b.unit);
    const text = sorted.map(({ unit, n }) => `${n}${units[unit]?.[0]}`).join(" ");
    const sum = sorted.reduce((total, { unit, n }) => total + n * (units[unit]?.[1] ?? NaN), 0);
    assert.equal(milliseconds(text as DurationText), sum);
  }));
});

Deno.test("duration() keeps the microsecond", () => {
  fc.assert(fc.property(fc.nat(10 ** 12), (microseconds) => {
    const text = `${microseconds}us`;
    assert.ok(Math.abs(milliseconds(duration(text)) * 1e3 - microseconds) < 1e-3);
  }));
});

Deno.test("formatDuration() shows the two largest units that matter", () => {
  const table: [number, string][] = [
    [0, "0s"],
    [0.25, "250us"],
    [1.5, "1.5ms"],
    [250, "250ms"],
    [10_000, "10s"],
    [59_999, "1min"],
    [90_000, "1min 30s"],
    [5_400_000, "1h 30min"],
    [3_600_000, "1h"],
    [3_605_000, "1h"],
    [90_061_000, "1d 1h"],
    [-10_000, "-10s"],
    [Infinity, "Infinity"],
  ];
  for (const [ms, text] of table) assert.equal(formatDuration(ms), text);
});

Deno.test("formatDuration() is read back to within what it shows", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
    const back = milliseconds(formatDuration(ms) as DurationText);
    assert.ok(Math.abs(back - ms) <= Math.max(0.05 * ms, 1e-3), `${ms} -> ${back}`);
  }));
});
