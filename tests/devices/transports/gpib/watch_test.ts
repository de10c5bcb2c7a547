import assert from "node:assert/strict";
import { MessageSession } from "../../../../devices/message_session.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";
import { within as soon } from "../../../../devices/transports/within.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { needs } from "../../../_needs.ts";
import { bytes, query, within } from "../prologix/_bench.ts";
import { type Standin, withStandin } from "./_standin.ts";

const gcc = needs("gcc");

function test(name: string, use: (standin: Standin) => Promise<void>): void {
  Deno.test({ ...gcc, name, fn: () => withStandin(use) });
}

/** Listens, and gives what comes one after the other. */
async function listen(link: Transport): Promise<AsyncDisposable & { next(): Promise<number> }> {
  const came: number[] = [];
  let news = Promise.withResolvers<void>();
  const requests = await link.onServiceRequest?.((statusByte) => {
    came.push(statusByte ?? -1);
    news.resolve();
  }, within(5000));
  assert.ok(requests !== undefined);
  return {
    async next() {
      while (came.length === 0) {
        await soon(news.promise, within(30_000), systemClock, () => new Error("nobody asked"));
        news = Promise.withResolvers();
      }
      return came.shift() ?? -1;
    },
    [Symbol.asyncDispose]: () => requests[Symbol.asyncDispose](),
  };
}

test("service requests of two instruments at once are both told, to each its own", async ({ open, logTo, transcript }) => {
  await using one = await open(5);
  await using two = await open(9, 2);
  await using quiet = await open(6);
  await logTo(one);
  const first = await listen(one);
  const second = await listen(two);
  await using _third = await listen(quiet);
  await one.write(bytes("STB 1"), true, within(5000));
  await two.write(bytes("STB 2"), true, within(5000));
  await one.write(bytes("SRQ 30"), true, within(5000));
  await two.write(bytes("SRQ 30"), true, within(5000));
  assert.deepEqual(await Promise.all([first.next(), second.next()]), [0x41, 0x42]);
  // Again, after it was taken.
  await two.write(bytes("SRQ 0"), true, within(5000));
  assert.equal(await second.next(), 0x42);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  const polls = transcript().filter((line) => line.startsWith("poll"));
  assert.equal(polls.filter((line) => line === "poll 5:0 65").length, 1, polls.join());
  assert.equal(polls.filter((line) => line === "poll 9:98 66").length, 2, polls.join());
});

test("waiting for a request holds no query up", async ({ open }) => {
  await using link = await open(5);
  await using other = await open(6);
  const requests = await listen(link);
  await link.write(bytes("SRQ 1000"), true, within(5000));
  let count = 0;
  let asked = false;
  const asking = requests.next().then(() => asked = true);
  while (!asked) {
    assert.equal(await query(other, `OWN? ${count}`, within(20_000)), `6 ${count}\n`);
    assert.equal(await query(link, `OWN? ${count}`, within(20_000)), `5 ${count}\n`);
    count += 1;
  }
  await asking;
  assert.ok(count > 10, `${count} queries`);
  await requests[Symbol.asyncDispose]();
});

test("whoever polls, the listeners are told", async ({ open }) => {
  await using link = await open(5);
  const requests = await listen(link);
  await link.write(bytes("STB 4"), true, within(5000));
  await link.write(bytes("SRQ 0"), true, within(5000));
  await link.readStatusByte?.(within(5000));
  assert.equal(await requests.next(), 0x44);
  await requests[Symbol.asyncDispose]();
});

test("a line held by somebody else is looked at less and less often", async ({ open, logTo, transcript }) => {
  await using other = await open(6);
  await using link = await open(5);
  await logTo(link);
  const requests = await listen(link);
  await other.write(bytes("SRQ 0"), true, within(5000));
  const polled = () => transcript().filter((line) => line === "poll 5:0 0").length;
  while (polled() === 0) await sleep(systemClock, 1);
  await sleep(systemClock, 400);
  // At an interval of 5 ms it would be 80 polls; pauses that double make it a handful.
  const polls = polled();
  assert.ok(polls < 12, `${polls}`);
  await requests[Symbol.asyncDispose]();
});

test("an instrument that answers no poll keeps the others' requests from nobody", async ({ open }) => {
  await using nobody = await open(20);
  await using link = await open(5);
  await using _silent = await listen(nobody);
  const requests = await listen(link);
  await link.write(bytes("SRQ 0"), true, within(5000));
  assert.equal(await requests.next(), 0x40);
  await requests[Symbol.asyncDispose]();
});

test("a session loops over requests until it is closed", async ({ open }) => {
  const session = new MessageSession(await open(5), { timeout: "20s" });
  const seen: (number | undefined)[] = [];
  const requests = await session.serviceRequests();
  await session.write("SRQ 0");
  for await (const statusByte of requests) {
    seen.push(statusByte);
    if (seen.length === 2) break;
    await session.write("SRQ 0");
  }
  assert.deepEqual(seen, [0x40, 0x40]);
  const ending = await session.serviceRequests();
  const end = ending.next();
  await session.close();
  assert.equal((await end).done, true);
});

test("listening ends with a board that is unplugged", async ({ open }) => {
  const link = await open(5);
  const requests = await listen(link);
  await link.write(bytes("UNPLUG"), true, within(5000));
  while (link.alive) await sleep(systemClock, 1);
  await requests[Symbol.asyncDispose]();
  await link[Symbol.asyncDispose]();
});
