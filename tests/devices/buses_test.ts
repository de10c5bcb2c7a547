import assert from "node:assert/strict";
import { open } from "../../devices/open.ts";
import type { MessageSession } from "../../devices/message_session.ts";
import type { VisaOptions } from "../../devices/visa.ts";
import { sleep } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { BUSES, type BusRig } from "./_buses.ts";
import { named } from "./_tcp_instrument.ts";

/** Queries of two tasks in all, on the quickest buses. */
const QUERIES = 10_000;
/** Longer than any test takes. */
const PATIENT: VisaOptions = { timeout: "60s" };

/** The same test on every bus. */
function onEachBus(
  claim: string,
  fn: (session: MessageSession, bus: BusRig) => Promise<void>,
): void {
  for (const bus of BUSES) {
    Deno.test({
      ignore: bus.ignore,
      name: `${bus.name}: ${claim}`,
      async fn() {
        await using rig = await bus.start();
        await using session = await open(rig.definition(PATIENT));
        await fn(session, bus);
      },
    });
  }
}

onEachBus("interleaved queries of two tasks are never swapped", async (session, { share }) => {
  const each = QUERIES * share / 2;
  const task = async (name: string): Promise<void> => {
    for (let i = 0; i < each; i++) {
      // Two in the queue at a time, so that the tasks take turns within their own queries as well.
      const texts = [`${name} ${i}`, `${name} ${i} again`];
      const answers = await Promise.all(texts.map((text) => session.query(`ECHO? ${text}`)));
      assert.deepEqual(answers, texts);
      i++;
    }
  };
  await Promise.all([task("one"), task("two")]);
});

onEachBus("a late answer is never taken for the next", async (session) => {
  for (const wait of [1, 20, 80]) {
    const late = session.query(`SLOW? ${wait + 30}`, { timeout: `${wait}ms` });
    await assert.rejects(late, named("TimeoutError"));
    assert.equal(session.state, "stale");
    assert.equal(await session.query(`ECHO? after ${wait}`), `after ${wait}`);
    assert.equal(session.state, "open");
  }
});

onEachBus("an abort ends each call in each state, and the others go on", async (session) => {
  const calls: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
    query: (signal) => session.query("SILENT?", { signal }),
    queryNumber: (signal) => session.queryNumber("SILENT?", { signal }),
    queryBlock: (signal) => session.queryBlock("SILENT?", { signal }),
    queryChunks: (signal) => session.queryChunks("SILENT?", { signal }).next(),
    read: (signal) => session.read({ signal }),
    readBytes: (signal) => session.readBytes(5, { signal }),
    write: (signal) => session.write("SILENT", { signal }),
    serviceRequests: (signal) => session.serviceRequests({ signal }).next(),
    readStatusByte: (signal) => session.readStatusByte({ signal }),
    trigger: (signal) => session.trigger({ signal }),
    clear: (signal) => session.clear({ signal }),
    lock: (signal) => session.lock({ signal }),
    unlock: (signal) => session.unlock({ signal }),
    setRemote: (signal) => session.setRemote(false, { signal }),
  };
  const waits = new Set(["query", "queryNumber", "queryBlock", "queryChunks", "read", "readBytes"]);
  let round = 0;
  const goesOn = async (): Promise<void> => {
    round++;
    assert.equal(await session.query(`ECHO? ${round}`), `${round}`);
  };
  for (const [name, call] of Object.entries(calls)) {
    const enough = new Error(`${name}: enough`);
    await assert.rejects(call(AbortSignal.abort(enough)), enough, `${name}, aborted before`);

    // Behind another one, which goes on.
    const queued = new AbortController();
    const first = session.query("SLOW? 20");
    const second = assert.rejects(call(queued.signal), enough, `${name}, in the queue`);
    queued.abort(enough);
    await second;
    assert.equal(await first, "slow", name);

    // Under way: what can't be aborted any more has been done, or says that it can't be done.
    const working = new AbortController();
    const outcome = call(working.signal).then(() => undefined, (error) => error);
    await sleep(systemClock, 5);
    working.abort(enough);
    const error = await outcome;
    if (waits.has(name)) assert.equal(error, enough, `${name}, under way`);
    else {assert.ok(
        error === undefined || error === enough || error.name === "UnsupportedError" ||
          error.name === "ProtocolError",
        `${name}: ${error}`,
      );}
    await goesOn();
  }
});

onEachBus("closing wakes whoever waits, in their order", async (session) => {
  const woken: number[] = [];
  const waits = Array.from(
    { length: 5 },
    (_, i) =>
      assert.rejects(session.query("SILENT?"), named("LinkError")).then(() => woken.push(i)),
  );
  await sleep(systemClock, 10);
  await session.close();
  await Promise.all(waits);
  assert.deepEqual(woken, [0, 1, 2, 3, 4]);
  assert.equal(session.state, "closed");
});

onEachBus("a block comes whole between lines, with newlines in it", async (session) => {
  for (const size of [0, 10, 11, 4096, 100_000]) {
    const [line, block, after] = await Promise.all([
      session.query("ECHO? before"),
      session.queryBlock(`BLOCK? ${size}`),
      session.query("ECHO? after"),
    ]);
    assert.equal(line, "before");
    assert.equal(block.length, size);
    assert.ok(block.every((byte, at) => byte === at % 256));
    assert.equal(after, "after");
  }
});
