import assert from "node:assert/strict";
import fc from "fast-check";
import { RpcClient } from "../../../../devices/transports/rpc/client.ts";
import { getPort, servePortmapper } from "../../../../devices/transports/rpc/portmapper.ts";
import { type RpcConnection, serveRpc } from "../../../../devices/transports/rpc/server.ts";
import { XdrWriter } from "../../../../devices/transports/rpc/xdr.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { serveVxi11 } from "../../../../devices/transports/vxi11/mod.ts";

const hostname = "127.0.0.1";
const soon = () => ({ deadline: performance.now() + 20_000 });
const at = (port: number) => ({ hostname, port, resource: "R", clock: systemClock });

function serve(connect: () => RpcConnection) {
  return serveRpc({ hostname, port: 0, program: 7, version: 3, mostBytes: 1000, connect });
}

/** Doubles a number; procedure 2 says nothing, 3 never ends. */
const doubler = (): RpcConnection => ({
  call: (procedure, reader) => {
    if (procedure === 1) return new XdrWriter().u32(reader.u32() * 2);
    if (procedure === 2) return undefined;
    return procedure === 3 ? new Promise(() => {}) : 3;
  },
});

function call(client: RpcClient, procedure: number, value?: number, where = {}): Promise<number> {
  return client.call({
    program: 7,
    version: 3,
    ...where,
    procedure,
    doing: "double",
    put: (writer) => value === undefined ? undefined : writer.u32(value),
    take: (reader) => reader.left > 0 ? reader.u32() : -1,
  }, soon());
}

Deno.test("serveRpc() answers calls, and refuses what it hasn't", async () => {
  await using server = serve(doubler);
  await using client = await RpcClient.connect(at(server.port), soon());
  assert.equal(await call(client, 1, 21), 42);
  assert.equal(await call(client, 0), -1);
  await assert.rejects(call(client, 9), /have that procedure/);
  await assert.rejects(call(client, 1, 1, { program: 8 }), /have that program/);
  await assert.rejects(call(client, 1, 1, { version: 2 }), /have that version/);
  await assert.rejects(call(client, 1), /arguments to be garbage/);
  assert.equal(await call(client, 1, 1), 2);
});

Deno.test("RpcClient takes calls that come at once one after the other", async () => {
  await using server = serve(doubler);
  await using client = await RpcClient.connect(at(server.port), soon());
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => call(client, 1, i)));
  assert.deepEqual(answers, Array.from({ length: 50 }, (_, i) => 2 * i));
});

Deno.test("RpcClient throws away the reply to a call that was given up, and the next one is its own", async () => {
  await using server = serve(doubler);
  await using client = await RpcClient.connect(at(server.port), soon());
  let taken = 0;
  for (let i = 0; i < 20; i++) {
    const giveUp = new AbortController();
    const given = client.call({
      program: 7,
      version: 3,
      procedure: 1,
      doing: "double",
      put: (writer) => writer.u32(i),
      take: () => taken++,
    }, { ...soon(), signal: giveUp.signal });
    giveUp.abort(new Error("enough"));
    await assert.rejects(given, /enough/);
    assert.equal(await call(client, 1, 100 + i), 2 * (100 + i));
  }
  assert.equal(taken, 0);
});

Deno.test("RpcClient begins no call whose deadline has passed", async () => {
  await using server = serve(doubler);
  await using client = await RpcClient.connect(at(server.port), soon());
  const late = client.call(
    { program: 7, version: 3, procedure: 3, doing: "double", take: () => 0 },
    { deadline: 0 },
  );
  await assert.rejects(late, { name: "TimeoutError" });
  assert.equal(client.busy, false);
  assert.equal(await call(client, 1, 21), 42);
});

Deno.test("RpcClient sends long arguments and short ones in turn", async () => {
  const counter = (): RpcConnection => ({
    call: (_procedure, reader) => new XdrWriter().u32(reader.opaque(1e6).length),
  });
  await using server = serveRpc({
    hostname,
    port: 0,
    program: 7,
    version: 3,
    mostBytes: 200_000,
    connect: counter,
  });
  await using client = await RpcClient.connect(at(server.port), soon());
  for (const size of [1, 100, 100_000, 3, 257, 256, 0, 100_000, 8]) {
    const data = new Uint8Array(size).fill(7);
    const got = await client.call({
      program: 7,
      version: 3,
      procedure: 1,
      doing: "count",
      room: size + 8,
      put: (writer) => writer.opaque(data),
      take: (reader) => reader.u32(),
    }, soon());
    assert.equal(got, size);
  }
});

