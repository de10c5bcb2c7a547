import assert from "node:assert/strict";
import fc from "fast-check";
import { DatagramSocket, type UdpAddress } from "../../../../devices/transports/datagrams.ts";
import { ProtocolError } from "../../../../devices/transports/errors.ts";
import { broadcastGetPort } from "../../../../devices/transports/rpc/broadcast.ts";
import {
  getPortDatagram,
  PORTMAPPER,
  readPortDatagram,
  servePortmapper,
} from "../../../../devices/transports/rpc/portmapper.ts";
import { beginCall } from "../../../../devices/transports/rpc/messages.ts";
import { VirtualClock } from "../../../../time/virtual_clock.ts";
import { soon, until } from "../vxi11/_instrument.ts";
import { systemClock } from "../../../../time/system_clock.ts";

const hostname = "127.0.0.1";

/** A portmapper on a port that is free for TCP and for UDP. */
async function serve(host = hostname) {
  for (let attempt = 0;; attempt++) {
    const server = servePortmapper({
      hostname: host,
      port: 0,
      mappings: [{ program: 0x0607AF, version: 1, port: 1234 }],
    });
    try {
      await server.datagrams;
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      if (attempt === 5) throw error;
    }
  }
}

/** A socket and what comes to it. */
async function listener() {
  const waiting: ((bytes: Uint8Array) => void)[] = [];
  const socket = await DatagramSocket.open({
    hostname,
    port: 0,
    take: (bytes) => waiting.shift()?.(bytes),
  });
  return {
    socket,
    async ask(bytes: Uint8Array, port: number): Promise<string> {
      const { promise, resolve } = Promise.withResolvers<Uint8Array>();
      waiting.push(resolve);
      // A datagram may be lost even here, when the system has no room for it.
      const send = () => void socket.send(bytes, { hostname, port });
      send();
      const again = setInterval(send, 1000);
      void promise.then(() => clearInterval(again));
      return Uint8Array.from(await promise).toHex();
    },
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
}

Deno.test("getPortDatagram() is a call of GETPORT without record marking", () => {
  assert.equal(
    getPortDatagram(0x01020304, 0x0607AF, 1).toHex(),
    "01020304" + "00000000" + "00000002" + "000186a0" + "00000002" + "00000003" +
      "00".repeat(16) + "000607af" + "00000001" + "00000006" + "00000000",
  );
});

const head = "00000007" + "00000001" + "00000000" + "0000000000000000" + "00000000";
const ANSWERS: readonly (readonly [string, string, number | RegExp])[] = [
  ["a port", head + "000004d2", 1234],
  ["a port of 0", head + "00000000", 0],
  ["a port that is none", head + "00010000", /names 65536/],
  ["another call's number", `00000008${head.slice(8)}000004d2`, /answers call 8 where 7/],
  ["a refusal", `${head.slice(0, -8)}00000001`, /doesn't have that program/],
  ["the question itself", getPortDatagram(7, 1, 1).toHex(), /kind 0 where a reply/],
  ["too little", head, /4 bytes too early/],
];

for (const [what, hex, expected] of ANSWERS) {
  Deno.test(`readPortDatagram() reads ${what}`, () => {
    const read = () => readPortDatagram(Uint8Array.fromHex(hex), 7, "R");
    if (typeof expected === "number") assert.equal(read(), expected);
    else assert.throws(read, { name: "ProtocolError", message: expected });
  });
}

Deno.test("readPortDatagram() takes any bytes without anything but a ProtocolError", () => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  const answer = bytes.map((rest) => Uint8Array.from([0, 0, 0, 7, 0, 0, 0, 1, ...rest]));
  fc.assert(fc.property(fc.oneof(bytes, answer), (bytes) => {
    try {
      assert.ok(readPortDatagram(bytes, 7, "R") <= 65535);
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
    }
  }));
});

Deno.test("servePortmapper() answers GETPORT, DUMP and other versions by UDP as by TCP", async () => {
  await using server = await serve();
  await using client = await listener();
  const ok = "00000001" + "00000000" + "0000000000000000" + "00000000";
  const asked = await client.ask(getPortDatagram(1, 0x0607AF, 1), server.port);
  assert.equal(asked, `00000001${ok}000004d2`);
  assert.equal(
    await client.ask(getPortDatagram(2, 0x0607AF, 2), server.port),
    `00000002${ok}00000000`,
  );
  const call = (version: number, procedure: number) =>
    beginCall(3, { program: PORTMAPPER, version, procedure }, 0).bytes().subarray(4);
  assert.equal(
    await client.ask(call(2, 4), server.port),
    `00000003${ok}00000001000607af0000000100000006000004d200000000`,
  );
  assert.equal(
    await client.ask(call(4, 3), server.port),
    `00000003${ok.slice(0, -8)}000000020000000200000002`,
  );
});

Deno.test("servePortmapper() bears any datagrams", async () => {
  await using server = await serve();
  await using client = await listener();
  const procedure = fc.nat(6);
  const datagram = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(procedure, fc.uint8Array({ maxLength: 40 })).map(([procedure, args]) =>
      beginCall(9, { program: PORTMAPPER, version: 2, procedure }, 40).raw(args).bytes().slice(4)
    ),
  );
  await fc.assert(
    fc.asyncProperty(datagram, async (bytes) => {
      await client.socket.send(bytes, { hostname, port: server.port });
    }),
    { numRuns: 200 },
  );
  let answer = "";
  // The answers to what made sense come first.
  do answer = await client.ask(getPortDatagram(77, 0x0607AF, 1), server.port); while (
    !answer.startsWith("0000004d")
  );
  assert.ok(answer.endsWith("000004d2"));
});

