import assert from "node:assert/strict";
import { alarm } from "../../../tasks/alarm.ts";
import { conditionInWords, defineAlarm } from "../../../tasks/alarms/definition.ts";
import type { AlarmCondition, AlarmOptions } from "../../../tasks/alarms/options.ts";

const REFUSED: readonly (readonly [condition: unknown, options: unknown, message: RegExp])[] = [
  [7, {}, /^TypeError: Cannot watch for "hot", as its condition must be a function .*: 7$/],
  [undefined, {}, /^TypeError: .* \{ stale, after \}: undefined$/],
  [{ variable: "t" }, {}, /^TypeError: .* its condition needs above or below: \{"variable":"t"\}$/],
  [
    { variable: "", above: 1 },
    {},
    /^TypeError: .* the variable must be a text that is not empty: ""$/,
  ],
  [{ variable: "t", above: "8" }, {}, /^TypeError: .* above must be a number: "8"$/],
  [{ variable: "t", above: NaN }, {}, /^TypeError: .* above must be a number: null$/],
  [
    { variable: "t", abov: 8 },
    {},
    /^TypeError: .* its condition has no "abov"\. It may have: variable, above, below, hysteresis$/,
  ],
  [
    { variable: "t", above: 8, hysteresis: -1 },
    {},
    /^RangeError: .* hysteresis must be zero or more: -1$/,
  ],
  [
    { variable: "t", above: 8, below: 6, hysteresis: 2 },
    {},
    /^RangeError: .* nothing is left between below, 6, and above, 8, .*: hysteresis is 2$/,
  ],
  [
    { stale: "t" },
    {},
    /^TypeError: Cannot watch for "hot": Cannot read a duration, as it carries no unit: undefined/,
  ],
  [{ stale: "t", after: "0s" }, {}, /^RangeError: .* after must be longer than nothing: "0s"$/],
  [() => true, 7, /^TypeError: .* its options must be an object: 7$/],
  [
    () => true,
    { fro: "1s" },
    /^TypeError: .* an alarm has no "fro"\. It may have: for, clear, latched, severity, renotify, channels, then, timeout$/,
  ],
  [
    () => true,
    { for: "5 parsecs" },
    /^SyntaxError: Cannot watch for "hot": Cannot read a duration, as "parsecs"/,
  ],
  [() => true, { for: 5 }, /^TypeError: Cannot watch for "hot": .* the bare number 5/],
  [
    () => true,
    { clear: { stale: "t", after: "1s" } },
    /^TypeError: .* it can't be cleared by nothing being recorded$/,
  ],
  [
    { variable: "t", above: 8, hysteresis: 1 },
    { clear: () => true },
    /^TypeError: .* both hysteresis and clear\. Give one of them\.$/,
  ],
  [() => true, { latched: 1 }, /^TypeError: .* latched must be true or false: 1$/],
  [
    () => true,
    { severity: "fatal" },
    /^TypeError: .* severity must be "info", "warning" or "error": "fatal"$/,
  ],
  [() => true, { renotify: "0s" }, /^RangeError: .* renotify must be longer than nothing: "0s"$/],
  [() => true, { timeout: "0s" }, /^RangeError: .* timeout must be longer than nothing: "0s"$/],
  [() => true, { then: "halt" }, /^TypeError: .* then must be "notify", "stop", .*: "halt"$/],
  [() => true, { then: ["stop", 7] }, /^TypeError: .* then must be .*: 7$/],
  [
    () => true,
    { then: { pause: [] } },
    /^TypeError: .* pause must be a list of names of tasks, one at least: \[\]$/,
  ],
  [
    () => true,
    { then: { pause: "bath" } },
    /^TypeError: .* pause must be a list of names .*: "bath"$/,
  ],
  [
    () => true,
    { then: { pause: ["bath", 1] } },
    /^TypeError: .* the name of a task must be a text that is not empty: 1$/,
  ],
  [
    () => true,
    { then: { pause: ["bath"], settel: "1s" } },
    /^TypeError: .* then has no "settel"\. It may have: pause, settle$/,
  ],
];

for (const [condition, options, message] of REFUSED) {
  const given = typeof condition === "function" ? options : condition;
  Deno.test(`alarm() refuses ${JSON.stringify(given)}`, () => {
    assert.throws(
      () => alarm("hot", condition as AlarmCondition, options as AlarmOptions),
      (error) => {
        assert.match(String(error), message);
        return true;
      },
    );
  });
}

Deno.test("defineAlarm() does not change when what it was given changes later", () => {
  const condition = { variable: "t", above: 8 };
  const pause = ["bath"];
  const defined = defineAlarm("hot", condition, { then: { pause } });
  condition.above = 9;
  pause.push("other");
  assert.deepEqual(defined.condition, {
    kind: "limit",
    variable: "t",
    above: 8,
    below: -Infinity,
    hysteresis: 0,
  });
  assert.deepEqual(defined.pauses, [{ tasks: ["bath"], settle: 0 }]);
});

Deno.test("conditionInWords() says what trips an alarm", () => {
  const rows: readonly (readonly [AlarmCondition, string])[] = [
    [{ variable: "t", above: 80 }, "t above 80"],
    [
      { variable: "t", below: 1, above: 80, hysteresis: 2 },
      "t above 80 or below 1 (2 back to clear)",
    ],
    [{ stale: "t", after: "5min" }, "no t for 5min"],
    [({ t }) => (t ?? 0) > 80, "(t ?? 0) > 80"],
  ];
  for (const [condition, words] of rows) {
    assert.equal(conditionInWords(defineAlarm("x", condition).condition), words);
  }
});
