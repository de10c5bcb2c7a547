import assert from "node:assert/strict";
import { UnsupportedError } from "../../../../devices/transports/errors.ts";
import { openVxi11, serveVxi11 } from "../../../../devices/transports/vxi11/mod.ts";
import type { TransportEvent } from "../../../../devices/transports/transport.ts";
import { bytes, Instrument, query, readAll, soon, text, until } from "./_instrument.ts";

const host = "127.0.0.1";

Deno.test("openVxi11() asks the portmapper, names the resource, and carries queries", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument, { portmapperPort: 0 });
  await using link = await openVxi11({ host, portmapperPort: server.ports.portmapper ?? 0 });
  assert.equal(link.resource, "TCPIP::127.0.0.1::inst0::INSTR");
  assert.ok(link.hasEnd && link.alive);
  assert.equal(await query(link, "*IDN?"), "ACME,42,0,1.0\n");
  for (let i = 0; i < 100; i++) assert.equal(await query(link, `${i}?`), `${i}\n`);
});

Deno.test("openVxi11() chooses the device by its name, and says when there is none", async () => {
  const names: string[] = [];
  const instrument = new Instrument();
  await using server = serveVxi11((name) => {
    names.push(name);
    return name === "gpib0,12" ? instrument : undefined;
  });
  const port = server.ports.core;
  await using link = await openVxi11({ host, port, device: "gpib0,12" });
  assert.equal(link.resource, `TCPIP::127.0.0.1,${port}::gpib0,12::INSTR`);
  assert.equal(await query(link, "a?"), "a\n");
  await assert.rejects(openVxi11({ host, port }), {
    name: "LinkError",
    message: /device is not accessible \(VXI-11 error 3\)/,
  });
  assert.deepEqual(names, ["gpib0,12", "inst0"]);
});

Deno.test("write() cuts a message to what the instrument takes, and ends the last part only", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument, { maxRecvSize: 1024 });
  await using link = await openVxi11({ host, port: server.ports.core });
  for (const size of [0, 1, 1023, 1024, 1025, 5000]) {
    const message = "x".repeat(size);
    await link.write(bytes(message), true, soon());
    assert.equal(instrument.received.pop(), message);
  }
  await link.write(bytes("first,"), false, soon());
  assert.deepEqual(instrument.received, []);
  await link.write(bytes("second"), true, soon());
  assert.deepEqual(instrument.received, ["first,second"]);
});

Deno.test("write() leaves a line end to the instrument only where it may belong to a block", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument);
  await using link = await openVxi11({ host, port: server.ports.core });
  for (const sent of ["a\n", "a\r\n", "a\r", "a\n\n", "a #HA\n", "\n", ""]) {
    await link.write(bytes(sent), true, soon());
  }
  assert.deepEqual(instrument.received, ["a", "a", "a\r", "a\n", "a #HA\n", "", ""]);
});

Deno.test("read() gives what fits, stops at a byte, and says which part is the last", async () => {
  const instrument = new Instrument();
  instrument.answers.set("lines?", () => bytes("one\ntwo\n"));
  await using server = serveVxi11(instrument);
  await using link = await openVxi11({ host, port: server.ports.core });
  await link.write(bytes("lines?"), true, soon());
  const target = new Uint8Array(16);
  const parts: [string, boolean][] = [];
  for (const [size, stopAt] of [[2, undefined], [16, 10], [4, undefined]] as const) {
    const io = { ...soon(), ...stopAt === undefined ? {} : { stopAt } };
    const { count, end } = await link.read(target.subarray(0, size), io);
    parts.push([text(target.subarray(0, count)), end]);
  }
  assert.deepEqual(parts, [["on", false], ["e\n", false], ["two\n", true]]);
  assert.deepEqual(await link.read(new Uint8Array(0), soon()), { count: 0, end: false });
});

Deno.test("read() goes on when the instrument's own buffer was full", async () => {
  const instrument = new Instrument();
  const long = "0123456789".repeat(1000);
  instrument.answers.set("long?", () => bytes(long));
  instrument.answers.set("nothing?", () => new Uint8Array());
  await using server = serveVxi11(instrument, { mostPerRead: 999 });
  await using link = await openVxi11({ host, port: server.ports.core });
  assert.equal(await query(link, "long?"), long);
  assert.equal(await query(link, "nothing?"), "");
});

Deno.test("a block of several megabytes comes through whole, whatever its bytes", async () => {
  const instrument = new Instrument();
  const block = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 31) ^ (i >> 8));
  instrument.answers.set("block?", () => block);
  await using server = serveVxi11(instrument);
  await using link = await openVxi11({ host, port: server.ports.core });
  await link.write(bytes("block?"), true, soon());
  const got = new Uint8Array(block.length + 1);
  let at = 0;
  for (let end = false; !end;) {
    const part = await link.read(got.subarray(at), soon());
    at += part.count;
    end = part.end;
  }
  assert.equal(at, block.length);
  assert.ok(block.every((byte, i) => got[i] === byte));
});

Deno.test("status byte, trigger, clear and remote reach the instrument", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument);
  await using link = await openVxi11({ host, port: server.ports.core });
  instrument.status = 0x51;
  await link.write(bytes("left?"), true, soon());
  assert.equal(await link.readStatusByte?.(soon()), 0x51);
  assert.equal(await link.readStatusByte?.(soon()), 0x11);
  await link.trigger?.(soon());
  await link.setRemote?.(true, soon());
  await link.setRemote?.(false, soon());
  await link.clear?.(soon());
  assert.equal(instrument.triggered, 1);
  assert.equal(instrument.cleared, 1);
  assert.equal(await query(link, "new?"), "new\n");
});

