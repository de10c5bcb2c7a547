import assert from "node:assert/strict";
import { openVxi11, serveVxi11 } from "../../../../devices/transports/vxi11/mod.ts";
import { Proc } from "../../../../devices/transports/vxi11/protocol.ts";
import type { Io, Transport, TransportEvent } from "../../../../devices/transports/transport.ts";
import { bytes, Instrument, query, readAll, soon, text, until } from "./_instrument.ts";
import { instrument, reply, type Scripted, ScriptedServer } from "./_scripted.ts";

const host = "127.0.0.1";

/** An instrument whose answer to "late?" comes when the test says so. */
function withLateAnswer(): { device: Instrument; answer: () => void } {
  const device = new Instrument();
  const late = Promise.withResolvers<Uint8Array>();
  device.answers.set("late?", () => late.promise);
  return { device, answer: () => late.resolve(bytes("LATE\n")) };
}

Deno.test("openVxi11() ends at its time-out when the portmapper is silent", async () => {
  await using silent = new ScriptedServer(() => {});
  await assert.rejects(openVxi11({ host, portmapperPort: silent.port, timeout: 30 }), {
    name: "TimeoutError",
    message: /portmapper of 127\.0\.0\.1 \(port \d+\)/,
  });
});

Deno.test("openVxi11() ends at once when it is given up, wherever it is", async () => {
  for (const silent of ["portmapper", "core"] as const) {
    await using server = new ScriptedServer(() => {});
    const stop = new AbortController();
    const opening = openVxi11({
      host,
      ...silent === "core" ? { port: server.port } : { portmapperPort: server.port },
      signal: stop.signal,
      timeout: 60_000,
    });
    await until(() => server.calls.length === 1);
    stop.abort(new Error("given up"));
    await assert.rejects(opening, /given up/);
  }
  const signal = AbortSignal.abort(new Error("before"));
  await assert.rejects(openVxi11({ host, port: 1, signal }), /before/);
});

Deno.test("openVxi11() says what is wrong when nobody is there, or somebody else", async () => {
  const listener = Deno.listen({ hostname: host, port: 0 });
  const port = listener.addr.port;
  listener.close();
  await assert.rejects(openVxi11({ host, port }), {
    name: "LinkError",
    message: /port \d+ can't be reached.*Is the instrument on/,
  });
  await using unknown = new ScriptedServer(({ xid, send }) => send(reply(xid, 0)));
  await assert.rejects(openVxi11({ host, portmapperPort: unknown.port }), {
    name: "LinkError",
    message: /names port 0 for the program 0x607af/,
  });
  const refusal = new Uint8Array(reply(0));
  refusal[refusal.length - 1] = 1;
  await using other = new ScriptedServer(({ xid, send }) => {
    refusal[7] = xid;
    return send(refusal);
  });
  await assert.rejects(openVxi11({ host, port: other.port }), {
    name: "ProtocolError",
    message: /doesn't have that program/,
  });
});

Deno.test("read() ends at the deadline; recover() throws the late answer away", async () => {
  const { device, answer } = withLateAnswer();
  await using server = serveVxi11(device);
  const events: TransportEvent[] = [];
  await using link = await openVxi11({
    host,
    port: server.ports.core,
    onEvent: (event) => events.push(event),
  });
  await link.write(bytes("late?"), true, soon());
  await assert.rejects(link.read(new Uint8Array(9), soon(20)), { name: "TimeoutError" });
  assert.match(await link.recover(soon()), /the device was cleared/);
  answer();
  assert.equal(await query(link, "next?"), "next\n");
  assert.equal(device.cleared, 1);
  assert.deepEqual(events.map((event) => event.kind), ["recovered"]);
});

Deno.test("read() is aborted at the instrument when its signal aborts", async () => {
  const { device, answer } = withLateAnswer();
  await using server = serveVxi11(device);
  await using link = await openVxi11({ host, port: server.ports.core });
  await link.write(bytes("late?"), true, soon());
  const stop = new AbortController();
  const reading = link.read(new Uint8Array(9), { ...soon(60_000), signal: stop.signal });
  stop.abort(new Error("given up"));
  await assert.rejects(reading, /given up/);
  // The instrument's own time-out is a minute away: only the abort ends its call.
  assert.match(await link.recover(soon()), /device was cleared/);
  answer();
  assert.equal(await query(link, "next?"), "next\n");
});