Deno.test("servePortmapper() says that its UDP port is taken, and answers by TCP all the same", async () => {
  await using first = await serve();
  await using client = await listener();
  const second = servePortmapper({ hostname: "127.0.0.2", port: 0, mappings: [] });
  await using _second = second;
  await second.datagrams;
  await using taken = await DatagramSocket.open({ hostname: "127.0.0.3", port: 0, take: () => {} });
  const third = servePortmapper({ hostname: "127.0.0.3", port: taken.port, mappings: [] });
  await assert.rejects(third.datagrams, { code: "EADDRINUSE" });
  (await Deno.connect({ hostname: "127.0.0.3", port: taken.port })).close();
  await third[Symbol.asyncDispose]();
  assert.match(await client.ask(getPortDatagram(1, 0x0607AF, 1), first.port), /000004d2$/);
});

Deno.test("broadcastGetPort() takes each host once, whatever it sends, until the deadline", async () => {
  await using one = await serve("127.0.0.1");
  await using two = await serve("127.0.0.2");
  let asked = 0;
  await using liar = await DatagramSocket.open({
    hostname: "127.0.0.3",
    port: 0,
    take(bytes, from) {
      asked++;
      const xid = Uint8Array.from(bytes).toHex().slice(0, 8);
      // No answer, an answer to another call, then one twice.
      for (
        const hex of [
          "ff",
          `00000000${head.slice(8)}00000001`,
          ...Array(2).fill(xid + head.slice(8) + "00000005"),
        ]
      ) {
        void liar.send(Uint8Array.fromHex(hex), from);
      }
    },
  });
  const found: [string, number][] = [];
  const destinations: UdpAddress[] = [
    { hostname: "127.0.0.1", port: one.port },
    { hostname: "127.0.0.2", port: two.port },
    { hostname: "127.0.0.3", port: liar.port },
    { hostname: "127.0.0.1", port: one.port },
  ];
  const clock = new VirtualClock({ automatic: false });
  let over = false;
  const asking = broadcastGetPort({
    program: 0x0607AF,
    version: 1,
    destinations,
    clock,
    take: (...answer) => void found.push(answer),
  }, { deadline: 2000 }).finally(() => over = true);
  await until(() => found.length === 3);
  clock.advance(300);
  await until(() => asked === 2);
  clock.advance(700);
  await until(() => asked === 3);
  assert.equal(over, false);
  clock.advance(1000);
  assert.deepEqual(await asking, []);
  assert.deepEqual(found.sort(), [["127.0.0.1", 1234], ["127.0.0.2", 1234], ["127.0.0.3", 5]]);
});

Deno.test("broadcastGetPort() reaches a server by a broadcast", async () => {
  await using server = await serve("0.0.0.0");
  const stop = new AbortController();
  const found: [string, number][] = [];
  const asking = broadcastGetPort({
    program: 0x0607AF,
    version: 1,
    // The loopback's own: it leaves no computer.
    destinations: [{ hostname: "127.255.255.255", port: server.port }],
    clock: systemClock,
    take(...answer) {
      found.push(answer);
      stop.abort(new Error("found"));
    },
  }, { ...soon(), signal: stop.signal });
  await assert.rejects(asking, /found/);
  assert.deepEqual(found, [["127.0.0.1", 1234]]);
});

Deno.test("broadcastGetPort() ends at once when it is given up, or when nobody can be asked", async () => {
  const question = { program: 1, version: 1, clock: systemClock, take: () => {} };
  const stop = new AbortController();
  const asking = broadcastGetPort(
    { ...question, destinations: [{ hostname, port: 9 }] },
    { ...soon(3_600_000), signal: stop.signal },
  );
  stop.abort(new Error("enough"));
  await assert.rejects(asking, /enough/);
  const nowhere = { hostname, port: 0 };
  const [unreached, ...others] = await broadcastGetPort(
    { ...question, destinations: [nowhere] },
    soon(3_600_000),
  );
  assert.deepEqual(unreached?.destination, nowhere);
  assert.match(unreached?.why ?? "", /port/i);
  assert.deepEqual(others, []);
});
