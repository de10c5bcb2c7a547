import assert from "node:assert/strict";
import { Scope } from "../../session/scope.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

const forever = (): Promise<never> => new Promise(() => {});

Deno.test("Scope runs finalisers last come first, below before above", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const root = new Scope("root", clock);
  root.defer("a", () => log.push("a"));
  root.defer("b", () => log.push("b"));
  const child = new Scope("child", clock, root);
  child.defer("c", async () => {
    await clock.sleepUntil(5);
    log.push("c");
  });
  assert.deepEqual(await root.close(), []);
  assert.deepEqual(log, ["c", "b", "a"]);
});

Deno.test("Scope runs the others when a finaliser throws or hangs, and tells of each", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const scope = new Scope("rig", clock);
  scope.defer("first", () => log.push("first"));
  scope.defer("hangs", forever, { timeout: 3_000 });
  scope.defer("throws", () => {
    throw new TypeError("no");
  });
  scope.defer("rejects", () => Promise.reject("text"));
  const errors = await scope.close();
  assert.deepEqual(log, ["first"]);
  assert.deepEqual(errors.map(({ message }) => message), [
    "rejects: Something that is no Error was thrown: text",
    "throws: no",
    'hangs: Cannot finish "hangs" of rig, as it took too long: it was given up',
  ]);
  assert.ok((errors[1]?.cause) instanceof TypeError);
  assert.equal(clock.monotonic(), 3_000);
});

Deno.test("Scope tells a finaliser when its time is over", async () => {
  const clock = new VirtualClock();
  const scope = new Scope("rig", clock);
  let told = false;
  scope.defer("slow", (signal) => {
    signal.addEventListener("abort", () => told = true);
    return forever();
  }, { timeout: 10 });
  await scope.close();
  assert.equal(told, true);
});

Deno.test("Scope.abort() leaves finalisers a second", async () => {
  const clock = new VirtualClock();
  const scope = new Scope("rig", clock);
  scope.defer("a", forever);
  scope.defer("b", forever);
  const closing = scope.close();
  await clock.sleepUntil(100);
  scope.abort(new Error("again"));
  assert.equal((await closing).length, 2);
  assert.equal(clock.monotonic(), 2_100);
});

Deno.test("Scope closes once, however often it is told to", async () => {
  let count = 0;
  const scope = new Scope("rig", new VirtualClock());
  scope.defer("a", () => count++);
  const results = await Promise.all([scope.close(), scope.close()]);
  assert.equal(count, 1);
  assert.equal(results[0], results[1]);
  assert.throws(() => scope.defer("late", () => {}), /rig has closed/);
});

Deno.test("Scope passes stop and abort on to what is below, also to late comers", () => {
  const clock = new VirtualClock();
  const root = new Scope("root", clock);
  const child = new Scope("child", clock, root);
  const reason = new Error("enough");
  root.stop(reason);
  assert.deepEqual([child.stopping.aborted, child.signal.aborted], [true, false]);
  root.abort(new Error("now"));
  assert.deepEqual([child.stopping.reason, child.signal.aborted], [reason, true]);
  const late = new Scope("late", clock, root);
  assert.deepEqual([late.stopping.reason, late.signal.aborted], [reason, true]);
});

Deno.test("Scope.emergency() tries all that makes safe at once and within its limit", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const root = new Scope("root", clock);
  const child = new Scope("child", clock, root);
  root.defer("heater", () => log.push("heater"), { safe: true });
  child.defer("hangs", forever, { safe: true });
  child.defer("throws", () => Promise.reject(new Error("no")), { safe: true });
  root.defer("file", () => log.push("file"));
  await root.emergency(500);
  assert.deepEqual(log, ["heater"]);
  assert.equal(clock.monotonic(), 500);
});
