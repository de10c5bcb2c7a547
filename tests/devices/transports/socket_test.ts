import assert from "node:assert/strict";
import fc from "fast-check";
import { openSocket, type SocketOptions } from "../../../devices/transports/socket.ts";
import type { Transport } from "../../../devices/transports/transport.ts";
import { named, silentInstrument, tcpInstrument, within } from "../_tcp_instrument.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const connect = (port: number, options: Partial<SocketOptions> = {}): Promise<Transport> =>
  openSocket({ host: "127.0.0.1", port, resource: "TEST", ...options }, within(5000));

async function text(link: Transport, size = 100, ms = 5000): Promise<string> {
  const target = new Uint8Array(size);
  const { count, end } = await link.read(target, within(ms));
  assert.equal(end, false);
  return decode(target.subarray(0, count));
}

/** Just so many bytes, in reads of a size. */
async function all(link: Transport, length: number, size: number): Promise<Uint8Array> {
  const target = new Uint8Array(length);
  for (let got = 0; got < length;) {
    const part = target.subarray(got, Math.min(length, got + size));
    got += (await link.read(part, within(5000))).count;
  }
  return target;
}

Deno.test("openSocket() writes and reads; what is not read at once stays", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    while (true) {
      const line = await peer.line();
      if (line === undefined) return;
      await peer.send(`<${line}>`);
    }
  });
  await using link = await connect(instrument.port);
  await link.write(encode("abcdef\n"), true, within(5000));
  assert.equal(await text(link, 3), "<ab");
  assert.equal(await text(link, 3), "cde");
  assert.equal(await text(link), "f>");
  await link.write(new Uint8Array(0), true, within(5000));
  assert.equal(link.alive, true);
  assert.equal(link.hasEnd, false);
});

for (const size of [1000, 65_536, 1_000_000]) {
  Deno.test(`openSocket() reads 5 MB in order when asked for ${size} bytes at once`, async () => {
    const data = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 31 + (i >> 11)) & 0xff);
    await using instrument = tcpInstrument(async (peer) => {
      await peer.line();
      await peer.sendBytes(data);
      await peer.line();
    });
    await using link = await connect(instrument.port);
    await link.write(encode("go\n"), true, within(5000));
    const got = await all(link, data.length, size);
    assert.equal(Deno.inspect(got.findIndex((byte, i) => byte !== data[i])), "-1");
  });
}

Deno.test("openSocket() gives up a wait, never the bytes", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    while (await peer.line() !== undefined) await peer.send("late");
  });
  await using link = await connect(instrument.port);
  const target = new Uint8Array(100);
  await assert.rejects(
    link.read(target, within(20)),
    named("TimeoutError", /^Cannot read from TEST, as no answer came within \d+ ms$/),
  );
  const stop = new AbortController();
  const pending = link.read(target, within(5000, stop.signal));
  stop.abort(new Error("given up"));
  await assert.rejects(pending, { message: "given up" });
  await link.write(encode("now\n"), true, within(5000));
  assert.equal(await text(link), "late");
  assert.equal(target[0], 0);
});

Deno.test("openSocket() keeps what comes for a large read that was given up", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.send("first");
    await peer.line();
    await peer.send("late");
    await peer.line();
  });
  await using link = await connect(instrument.port);
  assert.equal(await text(link, 1_000_000), "first");
  const target = new Uint8Array(1_000_000);
  await assert.rejects(link.read(target, within(20)), named("TimeoutError"));
  await link.write(encode("now\n"), true, within(5000));
  assert.equal(await text(link, 2), "la");
  target.fill(0);
  assert.equal(await text(link, 1_000_000), "te", "the memory is the caller's again");
});

Deno.test("openSocket() gives each byte once and in order, however reads are cut and given up", async () => {
  const read = fc.record({
    size: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(65_536), fc.constant(70_000)),
    givenUp: fc.boolean(),
  });
  const pieces = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      pieces,
      fc.array(read, { minLength: 1, maxLength: 8 }),
      async (sizes, reads) => {
        const length = sizes.reduce((sum, size) => sum + size, 0);
        const data = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 7)) & 0xff);
        await using instrument = tcpInstrument(async (peer) => {
          for (let at = 0; await peer.line() !== undefined;) {
            const size = sizes.shift() ?? 0;
            await peer.sendBytes(data.slice(at, at + size));
            at += size;
          }
        });
        await using link = await connect(instrument.port);
        const got: number[] = [];
        for (let i = 0; got.length < length; i++) {
          if (sizes.length > 0) await link.write(encode("more\n"), true, within(5000));
          const { size, givenUp } = reads[i % reads.length] ?? { size: 1, givenUp: false };
          const target = new Uint8Array(size);
          const stop = new AbortController();
          const reading = link.read(target, within(5000, stop.signal));
          if (givenUp && i < 20) stop.abort(new Error("given up"));
          try {
            got.push(...target.subarray(0, (await reading).count));
          } catch (error) {
            assert.match(String(error), /given up/);
          }
        }
        assert.deepEqual(Uint8Array.from(got), data);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("openSocket() begins nothing when the deadline has passed or the signal has aborted", async () => {
  const lines: (string | undefined)[] = [];
  await using instrument = tcpInstrument(async (peer) => {
    lines.push(await peer.line());
    await peer.send("done");
  });
  const passed = { deadline: -1 };
  const aborted = within(5000, AbortSignal.abort(new Error("no")));
  const options = { host: "127.0.0.1", port: instrument.port, resource: "TEST" };
  await assert.rejects(openSocket(options, passed), named("TimeoutError"));
  await assert.rejects(openSocket(options, aborted), { message: "no" });
  await using link = await connect(instrument.port);
  await assert.rejects(link.write(encode("x\n"), true, passed), named("TimeoutError"));
  await assert.rejects(link.write(encode("x\n"), true, aborted), { message: "no" });
  await assert.rejects(link.read(new Uint8Array(1), passed), named("TimeoutError"));
  await assert.rejects(link.read(new Uint8Array(1), aborted), { message: "no" });
  await link.write(encode("y\n"), true, within(5000));
  assert.equal(await text(link), "done");
  assert.deepEqual(lines.filter((line) => line !== undefined), ["y"]);
});

