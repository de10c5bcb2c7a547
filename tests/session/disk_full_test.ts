import assert from "node:assert/strict";
import { Session } from "../../session/session.ts";
import { openSession } from "../../session/open_session.ts";
import { every } from "../../tasks/every.ts";
import { APART, paper } from "./_session.ts";
import { needsSmallDisk, SmallDisk, until } from "./store/_disk.ts";

Deno.test({
  ...needsSmallDisk(),
  name:
    "A full disk is said loudly; tasks go on, nothing is lost, and no promise is left unhandled",
  async fn() {
    using disk = new SmallDisk(4_096);
    const terminal = paper();
    const unhandled: unknown[] = [];
    const listen = (event: PromiseRejectionEvent): void => void unhandled.push(event.reason);
    globalThis.addEventListener("unhandledrejection", listen);
    const file = `${disk.path}/full.db`;
    const session = new Session("full", {
      ...APART,
      file,
      terminal,
      quiet: true,
      store: { retryEvery: 50 },
    });
    let n = 0;
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`v${i}`, i]));
    const monitoring = session.monitor(
      // As users write it: nobody awaits the promise.
      every("5ms", () => void session.addEntry({ ...wide, n: n++ }), { name: "careless" }),
    );
    await until("some are recorded", () => n > 5);
    disk.fill();
    await until("it is said", () => /disk of .* is full/.test(terminal.text));
    const then = n;
    await until("the task goes on", () => n > then + 20);
    assert.equal(session.running, true);
    disk.drain();
    await session.flush();
    session.askExit("enough");
    await monitoring;
    const summary = await session.close();
    assert.equal(summary.status, "completed", summary.reason);
    assert.deepEqual(unhandled, []);
    globalThis.removeEventListener("unhandledrejection", listen);
    using reader = openSession(file);
    assert.deepEqual(
      [...reader.loggedVariable("n")[1]],
      Array.from({ length: n }, (_, i) => i),
      "each entry once, in order",
    );
  },
});

Deno.test({
  ...needsSmallDisk(),
  name: "A run whose disk stays full ends, and keeps what was acknowledged",
  async fn() {
    using disk = new SmallDisk(4_096);
    const terminal = paper();
    const file = `${disk.path}/full.db`;
    const session = new Session("full", {
      ...APART,
      file,
      terminal,
      quiet: true,
      store: { retryEvery: 50 },
    });
    let acknowledged = -1;
    disk.fill(600_000);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`v${i}`, i]));
    for (let n = 0; n < 2_000; n++) {
      session.addEntry({ ...wide, n }).then(() => acknowledged = n, () => {});
      if (n % 50 === 0) await session.sleep("1ms");
    }
    await until("it is said", () => /disk of .* is full/.test(terminal.text));
    disk.fill();
    const summary = await session.close();
    assert.equal(summary.status, "failed");
    using reader = openSession(file);
    const seen = [...reader.loggedVariable("n")[1]];
    assert.ok(seen.length > acknowledged, `${seen.length} of ${acknowledged + 1} acknowledged`);
    assert.deepEqual(seen, seen.map((_, i) => i));
    assert.equal(reader.runs()[0]?.status, "failed");
  },
});
