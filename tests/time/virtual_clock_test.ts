import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualClock } from "../../time/virtual_clock.ts";

Deno.test("VirtualClock wakes sleepers in the order of their deadlines", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(1_000), { maxLength: 50 }), async (delays) => {
    const clock = new VirtualClock();
    const woken: number[] = [];
    await Promise.all(delays.map(async (ms) => {
      await clock.sleepUntil(ms);
      assert.ok(clock.monotonic() >= ms);
      woken.push(ms);
    }));
    assert.deepEqual(woken, delays.toSorted((a, b) => a - b));
    assert.equal(clock.waiting, 0);
  }));
});

Deno.test("VirtualClock lets what needs no time happen before time passes", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const chain = async (): Promise<void> => {
    await clock.sleepUntil(10);
    for (let i = 0; i < 100; i++) await null;
    log.push(`chain at ${clock.monotonic()}`);
  };
  const other = clock.sleepUntil(20).then(() => log.push(`other at ${clock.monotonic()}`));
  await Promise.all([chain(), other]);
  assert.deepEqual(log, ["chain at 10", "other at 20"]);
});

Deno.test("VirtualClock.sleepUntil() rejects with the signal's reason, before and during the wait", async () => {
  const clock = new VirtualClock({ automatic: false });
  const reason = new Error("enough");
  await assert.rejects(clock.sleepUntil(5, AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const waits = [3, 1, 2].map((n) => clock.sleepUntil(n, controller.signal));
  controller.abort(reason);
  for (const wait of waits) await assert.rejects(wait, reason);
  assert.equal(clock.waiting, 0);
});

Deno.test("VirtualClock.advance() passes through each deadline on the way", async () => {
  const clock = new VirtualClock({ automatic: false, start: 1_000_000 });
  const seen: number[] = [];
  const loop = (async (): Promise<void> => {
    for (let k = 1; k <= 5; k++) {
      await clock.sleepUntil(k * 10);
      seen.push(clock.monotonic());
    }
  })();
  await clock.advance(35);
  assert.deepEqual(seen, [10, 20, 30]);
  assert.equal(clock.monotonic(), 35);
  assert.equal(clock.wall(), 1_035_000);
  await clock.advance(15);
  await loop;
});

Deno.test("VirtualClock.stepWall() and jump() part the clocks and move both", () => {
  const clock = new VirtualClock({ automatic: false });
  clock.stepWall(-3_600_000);
  assert.deepEqual([clock.monotonic(), clock.wall()], [0, -3_600_000_000]);
  clock.jump(600_000);
  assert.deepEqual([clock.monotonic(), clock.wall()], [600_000, -3_000_000_000]);
});

Deno.test("VirtualClock.hold() stops time until it is disposed", async () => {
  const clock = new VirtualClock();
  let woken = false;
  const sleeping = clock.sleepUntil(1).then(() => woken = true);
  const hold = clock.hold();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(woken, false);
  hold[Symbol.dispose]();
  hold[Symbol.dispose]();
  await sleeping;
});