Deno.test("an operation without recovery waits until the one before it was aborted", async () => {
  const { device } = withLateAnswer();
  await using server = serveVxi11(device);
  await using link = await openVxi11({ host, port: server.ports.core });
  for (let i = 0; i < 20; i++) {
    const stop = new AbortController();
    const reading = link.read(new Uint8Array(9), { ...soon(60_000), signal: stop.signal });
    stop.abort(new Error("given up"));
    await assert.rejects(reading, /given up/);
    assert.equal(await query(link, `${i}?`), `${i}\n`);
  }
});

Deno.test("recover() opens a new link when the instrument is silent, and takes the lock again", async () => {
  let silent = true;
  let links = 0;
  await using server = new ScriptedServer(({ xid, procedure, send }) => {
    switch (procedure) {
      case Proc.createLink:
        return send(reply(xid, 0, links++, 0, 4096));
      case Proc.deviceLock:
      case Proc.deviceClear:
      case Proc.destroyLink:
        return send(reply(xid, 0));
      case Proc.deviceRead:
        if (silent) return;
        return send(reply(xid, 0, 4, bytes("ok")));
    }
  });
  const events: string[] = [];
  await using link = await openVxi11({
    host,
    port: server.port,
    margin: 30,
    onEvent: (event) => events.push(event.message),
  });
  await link.lock?.(soon());
  await assert.rejects(link.read(new Uint8Array(9), soon(20)), { name: "TimeoutError" });
  silent = false;
  assert.match(await link.recover(soon()), /its link was opened anew/);
  assert.ok(link.alive);
  assert.equal(links, 2);
  assert.equal(await readAll(link), "ok");
  assert.deepEqual(server.calls, [10, 18, 12, 10, 18, 15, 12]);
  assert.match(events[0] ?? "", /has no abort channel/);
});

Deno.test("recover() is a LinkError, and the link lost, when nobody is there any more", async () => {
  const server = instrument(() => {});
  await using link = await openVxi11({ host, port: server.port, margin: 30 });
  await assert.rejects(link.read(new Uint8Array(9), soon(20)), { name: "TimeoutError" });
  const recovering = assert.rejects(link.recover(soon(200)), { name: "LinkError" });
  await recovering;
  assert.equal(link.alive, false);
  await assert.rejects(link.write(bytes("x"), true, soon()), { name: "LinkError" });
  await server[Symbol.asyncDispose]();
});

Deno.test("recover() ends at once when it is given up, or when the link is closed", async () => {
  for (const close of [false, true]) {
    await using server = instrument(() => {});
    const link = await openVxi11({ host, port: server.port, margin: 20_000 });
    const stop = new AbortController();
    await assert.rejects(link.read(new Uint8Array(9), soon(20)), { name: "TimeoutError" });
    const recovering = link.recover({ ...soon(60_000), signal: stop.signal });
    const ended = assert.rejects(recovering, close ? { name: "LinkError" } : /given up/);
    if (!close) stop.abort(new Error("given up"));
    const closing = close ? link[Symbol.asyncDispose]() : undefined;
    await ended;
    // For a silent instrument's last answers closing waits long here; a lost one has none.
    await server[Symbol.asyncDispose]();
    await (closing ?? link[Symbol.asyncDispose]());
  }
});

Deno.test("replies that nobody asked for are dropped, wherever they come", async () => {
  await using server = instrument(async ({ xid, send }) => {
    await send(reply(xid + 1000, 0, 4, bytes("wrong")));
    await send(reply(xid - 1, 0, 4, bytes("old")));
    await send(Uint8Array.of(0x80, 0, 0, 2, 1, 2));
    await send(reply(xid, 0, 4, bytes("right")));
    await send(reply(xid, 0, 4, bytes("twice")));
  });
  await using link = await openVxi11({ host, port: server.port });
  for (let i = 0; i < 5; i++) assert.equal(await readAll(link), "right");
});

Deno.test("an answer may come in many fragments, and byte by byte", async () => {
  await using server = instrument(async ({ xid, send }) => {
    const whole = reply(xid, 0, 4, bytes("in pieces")).subarray(4);
    const sizes = [0, 1, 3, 7, 0, whole.length - 11, 0];
    let at = 0;
    for (const [i, size] of sizes.entries()) {
      const last = i === sizes.length - 1 ? 0x80 : 0;
      for (const byte of Uint8Array.of(last, 0, 0, size)) await send(Uint8Array.of(byte));
      await send(whole.subarray(at, at += size));
    }
  });
  await using link = await openVxi11({ host, port: server.port });
  assert.equal(await readAll(link), "in pieces");
});