Deno.test("openSocket() gives what came before the instrument closed, then says so", async () => {
  await using instrument = tcpInstrument((peer) => peer.send("last"));
  await using link = await connect(instrument.port);
  assert.equal(await text(link), "last");
  await assert.rejects(
    link.read(new Uint8Array(1), within(5000)),
    named("LinkError", /the instrument closed the connection/),
  );
  assert.equal(link.alive, false);
  await assert.rejects(link.write(encode("x"), true, within(5000)), named("LinkError"));
});

Deno.test("openSocket() says who does not listen", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(
    connect(port),
    named("LinkError", /^Cannot connect to TEST, as 127\.0\.0\.1 port \d+ did not take/),
  );
});

/** More than the system takes before somebody reads. */
const FLOOD = new Uint8Array(64 * 1024 * 1024);

Deno.test("openSocket() wakes whoever waits when it is closed", async () => {
  await using instrument = silentInstrument();
  const link = await connect(instrument.port);
  const reading = assert.rejects(
    link.read(new Uint8Array(1), within(60_000)),
    named("LinkError", /it was closed/),
  );
  const writing = assert.rejects(link.write(FLOOD, true, within(60_000)), named("LinkError"));
  await link[Symbol.asyncDispose]();
  await Promise.all([reading, writing]);
  await link[Symbol.asyncDispose]();
  assert.equal(link.alive, false);
  await assert.rejects(link.recover(within(5000)), named("LinkError", /it was closed/));
});

Deno.test("openSocket() gives up a write that nobody takes, and connects anew for the next", async () => {
  for (const recovery of ["reconnect", "drain"] as const) {
    await using instrument = silentInstrument();
    await using link = await connect(instrument.port, { recovery });
    await assert.rejects(
      link.write(FLOOD, true, within(30)),
      named("TimeoutError", /write to TEST/),
    );
    await assert.rejects(
      link.write(encode("x"), true, within(5000)),
      named("LinkError", /still on its way/),
    );
    assert.equal(await link.recover(within(5000)), "made a new connection");
    await link.write(encode("x"), true, within(5000));
    assert.equal(instrument.connections, 2);
  }
});

Deno.test("openSocket() recovers by a new connection, where no late answer comes", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.send(`greeting ${peer.number}`);
    await peer.line();
  });
  await using link = await connect(instrument.port);
  assert.equal(await text(link, 4), "gree");
  assert.equal(await link.recover(within(5000)), "made a new connection");
  assert.equal(await text(link), "greeting 2");
});

Deno.test("openSocket() recovers by draining until it is quiet", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.line();
    await peer.send("late");
    while (await peer.line() !== undefined) await peer.send("right");
  });
  await using link = await connect(instrument.port, { recovery: "drain", quietTime: 60 });
  await link.write(encode("a\n"), true, within(5000));
  assert.equal(await link.recover(within(5000)), "threw away 4 bytes that came late");
  await link.write(encode("b\n"), true, within(5000));
  assert.equal(await text(link), "right");
  assert.equal(instrument.connections, 1);
});

Deno.test("openSocket() drains without the memory of the read that was late", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.line();
    await peer.send("late");
    await peer.line();
  });
  await using link = await connect(instrument.port, { recovery: "drain", quietTime: 50 });
  const target = new Uint8Array(100);
  await assert.rejects(link.read(target, within(20)), named("TimeoutError"));
  await link.write(encode("now\n"), true, within(5000));
  assert.equal(await link.recover(within(5000)), "threw away 4 bytes that came late");
  assert.equal(target[0], 0, "the memory is the caller's again");
});

Deno.test("openSocket() gives up draining an instrument that never falls silent", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    while (true) await peer.send("noise".repeat(1000));
  });
  await using link = await connect(instrument.port, { recovery: "drain", quietTime: 10_000 });
  await assert.rejects(link.recover(within(40)), named("TimeoutError", /drain TEST/));
});

Deno.test("openSocket() throws away what came unasked, at once", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.send("hello");
    while (await peer.line() !== undefined) await peer.send("answer");
  });
  await using link = await connect(instrument.port);
  assert.equal(await text(link, 1), "h");
  assert.equal(link.discard?.(), 4);
  assert.equal(link.discard?.(), 0);
  await link.write(encode("a\n"), true, within(5000));
  assert.equal(await text(link), "answer");
});

Deno.test("openSocket() stays closed when it is closed while it recovers", async () => {
  await using instrument = silentInstrument();
  const link = await connect(instrument.port);
  const recovering = assert.rejects(link.recover(within(5000)), named("LinkError"));
  await link[Symbol.asyncDispose]();
  await recovering;
  assert.equal(link.alive, false);
});
