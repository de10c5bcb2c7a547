import assert from "node:assert/strict";
import { LinkError, TimeoutError } from "../../../../devices/transports/errors.ts";
import {
  openPrologixAdapter,
  type PrologixAdapter,
} from "../../../../devices/transports/prologix/adapter.ts";
import { openPrologix } from "../../../../devices/transports/prologix/open.ts";
import {
  type PrologixServer,
  servePrologix,
} from "../../../../devices/transports/prologix/simulator.ts";
import { openSocket } from "../../../../devices/transports/socket.ts";
import type { Io } from "../../../../devices/transports/transport.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { sleep } from "../../../../time/clock.ts";
import { connectTcp } from "../_tcp_link.ts";
import { bytes, Echo, query, readLine, text, within } from "./_bench.ts";

interface Bench {
  readonly server: PrologixServer;
  readonly adapter: PrologixAdapter;
  readonly first: Echo;
  readonly second: Echo;
}

async function bench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const first = new Echo("first");
  const second = new Echo("second");
  await using server = servePrologix([
    { address: { primary: 5 }, responder: first },
    { address: { primary: 9, secondary: 2 }, responder: second },
  ], { port: 0 });
  const link = await connectTcp(server.port);
  await using adapter = await openPrologixAdapter(link, within(5000), {
    readTimeout: 30,
    margin: 30,
    srqInterval: 5,
  });
  await use({ server, adapter, first, second });
}

const FIRST = { primary: 5 };
const SECOND = { primary: 9, secondary: 2 };

Deno.test("instrument() talks to each address on its own", () =>
  bench(async ({ adapter, first }) => {
    const one = adapter.instrument(FIRST);
    const two = adapter.instrument(SECOND);
    assert.equal(one.resource, "GPIB0::5::INSTR");
    assert.equal(two.resource, "GPIB0::9::2::INSTR");
    assert.match(adapter.version, /^Prologix GPIB-ETHERNET/);
    assert.equal(await query(one, "*IDN?", within(5000)), "first\n");
    assert.equal(await query(two, "*IDN?", within(5000)), "second\n");
    await one.write(bytes("a+b\x1b\rc ++ver"), true, within(5000));
    await one.write(bytes("half "), false, within(5000));
    await one.write(bytes("whole"), true, within(5000));
    assert.equal(await query(one, "ECHO? x", within(5000)), "first x\n");
    assert.deepEqual(first.heard, ["*IDN?", "a+b\x1b\rc ++ver", "half whole", "ECHO? x"]);
  }));

Deno.test("interleaved queries are never swapped", () =>
  bench(async ({ adapter }) => {
    const ask = async (name: string, link: ReturnType<typeof adapter.instrument>) => {
      for (let number = 0; number < 200; number++) {
        assert.equal(
          await query(link, `ECHO? ${number}`, within(20_000)),
          `${name} ${number}\n`,
        );
      }
    };
    await Promise.all([
      ask("first", adapter.instrument(FIRST)),
      ask("second", adapter.instrument(SECOND)),
    ]);
  }));

Deno.test("read() keeps the rest of a block while others are served, and write() throws it away", () =>
  bench(async ({ adapter }) => {
    const one = adapter.instrument(FIRST);
    const two = adapter.instrument(SECOND);
    const size = 200_000;
    await one.write(bytes(`BLOCK? ${size}`), true, within(5000));
    const target = new Uint8Array(size + 9);
    let count = 0;
    while (count < target.length) {
      // Small pieces, with somebody else in between each few.
      const piece = target.subarray(count, count + 7001);
      count += (await one.read(piece, within(10_000))).count;
      if (count % 3 === 0) assert.equal(await query(two, "*IDN?", within(5000)), "second\n");
    }
    assert.equal(text(target.subarray(0, 8)), "#6200000");
    for (let at = 0; at < size; at++) assert.equal(target[8 + at], at & 255);
    assert.equal(target[size + 8], 10);

    await one.write(bytes("BLOCK? 1000"), true, within(5000));
    await one.read(new Uint8Array(10), within(5000));
    assert.equal(await query(one, "*IDN?", within(5000)), "first\n");
    await one.write(bytes("BLOCK? 1000"), true, within(5000));
    await one.read(new Uint8Array(10), within(5000));
    assert.equal(await query(two, "*IDN?", within(5000)), "second\n");
    assert.equal(await query(one, "*IDN?", within(5000)), "first\n");
  }));

Deno.test("read() waits for a slow instrument by asking again, and lets others in meanwhile", () =>
  bench(async ({ adapter }) => {
    const one = adapter.instrument(FIRST);
    const two = adapter.instrument(SECOND);
    let done = false;
    const slow = query(one, "SLOW? 400", within(10_000)).then((line) => {
      done = true;
      return line;
    });
    assert.equal(await query(two, "*IDN?", within(10_000)), "second\n");
    assert.equal(done, false);
    assert.equal(await slow, "slow 400\n");
  }));

Deno.test("recover() throws a late answer away", () =>
  bench(async ({ adapter, first }) => {
    const one = adapter.instrument(FIRST);
    await assert.rejects(query(one, "SLOW? 200", within(100)), TimeoutError);
    assert.match(await one.recover(within(5000)), /cleared GPIB0::5::INSTR/);
    assert.equal(first.cleared, 1);
    assert.equal(await query(one, "*IDN?", within(5000)), "first\n");
    assert.equal(await query(one, "ECHO? 2", within(5000)), "first 2\n");
  }));

