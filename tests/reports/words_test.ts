import assert from "node:assert/strict";
import fc from "fast-check";
import { definePlot } from "../../plots/define.ts";
import { oneLine } from "../../reports/one_line.ts";
import type { Report } from "../../reports/report.ts";
import { formatChange } from "../../reports/words.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { virtualSession } from "../session/_session.ts";
import { allWords, gathered, shown, visibleText } from "./_report.ts";

/** A report of everything that there can be, with names that try to be something else. */
async function full(): Promise<Report> {
  await using session = virtualSession();
  await session.declareVariable("temperatur", {
    unit: "°C",
    label: `Bad "Köln" & <script>alert(1)</script>`,
  });
  await session.monitor(
    every("10s", () => ({
      temperatur: 21.5,
      "<img src=x onerror=alert(1)>": NaN,
      up: Infinity,
      down: -Infinity,
      leak: -4.2e-9,
      zero: -0,
    }), { name: "<b>measure</b>" }),
    every("1min", () => {
      throw new Error("no answer: <ERR'or> & \u202e more\nlines");
    }, { name: "broken", onError: "continue" }),
    lasting("10min"),
  );
  session.event("alarm", "error", "<i>hot</i>", undefined, { name: "too <hot>", raised: true });
  const { report } = await gathered(
    session,
    { kind: "alarm", reason: "too <hot>: 81 °C" },
    [definePlot(["temperatur"], { title: "<Bad>" })],
  );
  return {
    ...report,
    moreValues: 3,
    moreTroubles: 1,
    moreTasks: 2,
    fraction: 0.5,
    endsAt: report.now + 7_200,
    before: { run: 4, state: "lost", reason: "" },
    notes: ["The table <csv> is too large."],
  };
}

Deno.test("reportHtml() and reportText() say the same", async () => {
  const { words, html, text } = shown(await full());
  const visible = visibleText(html).replace(/\s+/g, " ");
  const plain = text.replace(/\s+/g, " ");
  const all = allWords(words);
  assert.ok(all.length > 60);
  for (const word of all) {
    const spaced = word.replace(/\s+/g, " ");
    assert.ok(visible.includes(spaced), `HTML lacks ${word}`);
    assert.ok(plain.includes(spaced), `text lacks ${word}`);
  }
});

Deno.test("reportHtml() takes no text for HTML and fetches nothing", async () => {
  const { html } = shown(await full());
  const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, tag]) => tag));
  assert.deepEqual([...tags].sort(), [
    ..."!doctype b body br h1 h2 head html meta p span style table td th title tr".split(" "),
  ]);
  assert.doesNotMatch(html, /https?:|url\(|@import|<script|onerror=alert\(1\)>/);
  assert.doesNotMatch(html, /\u202e/);
  assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
});

Deno.test("reportText() is a table to be read", async () => {
  await using session = virtualSession();
  await session.declareVariable("temperature", { unit: "°C", label: "Bath" });
  void session.addEntry({ temperature: 20, p: 1013.25 });
  await session.clock.advance(3_600_000);
  void session.addEntry({ temperature: 21.5 });
  session.event("gap", "warning", "nothing ran for 12s", "dmm");
  await session.clock.advance(2_000);
  const { report } = await gathered(session);
  assert.equal(
    shown(report).text,
    `cooling.db: running

Began  Thu 1 Jan 2026 00:00:00 UTC, 1 h ago
Data   2 entries in cooling.db, run 1

Last values, since 00:00:00, when the run began
  Variable              Value  Change    Least  Greatest         Age
  Bath (temperature)  21.5 °C    +1.5       20      21.5     2 s ago
  p                   1013.25      ±0  1013.25   1013.25  60 min ago

What went wrong, since 00:00:00, when the run began
  Gap: dmm, 01:00:00
    nothing ran for 12s
`,
  );
});

Deno.test("reportHtml() of 200 variables with the longest names is one that mail programs show in full", async () => {
  await using session = virtualSession();
  const values: Record<string, number> = {};
  for (let i = 0; i < 200; i++) values[`${i}${"&".repeat(90)}`] = -i * 1.23456e-120;
  void session.addEntry(values);
  for (let i = 0; i < 100; i++) session.log("error", `${i} ${"<".repeat(2_000)}`);
  for (let i = 0; i < 40; i++) session.event(`kind ${i}`, "error", "<".repeat(2_000), `s${i}`);
  const { report } = await gathered(session);
  const { html, text, words } = shown(report);
  assert.equal(report.values.length + report.moreValues, 200);
  assert.match(words.valuesNote, /^\d+ variables are not listed\.$/);
  assert.ok(html.length < 200_000, `${html.length}`);
  assert.ok(text.length < 40_000, `${text.length}`);
});

Deno.test("a report of a session without anything says so", async () => {
  await using session = virtualSession();
  const { report } = await gathered(session);
  const { html, text, words } = shown(report);
  assert.deepEqual([words.values, words.plots, words.tasks, words.standing], [[], [], [], []]);
  for (const sentence of ["No variable has a value yet.", "Nothing went wrong."]) {
    assert.ok(visibleText(html).includes(sentence));
    assert.ok(text.includes(sentence));
  }
});

Deno.test("formatChange() is no finer than the value is shown, and says nothing of what has no difference", () => {
  const rows: readonly (readonly [number, number, string])[] = [
    [25, 20, "+5"],
    [20, 25, "−5"],
    [0.3, 0.1 + 0.2, "±0"],
    [20.12340001, 20.1234, "±0"],
    [20.1235, 20.1234, "+0.0001"],
    [1e9 + 1, 1e9, "±0"],
    [1.5e9, 1e9, "+5e8"],
    [0, 0, "±0"],
    [0, 5, "−5"],
    [-4.2e-9, -4.1e-9, "−1e−10"],
    [NaN, 1, ""],
    [Infinity, 1, ""],
    [1, NaN, ""],
  ];
  for (const [value, before, text] of rows) {
    assert.equal(formatChange(value, before), text, `${value} ${before}`);
  }
});

Deno.test("oneLine() gives one line of bounded length for any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
    const line = oneLine(text, 50);
    assert.ok([...line].length <= 50);
    // deno-lint-ignore no-control-regex -- these are what must not be there
    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    assert.ok(line.isWellFormed());
  }));
  assert.equal(oneLine(" a\r\nBcc: b\t c "), "a Bcc: b c");
});
