import assert from "node:assert/strict";
import {
  Poller,
  type Readiness,
  type Ready,
} from "../../../../devices/transports/serial/poller.ts";
import { SharedPlatform } from "../../../../devices/transports/serial/shared.ts";
import { nextTurn } from "../../../../time/turn.ts";

/** A system whose sources become ready when the test says so. */
class Scripted implements Readiness {
  readonly log: string[] = [];
  waits = 0;
  #ready: ((ready: readonly Ready[]) => void) | undefined;
  #woken = false;

  add(source: number): void {
    this.log.push(`add ${source}`);
  }
  arm(source: number, directions: readonly string[]): void {
    this.log.push(`arm ${source} ${directions.join("+") || "nothing"}`);
  }
  remove(source: number): void {
    this.log.push(`remove ${source}`);
  }
  wait(): Promise<readonly Ready[]> {
    this.waits++;
    if (this.#woken) {
      this.#woken = false;
      return Promise.resolve([]);
    }
    return new Promise((resolve) => (this.#ready = resolve));
  }
  wake(): void {
    if (this.#ready === undefined) this.#woken = true;
    else this.tell();
  }
  close(): void {
    assert.equal(this.#ready, undefined, "nothing waits when it is closed");
    this.log.push("close");
  }
  tell(...ready: Ready[]): void {
    assert.ok(this.#ready !== undefined, "somebody waits");
    const resolve = this.#ready;
    this.#ready = undefined;
    resolve(ready);
  }
  get waiting(): boolean {
    return this.#ready !== undefined;
  }
}

async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("Poller calls each who waits once, and waits only while somebody does", async () => {
  const system = new Scripted();
  const poller = new Poller(system);
  const called: string[] = [];
  poller.add(3);
  poller.add(4);
  assert.equal(system.waiting, false);
  poller.when(3, "read", () => called.push("3r"));
  poller.when(3, "write", () => called.push("3w"));
  poller.when(4, "read", () => called.push("4r"));
  assert.equal(system.waits, 1);
  system.tell({ source: 3, directions: ["read"] });
  await turn();
  assert.deepEqual(called, ["3r"]);
  system.tell({ source: 3, directions: ["read", "write"] }, { source: 9, directions: ["read"] });
  await turn();
  assert.deepEqual(called, ["3r", "3w"]);
  assert.equal(system.waiting, true);
  system.tell({ source: 4, directions: ["read"] });
  await turn();
  assert.deepEqual(called, ["3r", "3w", "4r"]);
  assert.equal(system.waiting, false);
  assert.deepEqual(system.log, [
    "add 3",
    "add 4",
    "arm 3 read",
    "arm 3 read+write",
    "arm 4 read",
    "arm 3 write",
  ]);
  await poller.close();
});

Deno.test("Poller does not call who took it back, and stops waiting for nobody", async () => {
  const system = new Scripted();
  const poller = new Poller(system);
  poller.add(3);
  const cancel = poller.when(3, "read", () => assert.fail("it was taken back"));
  cancel();
  cancel();
  await turn();
  assert.equal(system.waiting, true, "whoever gave up hears of it first");
  await nextTurn();
  await turn();
  assert.equal(system.waiting, false);
  assert.equal(system.log.at(-1), "arm 3 nothing");
  // Between a wake and its end somebody else may come.
  poller.when(3, "read", () => {})();
  const called: string[] = [];
  poller.when(3, "read", () => called.push("again"));
  await turn();
  system.tell({ source: 3, directions: ["read"] });
  await turn();
  assert.deepEqual(called, ["again"]);
  await poller.close();
});

Deno.test("Poller lets the wait be where somebody waits again at once", async () => {
  const system = new Scripted();
  const poller = new Poller(system);
  poller.add(3);
  for (let i = 0; i < 5; i++) {
    poller.when(3, "read", () => assert.fail("it was taken back"))();
    await turn();
  }
  const called: string[] = [];
  poller.when(3, "read", () => called.push("again"));
  await nextTurn();
  await turn();
  assert.equal(system.waits, 1);
  assert.equal(system.waiting, true);
  system.tell({ source: 3, directions: ["read"] });
  await turn();
  assert.deepEqual(called, ["again"]);
  await poller.close();
});

Deno.test("Poller wakes nothing that is closed", async () => {
  const system = new Scripted();
  const poller = new Poller(system);
  poller.add(3);
  poller.when(3, "read", () => assert.fail("it was taken back"))();
  await poller.close();
  assert.equal(system.log.at(-1), "close");
  system.wake = () => assert.fail("it is closed");
  await nextTurn();
  await turn();
});

Deno.test("Poller.remove() and close() end the wait without a call", async () => {
  const system = new Scripted();
  const poller = new Poller(system);
  poller.add(3);
  poller.add(4);
  const cancel = poller.when(3, "read", () => assert.fail("it was removed"));
  poller.remove(3);
  poller.remove(3);
  cancel();
  await turn();
  assert.equal(system.waiting, false);
  assert.throws(() => poller.when(3, "read", () => {}), TypeError);
  poller.when(4, "write", () => assert.fail("it was closed"));
  assert.equal(poller.size, 1);
  await poller.close();
  assert.deepEqual(system.log.slice(-2), ["remove 4", "close"]);
});

Deno.test("SharedPlatform is loaded for the first port and unloaded after the last", async () => {
  const log: string[] = [];
  const shared = new SharedPlatform((what) => {
    log.push(`load to ${what}`);
    return { calls: {}, readiness: new Scripted(), unload: () => void log.push("unload") };
  });
  const [a, b] = [shared.take("open a"), shared.take("open b")];
  assert.equal(a.poller, b.poller);
  await a.give();
  await a.give();
  a.giveNow();
  assert.deepEqual(log, ["load to open a"]);
  const given = b.give();
  const c = shared.take("open c");
  assert.notEqual(c.poller, b.poller);
  await given;
  assert.deepEqual(log, ["load to open a", "load to open c", "unload"]);
  c.giveNow();
  assert.deepEqual(log, ["load to open a", "load to open c", "unload", "unload"]);
});
