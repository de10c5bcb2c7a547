import assert from "node:assert/strict";
import { sleep, type Timer } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";

// These tests are about real time: they assert order and that nothing ends early, never how late it is.

const TIMERS: [string, () => Timer & Partial<Disposable>][] = [
  ["sleepUntil()", () => systemClock],
  ["preciseTimer()", () => systemClock.preciseTimer?.() ?? systemClock],
];

for (const [name, make] of TIMERS) {
  Deno.test(`systemClock.${name} never ends early`, async () => {
    const timer = make();
    for (let i = 0; i < 20; i++) {
      const deadline = systemClock.monotonic() + 0.3 + i / 7;
      await timer.sleepUntil(deadline);
      assert.ok(systemClock.monotonic() >= deadline);
    }
    timer[Symbol.dispose]?.();
  });

  Deno.test(`systemClock.${name} wakes many sleepers in order and drops aborted ones`, async () => {
    const timer = make();
    const start = systemClock.monotonic() + 5;
    const woken: number[] = [];
    const controller = new AbortController();
    const aborted = timer.sleepUntil(start + 6, controller.signal);
    const waits = [9, 3, 12, 6, 0].map((ms) =>
      timer.sleepUntil(start + ms).then(() => woken.push(ms))
    );
    controller.abort(new Error("dropped"));
    await assert.rejects(aborted, /dropped/);
    await assert.rejects(timer.sleepUntil(start, AbortSignal.abort(new Error("never"))), /never/);
    await Promise.all(waits);
    assert.deepEqual(woken, [0, 3, 6, 9, 12]);
    timer[Symbol.dispose]?.();
  });
}

Deno.test("systemClock.preciseTimer() rejects who waits when it is disposed", async () => {
  const timer = systemClock.preciseTimer?.();
  assert.ok(timer);
  const wait = timer.sleepUntil(systemClock.monotonic() + 60_000);
  timer[Symbol.dispose]();
  await assert.rejects(wait, /disposed/);
  await assert.rejects(timer.sleepUntil(systemClock.monotonic() + 60_000), /disposed/);
});

Deno.test("systemClock.wall() is the date in whole microseconds", async () => {
  const before = Date.now();
  await sleep(systemClock, 2);
  const wall = systemClock.wall();
  assert.ok(Number.isSafeInteger(wall));
  assert.ok(wall >= before * 1e3 && wall <= (Date.now() + 1) * 1e3);
});
