import assert from "node:assert/strict";
import { Waiting } from "../../../devices/transports/waiting.ts";
import type { Clock } from "../../../time/clock.ts";

/** A clock that a test sets, and how many timers were set and are there. */
class HandClock implements Clock {
  readonly virtual = false;
  now = 0;
  set = 0;
  readonly #timers = new Map<object, { readonly until: number; readonly resolve: () => void }>();

  get pending(): number {
    return this.#timers.size;
  }

  wall(): number {
    return 0;
  }

  monotonic(): number {
    return this.now;
  }

  sleepUntil(until: number, signal?: AbortSignal): Promise<void> {
    this.set++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = {};
    this.#timers.set(timer, { until, resolve });
    signal?.addEventListener("abort", () => {
      this.#timers.delete(timer);
      reject(signal.reason);
    }, { once: true });
    return promise;
  }

  /** Lets time pass. */
  async at(now: number): Promise<void> {
    this.now = now;
    for (const [timer, { until, resolve }] of [...this.#timers]) {
      if (until > now) continue;
      this.#timers.delete(timer);
      resolve();
    }
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

const late = (elapsed: number) => new Error(`late after ${elapsed}`);

Deno.test("Waiting gives what it is woken with, and one timer serves all waits", async () => {
  const clock = new HandClock();
  const waiting = new Waiting<number>(clock);
  for (let i = 0; i < 100; i++) {
    clock.now = i;
    const value = waiting.wait({ deadline: clock.now + 1000 }, late);
    assert.equal(waiting.pending, true);
    waiting.wake(i);
    assert.equal(waiting.pending, false);
    assert.equal(await value, i);
  }
  assert.equal(clock.set, 1);
  waiting.stop();
  assert.equal(clock.pending, 0);
});

Deno.test("Waiting rejects at the deadline of the wait, not of the timer that there is", async () => {
  const clock = new HandClock();
  const waiting = new Waiting(clock);
  const first = waiting.wait({ deadline: 100 }, late);
  waiting.wake();
  await first;
  await clock.at(50);
  const outcome = assert.rejects(waiting.wait({ deadline: 120 }, late), /^Error: late after 70$/);
  await clock.at(100);
  assert.equal(waiting.pending, true, "the timer of the first wait ends nothing");
  await clock.at(120);
  await outcome;
  assert.equal(waiting.pending, false);
  const sooner = waiting.wait({ deadline: 1000 }, late);
  waiting.wake();
  await sooner;
  const soonest = assert.rejects(waiting.wait({ deadline: 130 }, late), /late after 10/);
  await clock.at(130);
  await soonest;
  assert.equal(clock.pending, 0);
});

Deno.test("Waiting that was given up is not pending, and what comes later is for the next", async () => {
  const clock = new HandClock();
  const waiting = new Waiting<string>(clock);
  const stop = new AbortController();
  const given = waiting.wait({ deadline: 100, signal: stop.signal }, late);
  stop.abort(new Error("enough"));
  assert.equal(waiting.pending, false);
  await assert.rejects(given, /enough/);
  waiting.wake("nobody's");
  const next = waiting.wait({ deadline: 100, signal: new AbortController().signal }, late);
  waiting.wake("the next one's");
  assert.equal(await next, "the next one's");
  waiting.stop();
});

Deno.test("Waiting begins nothing when the deadline has passed or the signal has aborted", () => {
  const waiting = new Waiting(new HandClock());
  assert.throws(() => waiting.wait({ deadline: 0 }, late), /late after 0/);
  const signal = AbortSignal.abort(new Error("no"));
  assert.throws(() => waiting.wait({ deadline: 100, signal }, late), /no/);
  assert.equal(waiting.pending, false);
});

Deno.test("Waiting without a deadline sets no timer, and can be failed", async () => {
  const clock = new HandClock();
  const waiting = new Waiting(clock);
  const failed = assert.rejects(waiting.wait({ deadline: Infinity }, late), /gone/);
  assert.equal(clock.set, 0);
  waiting.fail(new Error("gone"));
  await failed;
});