Deno.test("what an instrument lacks is an UnsupportedError, and what it throws a LinkError", async () => {
  await using server = serveVxi11({
    receive: (message) => {
      if (message.length === 1) throw new Error("smoke");
      if (message.length === 2) return Promise.reject(new Error("fire"));
      return message;
    },
  });
  await using link = await openVxi11({ host, port: server.ports.core });
  await assert.rejects(async () => await link.trigger?.(soon()), UnsupportedError);
  await assert.rejects(async () => await link.readStatusByte?.(soon()), UnsupportedError);
  await assert.rejects(link.write(bytes("a"), true, soon()), /VXI-11 error 17/);
  await link.write(bytes("ab"), true, soon());
  await assert.rejects(link.read(new Uint8Array(9), soon()), /VXI-11 error 17/);
  assert.equal(await query(link, "abc"), "abc");
});

Deno.test("lock() keeps other links out until it is given back, or its link ends", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument);
  const port = server.ports.core;
  const first = await openVxi11({ host, port });
  await using second = await openVxi11({ host, port });
  await using patient = await openVxi11({ host, port, lockTimeout: 20_000 });
  await first.lock?.(soon());
  await assert.rejects(async () => await first.lock?.(soon()), /VXI-11 error 11/);
  const locked = { name: "LinkError", message: /another client has locked it/ };
  await assert.rejects(second.write(bytes("x"), true, soon()), locked);
  await assert.rejects(second.read(new Uint8Array(1), soon()), locked);
  await assert.rejects(async () => await second.lock?.(soon(100)), locked);
  await assert.rejects(async () => await second.unlock?.(soon()), /this link holds no lock/);
  assert.ok(second.alive);

  const waiting = query(patient, "waited?");
  assert.equal(await query(first, "mine?"), "mine\n");
  await first.unlock?.(soon());
  assert.equal(await waiting, "waited\n");
  assert.deepEqual(instrument.received, ["mine?", "waited?"]);

  await first.lock?.(soon());
  const taking = second.lock?.(soon());
  await first[Symbol.asyncDispose]();
  await taking;
  assert.equal(await query(second, "second?"), "second\n");
  await assert.rejects(async () => await second.lock?.({ ...soon(), key: "k" }), UnsupportedError);
});

Deno.test("onServiceRequest() hears of requests over the interrupt channel, until it is disposed", async () => {
  const instrument = new Instrument();
  const events: TransportEvent[] = [];
  await using server = serveVxi11(instrument);
  await using link = await openVxi11({
    host,
    port: server.ports.core,
    onEvent: (event) => events.push(event),
  });
  let first = 0;
  let second = 0;
  const one = await link.onServiceRequest?.((statusByte) => {
    assert.equal(statusByte, undefined);
    first++;
    throw new Error("must not hinder the others");
  }, soon());
  const two = await link.onServiceRequest?.(() => void second++, soon());
  assert.match(events[0]?.message ?? "", /come over an interrupt channel/);
  for (let i = 1; i <= 3; i++) {
    instrument.requestService();
    await until(() => first === i && second === i);
  }
  assert.equal(await query(link, "beside?"), "beside\n");
  await one?.[Symbol.asyncDispose]();
  instrument.requestService();
  await until(() => second === 4);
  assert.equal(first, 3);
  await two?.[Symbol.asyncDispose]();
  await two?.[Symbol.asyncDispose]();
  assert.equal(instrument.listeners, 0);
  // It can begin anew.
  await using _three = await link.onServiceRequest?.(() => void first++, soon());
  instrument.requestService();
  await until(() => first === 4);
});

Deno.test("onServiceRequest() ends when the link is closed, a request under way or not", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument);
  const link = await openVxi11({ host, port: server.ports.core });
  const subscription = await link.onServiceRequest?.(() => {}, soon());
  instrument.requestService();
  await link[Symbol.asyncDispose]();
  await subscription?.[Symbol.asyncDispose]();
  await until(() => instrument.listeners === 0);
});

Deno.test("serveVxi11() serves several links at once, each with its own answers", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument);
  const port = server.ports.core;
  await Promise.all(Array.from({ length: 8 }, async (_, i) => {
    await using link = await openVxi11({ host, port });
    for (let n = 0; n < 50; n++) assert.equal(await query(link, `${i}.${n}?`), `${i}.${n}\n`);
  }));
  assert.equal(instrument.received.length, 400);
});

Deno.test("serveVxi11() takes an unread answer back when a new message comes", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument);
  await using link = await openVxi11({ host, port: server.ports.core });
  await link.write(bytes("old?"), true, soon());
  assert.equal(await query(link, "new?"), "new\n");
});

Deno.test("serveVxi11() refuses a message that is too long, and a maxRecvSize that is too small", async () => {
  const instrument = new Instrument();
  await using server = serveVxi11(instrument, { mostMessage: 3000, maxRecvSize: 1024 });
  await using link = await openVxi11({ host, port: server.ports.core });
  await assert.rejects(link.write(new Uint8Array(3001), true, soon()), /out of resources/);
  assert.equal(await query(link, "short?"), "short\n");
  assert.throws(() => serveVxi11(instrument, { maxRecvSize: 1023 }), RangeError);
});

Deno.test("serveVxi11() lets nothing go on when it is disposed", async () => {
  const instrument = new Instrument();
  instrument.answers.set("never?", () => new Promise(() => {}));
  const server = serveVxi11(instrument, { portmapperPort: 0 });
  await using link = await openVxi11({ host, port: server.ports.core, margin: 50 });
  await link.write(bytes("never?"), true, soon());
  const reading = assert.rejects(readAll(link), { name: "LinkError" });
  server[Symbol.dispose]();
  await reading;
  await server[Symbol.asyncDispose]();
  assert.equal(link.alive, false);
  await assert.rejects(link.recover(soon()), { name: "LinkError" });
});