Deno.test("serveRpc() answers calls of another RPC version with a denial", async () => {
  await using server = serve(doubler);
  using conn = await Deno.connect({ hostname, port: server.port });
  await conn.write(
    Uint8Array.fromHex(`80000028${"00000009"}00000000${"00000003"}${"00".repeat(28)}`),
  );
  const chunk = new Uint8Array(100);
  const count = await conn.read(chunk) ?? 0;
  assert.equal(
    chunk.subarray(0, count).toHex(),
    "80000018" + "00000009" + "00000001" + "00000001" + "00000000" + "00000002" + "00000002",
  );
});

Deno.test("serveRpc() answers calls that come in one piece in their order", async () => {
  await using server = serve(() => ({
    call: async (_, reader) => {
      const value = reader.u32();
      await new Promise((resolve) => setTimeout(resolve, 3 - value));
      return new XdrWriter().u32(value);
    },
  }));
  using conn = await Deno.connect({ hostname, port: server.port });
  const one = (n: number) =>
    `8000002c0000000${n}00000000000000020000000700000003000000010000000000000000` +
    `00000000000000000000000${n}`;
  await conn.write(Uint8Array.fromHex(one(1) + one(2) + one(3)));
  let got = "";
  const chunk = new Uint8Array(300);
  while (got.length < 3 * 64) got += chunk.subarray(0, await conn.read(chunk) ?? 0).toHex();
  const reply = (n: number) =>
    `8000001c0000000${n}0000000100000000000000000000000000000000` + `0000000${n}`;
  assert.equal(got, reply(1) + reply(2) + reply(3));
});

Deno.test("serveRpc() notices a client that goes while its call is carried out", async () => {
  const ended = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<undefined>();
  await using server = serve(() => ({
    call: () => {
      began.resolve();
      return finish.promise;
    },
    ended: () => ended.resolve(),
  }));
  const client = await RpcClient.connect(at(server.port), soon());
  const calling = assert.rejects(call(client, 1, 1), { name: "LinkError" });
  await began.promise;
  await client[Symbol.asyncDispose]();
  await calling;
  await ended.promise;
  finish.resolve(undefined);
});

Deno.test("serveRpc() closes a connection that sends what is no call, or too much", async () => {
  for (const bytes of ["80000004000000ff", "80000008000000ff00000001", "ffffffff", "000003e9"]) {
    await using server = serve(doubler);
    using conn = await Deno.connect({ hostname, port: server.port });
    await conn.write(Uint8Array.fromHex(bytes));
    assert.equal(await conn.read(new Uint8Array(1)), null, bytes);
    await using client = await RpcClient.connect(at(server.port), soon());
    assert.equal(await call(client, 1, 3), 6);
  }
});

Deno.test("serveRpc() has no more connections than it may", async () => {
  await using server = serveRpc({
    hostname,
    port: 0,
    program: 7,
    version: 3,
    mostBytes: 1000,
    mostConnections: 1,
    connect: doubler,
  });
  await using first = await RpcClient.connect(at(server.port), soon());
  assert.equal(await call(first, 1, 1), 2);
  await using second = await RpcClient.connect(at(server.port), soon());
  await assert.rejects(call(second, 1, 1), { name: "LinkError" });
});

Deno.test("getPort() finds what servePortmapper() knows, and nothing else", async () => {
  const mappings = [{ program: 7, version: 3, port: 1234 }];
  await using server = servePortmapper({ hostname, port: 0, mappings });
  assert.equal(await getPort(at(server.port), 7, 3, soon()), 1234);
  const none = { name: "LinkError", message: /names port 0 for the program 0x8/ };
  await assert.rejects(getPort(at(server.port), 8, 3, soon()), none);
  await assert.rejects(getPort(at(server.port), 7, 1, soon()), { name: "LinkError" });
});

Deno.test("serveVxi11() bears any bytes on all its ports", async () => {
  await using server = serveVxi11({ receive: (message) => message }, { portmapperPort: 0 });
  const { core, abort, portmapper = 0 } = server.ports;
  const proc = fc.constantFrom(...Array.from({ length: 32 }, (_, i) => i));
  const program = fc.constantFrom(0x0607AF, 0x0607B0, 100000);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(core, abort, portmapper),
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc.tuple(program, proc, fc.uint8Array({ maxLength: 60 })).map(([program, proc, args]) => {
            const writer = new XdrWriter().u32(0).u32(1).u32(0).u32(2).u32(program).u32(1).u32(proc)
              .zeros(16).raw(args);
            return writer.patch(0, (0x80000000 | (writer.length - 4)) >>> 0).bytes().slice();
          }),
        ),
        { maxLength: 5 },
      ),
      async (port, messages) => {
        using conn = await Deno.connect({ hostname, port });
        for (const message of messages) {
          try {
            await conn.write(message);
          } catch {
            // The server has closed it already, as it may.
          }
        }
      },
    ),
    { numRuns: 100 },
  );
  assert.equal(await getPort(at(portmapper), 0x0607AF, 1, soon()), core);
});