const BAD_ANSWERS: readonly (readonly [string, (xid: number) => Uint8Array, RegExp])[] = [
  ["an over-long fragment", () => Uint8Array.of(0xFF, 0xFF, 0xFF, 0xFF), /of 2147483647 bytes/],
  ["more data than was asked for", (xid) => reply(xid, 0, 4, new Uint8Array(100)), /field of 100/],
  ["a length beyond its end", (xid) => reply(xid, 0, 4, 8), /ends 8 bytes too early/],
  [
    "nothing but its number",
    (xid) => bare(xid),
    /ends/,
  ],
  ["a call", (xid) => kind(xid, 0), /message of kind 0 where a reply is due/],
];

function bare(xid: number): Uint8Array {
  return Uint8Array.of(0x80, 0, 0, 4, 0, 0, 0, xid);
}

function kind(xid: number, value: number): Uint8Array {
  const bytes = new Uint8Array(reply(xid));
  bytes[11] = value;
  return bytes;
}

for (const [name, answer, message] of BAD_ANSWERS) {
  Deno.test(`an answer with ${name} is a ProtocolError`, async () => {
    await using server = instrument(({ xid, send }) => send(answer(xid)));
    await using link = await openVxi11({ host, port: server.port });
    const error = { name: "ProtocolError", message };
    await assert.rejects(link.read(new Uint8Array(8), soon()), error);
  });
}

Deno.test("a write that the instrument takes in parts goes on; one that it doesn't take ends", async () => {
  const taken: [string, number][] = [];
  const sizes = [3, 4, 0];
  await using server = instrument(({ xid, args, send }) => {
    args.u32(), args.u32(), args.u32();
    const flags = args.u32();
    taken.push([text(args.opaque()), flags]);
    return send(reply(xid, 0, sizes.shift() ?? 0));
  });
  await using link = await openVxi11({ host, port: server.port });
  await link.write(bytes("partial"), true, soon());
  assert.deepEqual(taken, [["partial", 8], ["tial", 8]]);
  await assert.rejects(link.write(bytes("none"), true, soon()), {
    name: "ProtocolError",
    message: /took 0 of 4 bytes/,
  });
});

Deno.test("a read with no data and no END is asked for again", async () => {
  const answers = ["", "", "data"];
  await using server = instrument(({ xid, send }) => {
    const data = answers.shift() ?? "";
    return send(reply(xid, 0, data === "" ? 0 : 4, bytes(data)));
  });
  await using link = await openVxi11({ host, port: server.port });
  assert.equal(await readAll(link), "data");
});

