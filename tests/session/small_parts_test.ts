import assert from "node:assert/strict";
import fc from "fast-check";
import { ClockWatch } from "../../session/clock_watch.ts";
import { Coalescer } from "../../session/coalescer.ts";
import { fileFor } from "../../session/file_name.ts";
import { Histogram } from "../../session/histogram.ts";
import { Interrupts } from "../../session/interrupts.ts";
import { toMicroseconds, toSeconds } from "../../session/moment.ts";
import { OutcomeKeeper } from "../../session/outcome.ts";
import { RestartBudget } from "../../session/restart_budget.ts";
import { formatStatus, formatValue, printable, StatusLine } from "../../session/status_line.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

Deno.test("Histogram tells quantiles to 2 % and the maximum exactly", () => {
  const numbers = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(numbers, fc.constantFrom(0.5, 0.9, 0.99), (values, fraction) => {
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    const sorted = values.toSorted((a, b) => a - b);
    const exact = sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? NaN;
    const told = histogram.quantile(fraction);
    assert.ok(Math.abs(told - exact) <= 0.02 * exact, `${told} for ${exact}`);
    assert.equal(histogram.max, sorted.at(-1));
    assert.equal(histogram.count, values.length);
  }));
});

Deno.test("Histogram is NaN before the first number and takes the smallest and the largest", () => {
  const histogram = new Histogram();
  assert.deepEqual([histogram.quantile(0.5), histogram.max], [NaN, NaN]);
  histogram.add(-1);
  assert.deepEqual([histogram.quantile(0.5), histogram.max], [0, 0]);
  histogram.add(1e300);
  assert.equal(histogram.max, 1e300);
});

Deno.test("RestartBudget forgives three failures in a row within a minute", () => {
  const budget = new RestartBudget();
  assert.deepEqual([0, 10, 20, 30].map((s) => budget.failed(s * 1e3)), [true, true, true, false]);
});

Deno.test("RestartBudget forgives any number that are far apart, or with successes between", () => {
  const budget = new RestartBudget();
  for (let s = 0; s < 10_000; s += 25) assert.equal(budget.failed(s * 1e3), true, `at ${s} s`);
  const other = new RestartBudget({ max: 1, within: 1e9 });
  for (let i = 0; i < 10; i++) {
    assert.equal(other.failed(i), true);
    other.succeeded();
  }
});

Deno.test("Coalescer says the first at once and the rest once a minute, losing none", () => {
  const clock = new VirtualClock({ automatic: false });
  const coalescer = new Coalescer(clock);
  const said: number[] = [];
  for (let s = 0; s < 150; s++) {
    coalescer.report("key", 2, (count) => said.push(count));
    clock.jump(1_000);
  }
  assert.deepEqual(said, [2, 120, 120]);
  coalescer.flush();
  assert.deepEqual(said, [2, 120, 120, 58]);
  coalescer.report("other", 1, (count) => said.push(-count));
  assert.equal(said.at(-1), -1);
});

Deno.test("ClockWatch tells steps and pauses from the passing of time", () => {
  const clock = new VirtualClock({ automatic: false });
  const watch = new ClockWatch(clock, 1_000);
  clock.jump(1_000);
  assert.equal(watch.look(), undefined);
  clock.jump(1_000);
  clock.stepWall(3_600_000);
  assert.deepEqual(watch.look(), { step: 3_600_000, pause: 0 });
  clock.jump(1_300);
  clock.stepWall(-3_600_000);
  assert.deepEqual(watch.look(), { step: -3_600_000, pause: 0 });
  clock.jump(600_000);
  assert.deepEqual(watch.look(), { step: 0, pause: 599_000 });
  clock.jump(1_000);
  clock.stepWall(200);
  assert.equal(watch.look(), undefined, "slewing is no step");
});

Deno.test("Interrupts rise in urgency and take signals of one stroke as one", () => {
  const table: [boolean, number[], number[]][] = [
    [false, [5, 1, 5, 5, 5], [1, 2, 3, 3]],
    [false, [0, 0, 0], [1]],
    [true, [3, 20, 400, 8, 8, 400, 400], [1, 2, 3]],
    // A key that is held down repeats.
    [true, Array.from({ length: 11 }, () => 33), [1, 2, 3]],
  ];
  for (const [typed, waits, expected] of table) {
    const clock = new VirtualClock({ automatic: false });
    const seen: number[] = [];
    using interrupts = new Interrupts(clock, (urgency) => seen.push(urgency), typed);
    for (const wait of waits) {
      interrupts.strike("SIGINT");
      clock.jump(wait);
    }
    assert.deepEqual(seen, expected, JSON.stringify([typed, waits]));
  }
});

