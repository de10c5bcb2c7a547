import assert from "node:assert/strict";
import fc from "fast-check";
import { checkTemplate, type SubjectFacts, subjectOf } from "../../../tasks/email/subject.ts";

const FACTS: SubjectFacts = {
  name: "cooling",
  state: "running",
  reason: "",
  now: 1_767_225_600,
  timeZone: "Europe/Paris",
};

Deno.test("subjectOf() fills a template in, and ends where nothing follows", () => {
  const rows: readonly (readonly [string | undefined, Partial<SubjectFacts>, string])[] = [
    [undefined, {}, "cooling: running"],
    [undefined, { state: "alarm", reason: "too hot: 81 °C" }, "cooling: alarm, too hot: 81 °C"],
    ["{name}", {}, "cooling"],
    ["[rig 3] {state} – {reason}", {}, "[rig 3] running"],
    ["{time}", {}, "Thu 1 Jan 2026 01:00:00"],
    ["{reason} ({name})", { reason: "{name} $& \\1" }, "{name} $& \\1 (cooling)"],
    ["{name}", { name: "a\r\nBcc: all@lab.org" }, "a Bcc: all@lab.org"],
    ["{name}", { name: "x".repeat(300) }, `${"x".repeat(199)}…`],
    [undefined, { name: "", reason: "" }, ": running"],
  ];
  for (const [template, facts, expected] of rows) {
    assert.equal(subjectOf(template, { ...FACTS, ...facts }), expected, template);
  }
});

Deno.test("subjectOf() is one short line whatever it is given", () => {
  fc.assert(fc.property(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary" }),
    (template, name, reason) => {
      const subject = subjectOf(template, { ...FACTS, name, reason });
      // deno-lint-ignore no-control-regex -- these are what must not be there
      assert.doesNotMatch(subject, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      assert.ok([...subject].length <= 200);
    },
  ));
});

Deno.test("checkTemplate() refuses fields that there are not", () => {
  for (const template of ["{name} {state} {reason} {time}", "none", "} {", ""]) {
    checkTemplate(template);
  }
  for (const template of ["{nmae}", "{}", "{ name }", "{constructor}"]) {
    assert.throws(() => checkTemplate(template), { name: "TypeError", message: /unknown field/ });
  }
});