Deno.test("time-outs on the wire shrink with the deadline and are never 0", async () => {
  const timeouts: number[] = [];
  let now = 0;
  const clock = {
    virtual: false,
    wall: () => 0,
    monotonic: () => now,
    sleepUntil: (_deadline: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  await using server = instrument(({ xid, procedure, args, send }) => {
    args.u32();
    if (procedure === Proc.deviceWrite) timeouts.push(args.u32());
    now += 333.4;
    return send(reply(xid, 0, 1));
  });
  await using link = await openVxi11({ host, port: server.port, clock });
  await link.write(bytes("four"), true, { deadline: 1000.5 });
  assert.deepEqual(timeouts, [1000, 667, 333, 1]);
});

Deno.test("a connection that ends in the middle of an answer is a LinkError at once", async () => {
  await using server = instrument(async ({ xid, send, close }) => {
    await send(reply(xid, 0, 4, bytes("half of it")).subarray(0, 30));
    close();
  });
  await using link = await openVxi11({ host, port: server.port });
  await assert.rejects(link.read(new Uint8Array(99), soon(60_000)), {
    name: "LinkError",
    message: /link is lost: .*in the middle of an answer\. Open it anew/,
  });
  assert.equal(link.alive, false);
});

Deno.test("a link that the instrument has forgotten is lost", async () => {
  await using server = instrument(({ xid, send }) => send(reply(xid, 4, 0, 0)));
  await using link = await openVxi11({ host, port: server.port });
  await assert.rejects(link.read(new Uint8Array(9), soon()), /link doesn't exist any more/);
  assert.equal(link.alive, false);
});

const OPERATIONS: readonly (readonly [string, (link: Transport, io: Io) => Promise<unknown>])[] = [
  ["write", (link, io) => link.write(bytes("x"), true, io)],
  ["read", (link, io) => link.read(new Uint8Array(9), io)],
  ["clear", async (link, io) => await link.clear?.(io)],
  ["readStatusByte", async (link, io) => await link.readStatusByte?.(io)],
  ["trigger", async (link, io) => await link.trigger?.(io)],
  ["lock", async (link, io) => await link.lock?.(io)],
  ["unlock", async (link, io) => await link.unlock?.(io)],
  ["setRemote", async (link, io) => await link.setRemote?.(true, io)],
  ["onServiceRequest", async (link, io) => await link.onServiceRequest?.(() => {}, io)],
];

for (const [name, operate] of OPERATIONS) {
  Deno.test(`${name}() ends at its deadline, abort, close and loss when the instrument is silent`, async () => {
    const open = async (run: (link: Transport, server: ScriptedServer) => Promise<void>) => {
      await using server = instrument(() => {});
      await using link = await openVxi11({ host, port: server.port, margin: 10 });
      await run(link, server);
    };
    await open(async (link) => {
      await assert.rejects(operate(link, soon(20)), { name: "TimeoutError" });
    });
    await open(async (link, server) => {
      const stop = new AbortController();
      const pending = operate(link, { ...soon(60_000), signal: stop.signal });
      await until(() => server.calls.length === 2);
      stop.abort(new Error("given up"));
      await assert.rejects(pending, /given up/);
      const signal = AbortSignal.abort(new Error("before"));
      await assert.rejects(operate(link, { ...soon(), signal }), /before/);
    });
    await open(async (link, server) => {
      const pending = assert.rejects(operate(link, soon(60_000)), {
        name: "LinkError",
        message: /the link was closed/,
      });
      await until(() => server.calls.length === 2);
      const closing = link[Symbol.asyncDispose]();
      await pending;
      await closing;
      await assert.rejects(operate(link, soon()), { name: "LinkError" });
    });
    await open(async (link, server) => {
      const pending = assert.rejects(operate(link, soon(60_000)), { name: "LinkError" });
      await until(() => server.calls.length === 2);
      await server[Symbol.asyncDispose]();
      await pending;
      await assert.rejects(operate(link, soon()), { name: "LinkError" });
    });
  });
}

Deno.test("close() aborts what is under way, and gives the link back", async () => {
  const { device } = withLateAnswer();
  await using server = serveVxi11(device);
  const other = await openVxi11({ host, port: server.ports.core });
  const link = await openVxi11({ host, port: server.ports.core, margin: 20_000 });
  await link.lock?.(soon());
  const reading = assert.rejects(link.read(new Uint8Array(9), soon(60_000)), { name: "LinkError" });
  await link[Symbol.asyncDispose]();
  await reading;
  await link[Symbol.asyncDispose]();
  await other.lock?.(soon());
  await other[Symbol.asyncDispose]();
});

Deno.test("onServiceRequest() polls, and says so, when there is no interrupt channel", async () => {
  let requests = 0;
  const refuse = ({ xid, procedure, send }: Scripted): Promise<void> => {
    if (procedure === Proc.createIntrChan) return send(reply(xid, 8));
    if (procedure === Proc.deviceReadStb) return send(reply(xid, 0, requests-- > 0 ? 0x41 : 1));
    return send(reply(xid, 0, 4, bytes("ok")));
  };
  await using server = instrument(refuse);
  const events: TransportEvent[] = [];
  await using link = await openVxi11({
    host,
    port: server.port,
    pollInterval: 1,
    onEvent: (event) => events.push(event),
  });
  const seen: (number | undefined)[] = [];
  const subscription = await link.onServiceRequest?.((status) => seen.push(status), soon());
  assert.match(events[0]?.message ?? "", /polled .* every 1 ms, as the instrument has none/);
  for (let i = 1; i <= 3; i++) {
    requests = 1;
    await until(() => seen.length === i);
    assert.equal(await readAll(link), "ok");
  }
  assert.deepEqual(seen, [0x41, 0x41, 0x41]);
  await subscription?.[Symbol.asyncDispose]();
  const polls = server.calls.length;
  assert.equal(await readAll(link), "ok");
  assert.equal(server.calls.length, polls + 1);
});

Deno.test("onServiceRequest() begins anew on the link that recover() opened", async () => {
  const device = new Instrument();
  device.clear = () => {
    throw new Error("can't");
  };
  await using server = serveVxi11(device);
  await using link = await openVxi11({ host, port: server.ports.core });
  let heard = 0;
  await using _subscription = await link.onServiceRequest?.(() => void heard++, soon());
  device.clear = () => {
    device.clear = () => {};
    throw new Error("can't");
  };
  assert.match(await link.recover(soon()), /opened anew/);
  device.requestService();
  await until(() => heard === 1);
});
