import assert from "node:assert/strict";
import fc from "fast-check";
import { Grid, type OverrunPolicy, type Tick } from "../../session/grid.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

const never = new AbortController().signal;

async function ticks(
  period: number,
  work: readonly number[],
  policy: OverrunPolicy = "skip",
): Promise<Tick[]> {
  const clock = new VirtualClock();
  using grid = new Grid(clock, period, policy);
  const result: Tick[] = [];
  for (const ms of work) {
    result.push(await grid.next(never));
    if (ms > 0) await clock.sleepUntil(clock.monotonic() + ms);
  }
  return result;
}

const brief = ({ index, due, lateness, skipped }: Tick): number[] => [
  index,
  due,
  lateness,
  skipped,
];

Deno.test("Grid does not drift in 100,000 periods, whatever the steps take", async () => {
  const clock = new VirtualClock();
  using grid = new Grid(clock, 0.1);
  for (let k = 0; k < 100_000; k++) {
    const { due, lateness } = await grid.next(never);
    if (due !== k * 0.1 || lateness !== 0) assert.fail(`start ${k} due ${due}, late ${lateness}`);
    if (k % 100 === 0) await clock.sleepUntil(clock.monotonic() + 0.09);
  }
});

Deno.test("Grid skips the starts that a long step missed and stays on its phase", async () => {
  const seen = await ticks(10, [3, 25, 3, 10, 0]);
  assert.deepEqual(seen.map(brief), [
    [0, 0, 0, 0],
    [1, 10, 0, 0],
    [4, 40, 0, 2],
    [5, 50, 0, 0],
    [6, 60, 0, 0],
  ]);
});

Deno.test("Grid catches up missed starts one after the other where it is told to", async () => {
  const seen = await ticks(10, [25, 0, 0, 0, 0], "catch-up");
  assert.deepEqual(seen.map(brief), [
    [0, 0, 0, 0],
    [1, 10, 15, 0],
    [2, 20, 5, 0],
    [3, 30, 0, 0],
    [4, 40, 0, 0],
  ]);
});

Deno.test("Grid catches up a hundred starts at most", async () => {
  const clock = new VirtualClock();
  using grid = new Grid(clock, 1, "catch-up");
  await grid.next(never);
  clock.jump(1_000.5);
  const { index, skipped } = await grid.next(never);
  assert.deepEqual([index, skipped], [901, 900]);
});

Deno.test("Grid begins anew after a long step where it is told to shift", async () => {
  const seen = await ticks(10, [25, 0, 0], "shift");
  assert.deepEqual(seen.map(({ due, skipped }) => [due, skipped]), [[0, 0], [25, 0], [35, 0]]);
});

Deno.test("Grid gives one start and no burst after the machine was suspended", async () => {
  const clock = new VirtualClock({ automatic: false });
  using grid = new Grid(clock, 1_000);
  await grid.next(never);
  const next = grid.next(never);
  clock.jump(600_300);
  await clock.advance(700);
  const { index, due, lateness, skipped } = await next;
  assert.deepEqual([index, due, lateness, skipped], [601, 601_000, 0, 600]);
});

Deno.test("Grid rejects with the signal's reason at once", async () => {
  const clock = new VirtualClock({ automatic: false });
  using grid = new Grid(clock, 1_000);
  await grid.next(never);
  const controller = new AbortController();
  const next = grid.next(controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(next, /enough/);
});

Deno.test("Grid counts every start as run or skipped, for any steps", async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 55 }), { minLength: 1, maxLength: 40 });
  await fc.assert(fc.asyncProperty(steps, async (work) => {
    const seen = await ticks(10, work);
    const skipped = seen.reduce((sum, tick) => sum + tick.skipped, 0);
    assert.equal((seen.at(-1)?.index ?? NaN) + 1, seen.length + skipped);
    for (const { due, index, lateness } of seen) assert.deepEqual([due, lateness], [index * 10, 0]);
  }));
});

Deno.test("Grid refuses a period that is not above zero", () => {
  for (const period of [0, -1, NaN]) {
    assert.throws(() => new Grid(new VirtualClock(), period), /period must be above zero/);
  }
});