Deno.test("OutcomeKeeper tells the status, every reason, and the exit code", () => {
  const table: [(keeper: OutcomeKeeper) => void, string, string, number][] = [
    [() => {}, "completed", "everything was done", 0],
    [(keeper) => keeper.end("2h are over"), "completed", "2h are over", 0],
    [(keeper) => keeper.fail("bath: lost"), "failed", "bath: lost", 1],
    [(keeper) => keeper.interrupt("SIGTERM"), "interrupted", "interrupted by SIGTERM", 130],
    [
      (keeper) => {
        keeper.end("first");
        keeper.end("second");
        keeper.fail("x");
        keeper.interrupt("SIGINT");
      },
      "interrupted",
      "first; x",
      130,
    ],
  ];
  for (const [act, status, reason, exitCode] of table) {
    const keeper = new OutcomeKeeper();
    act(keeper);
    assert.deepEqual(keeper.outcome, { status, reason, exitCode });
  }
});

Deno.test("toMicroseconds() and toSeconds() lose nothing until the year 2106", () => {
  fc.assert(fc.property(fc.integer({ min: -(2 ** 32) * 1e6, max: 2 ** 32 * 1e6 }), (t) => {
    assert.equal(toMicroseconds(toSeconds(t)), t);
  }));
  assert.equal(toMicroseconds(new Date(5)), 5_000);
  assert.equal(toMicroseconds(Temporal.Instant.from("1970-01-01T00:00:01.000001Z")), 1_000_001);
  assert.throws(() => toMicroseconds(NaN), /not a number of Unix seconds/);
});

Deno.test("fileFor() makes a file name of any name, or refuses it", () => {
  const table: [string, string][] = [
    ["cooling", "cooling.db"],
    ["run 7/b: héat", "run 7_b_ héat.db"],
    ["../../etc/passwd", "_.._etc_passwd.db"],
    ["a\u0000b\n", "a_b_.db"],
    ["🙂", "🙂.db"],
  ];
  for (const [name, file] of table) assert.equal(fileFor(name), file);
  for (const name of ["", "..", " ", "\ud800"]) {
    assert.throws(() => fileFor(name), /nothing is left of its name/);
  }
});

Deno.test("formatValue() shows six digits and every special value", () => {
  const table: [number, string][] = [
    [1.23456789, "1.23457"],
    [0, "0"],
    [-40, "-40"],
    [1e9, "1.0000e+9"],
    [2.5e-7, "2.5000e-7"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of table) assert.equal(formatValue(value), text);
});

Deno.test("formatStatus() tells time, progress and values, and never more than fits", () => {
  const status = {
    now: 90_000,
    started: 0,
    latest: { temperature: 21.5, voltage: 0.125 },
    nextAt: 93_000,
    fraction: 0.25,
  };
  assert.equal(
    formatStatus(status, 100),
    "1min 30s · 25 %, 4min 30s left · next in 3s · temperature 21.5  voltage 0.125",
  );
  fc.assert(fc.property(fc.integer({ min: 10, max: 120 }), (columns) => {
    assert.ok(formatStatus(status, columns).length <= columns);
  }));
});

Deno.test("printable() lets nothing through that could move the cursor", () => {
  assert.equal(printable("a\x1b[2Jb\r\n\u009bc"), "a·[2Jb···c");
});

Deno.test("StatusLine writes over itself for a person and once a minute elsewhere", () => {
  const written: string[] = [];
  const terminal = { interactive: true, columns: 40, write: (text: string) => written.push(text) };
  const line = new StatusLine(terminal);
  line.draw({ now: 0, started: 0, latest: {} });
  line.print("a line");
  assert.deepEqual(written, ["\r0s\x1b[K", "\r\x1b[K", "a line\n"]);
  const plain: string[] = [];
  const other = new StatusLine({ interactive: false, columns: 80, write: (t) => plain.push(t) });
  for (let s = 0; s <= 130; s++) other.draw({ now: s * 1e3, started: 0, latest: {} });
  assert.deepEqual(plain, ["1min\n", "2min\n"]);
});