Deno.test("an operation ends at abort, and at close, with the next one in order", () =>
  bench(async ({ adapter }) => {
    const one = adapter.instrument(FIRST);
    const two = adapter.instrument(SECOND);
    const reason = new Error("enough");
    const giving = new AbortController();
    const io = within(60_000, giving.signal);
    const reading = assert.rejects(one.read(new Uint8Array(8), io), reason);
    const waiting = assert.rejects(two.readStatusByte?.(io) ?? Promise.resolve(), reason);
    giving.abort(reason);
    await Promise.all([reading, waiting]);
    const unread = assert.rejects(one.read(new Uint8Array(8), within(60_000)), LinkError);
    await one[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
    await unread;
    await assert.rejects(one.write(bytes("x"), true, within(100)), LinkError);
    assert.equal(one.alive, false);
    assert.equal(await query(two, "*IDN?", within(5000)), "second\n");
  }));

Deno.test("a lost line ends what waits, and the adapter is not alive any more", () =>
  bench(async ({ adapter, server }) => {
    const one = adapter.instrument(FIRST);
    const reading = assert.rejects(one.read(new Uint8Array(8), within(60_000)), LinkError);
    await server[Symbol.asyncDispose]();
    await reading;
    assert.equal(one.alive, false);
    assert.equal(adapter.alive, false);
  }));

Deno.test("readStatusByte() answers beside a message that waits to be read", () =>
  bench(async ({ adapter, first }) => {
    const one = adapter.instrument(FIRST);
    await one.write(bytes("BLOCK? 1000"), true, within(5000));
    const target = new Uint8Array(1009);
    let count = (await one.read(target.subarray(0, 100), within(5000))).count;
    first.status = 0x31;
    assert.equal(await one.readStatusByte?.(within(5000)), 0x31);
    while (count < target.length) {
      count += (await one.read(target.subarray(count), within(5000))).count;
    }
    assert.equal(target[8 + 999], 999 & 255);
    await one.trigger?.(within(5000));
    await one.clear?.(within(5000));
    await one.setRemote?.(false, within(5000));
    assert.deepEqual([first.triggered, first.cleared], [1, 1]);
  }));

Deno.test("onServiceRequest() tells requests with the status byte until it is disposed", () =>
  bench(async ({ adapter, first }) => {
    const one = adapter.instrument(FIRST);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const requests = await one.onServiceRequest?.(resolve, within(5000));
    assert.equal(await query(one, "*IDN?", within(5000)), "first\n");
    first.status = 0x21;
    first.request();
    assert.equal(await promise, 0x61);
    await requests?.[Symbol.asyncDispose]();
    first.request();
    assert.equal(await one.readStatusByte?.(within(5000)), 0x61);
  }));

Deno.test("endMark gives END to answers without a line feed", () =>
  bench(async ({ adapter }) => {
    const one = adapter.instrument(FIRST, { endMark: 4 });
    const two = adapter.instrument(SECOND);
    assert.deepEqual([one.hasEnd, two.hasEnd], [true, false]);
    for (const size of [4096, 5]) {
      await one.write(bytes("BARE?"), true, within(5000));
      assert.equal(await readLine(one, within(5000), size), "no line feed");
      assert.equal(await query(two, "*IDN?", within(5000)), "second\n");
    }
    assert.throws(() => adapter.instrument(FIRST, { endMark: 256 }), RangeError);
  }));

Deno.test("openPrologixAdapter() refuses what is no adapter, and closes the line", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const table: [string, string][] = [
    ["", "TimeoutError"],
    ["Unrecognized command\r\n", "ProtocolError"],
  ];
  for (const [answer, name] of table) {
    const serving = (async () => {
      using connection = await listener.accept();
      try {
        if (answer !== "") {
          for (;;) await connection.write(bytes(answer.repeat(1000)));
        }
        const buffer = new Uint8Array(1000);
        while (await connection.read(buffer) !== null);
      } catch {
        // The other side has left.
      }
    })();
    const link = await connectTcp(listener.addr.port);
    const io = within(name === "TimeoutError" ? 100 : 10_000);
    await assert.rejects(openPrologixAdapter(link, io), { name });
    assert.equal(link.alive, false);
    await serving;
  }
});

Deno.test("openPrologixAdapter() is not misled by what a former user left", async () => {
  const responder = new Echo("first");
  await using server = servePrologix([{ address: FIRST, responder }], { port: 0 });
  const link = await connectTcp(server.port);
  await link.write(bytes("++addr 5\n*IDN?\n++read eoi\n++mode\n++mode\n"), true, within(5000));
  await sleep(systemClock, 20);
  await using adapter = await openPrologixAdapter(link, within(5000), { readTimeout: 30 });
  assert.match(adapter.version, /Prologix/);
});

Deno.test("openPrologix() shares the adapter, and closes it with the last link", async () => {
  const responder = new Echo("first");
  await using server = servePrologix([{ address: FIRST, responder }], { port: 0 });
  let opened = 0;
  const { hostname: host, port } = server;
  const resource = `PRLGX-TCPIP0::${host}::${port}::INTFC`;
  const line = {
    name: resource,
    open: (io: Io) => {
      opened += 1;
      return openSocket({ host, port, resource }, io);
    },
  };
  const [one, two] = await Promise.all([
    openPrologix(line, FIRST, within(5000)),
    openPrologix(line, { primary: 6 }, within(5000)),
  ]);
  assert.equal(opened, 1);
  await two[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  assert.equal(await query(one, "*IDN?", within(5000)), "first\n");
  await one[Symbol.asyncDispose]();
  const again = await openPrologix(line, FIRST, within(5000));
  assert.equal(opened, 2);
  assert.equal(await query(again, "*IDN?", within(5000)), "first\n");
  await again[Symbol.asyncDispose]();
  const refused = { name: "nowhere", open: () => Promise.reject(new LinkError("no", "nowhere")) };
  await assert.rejects(openPrologix(refused, FIRST, within(100)), LinkError);
  await assert.rejects(openPrologix(refused, FIRST, within(100)), LinkError);
});
