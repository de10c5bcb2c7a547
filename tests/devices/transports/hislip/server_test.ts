import assert from "node:assert/strict";
import {
  type HislipOptions,
  type HislipServer,
  type HislipServerOptions,
  openHislip,
  serveHislip,
} from "../../../../devices/transports/hislip/mod.ts";
import { encodeMessage, MessageType } from "../../../../devices/transports/hislip/header.ts";
import type { Responder } from "../../../../devices/transports/responder.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { needs } from "../../../_needs.ts";
import { writeAll } from "./_scripted_server.ts";

const text = new TextEncoder();
const plain = new TextDecoder();

function io(ms = 10_000): { deadline: number } {
  return { deadline: systemClock.monotonic() + ms };
}

/** An instrument that says what it heard, with a few words of its own. */
class Echo implements Responder {
  cleared = 0;
  triggered = 0;
  heard: number[] = [];
  readonly listeners = new Set<(statusByte: number) => void>();
  free: PromiseWithResolvers<void> = Promise.withResolvers();

  receive(message: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    this.heard.push(message.length);
    const said = plain.decode(message.subarray(0, 20));
    if (said === "SLOW?") return this.free.promise.then(() => text.encode("slow"));
    if (said === "NEVER?") return new Promise(() => {});
    if (said === "FAULT?") throw new Error("fault");
    if (said.startsWith("BLOCK?")) return message.slice(6);
    return said.endsWith("?") ? message : undefined;
  }

  clear(): void {
    this.cleared++;
  }

  trigger(): void {
    this.triggered++;
  }

  statusByte(): number {
    return 0x44;
  }

  onServiceRequest(listener: (statusByte: number) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }
}

function serve(echo: Echo, options: HislipServerOptions = {}): HislipServer {
  return serveHislip((name) => name.startsWith("hislip") ? echo : undefined, {
    port: 0,
    ...options,
  });
}

function open(server: HislipServer, options: Partial<HislipOptions> = {}): Promise<Transport> {
  return openHislip({ host: "127.0.0.1", port: server.port, ...options });
}

async function answer(link: Transport): Promise<Uint8Array> {
  const target = new Uint8Array(70_000);
  const parts: number[] = [];
  while (true) {
    const { count, end } = await link.read(target, io());
    for (let i = 0; i < count; i++) parts.push(target[i] ?? NaN);
    if (end) return Uint8Array.from(parts);
  }
}

async function query(link: Transport, question: string): Promise<string> {
  await link.write(text.encode(question), true, io());
  return plain.decode(await answer(link));
}

Deno.test("serveHislip() answers, triggers, clears and tells its status", async () => {
  const echo = new Echo();
  await using server = serve(echo);
  await using link = await open(server);
  assert.equal(link.resource, `TCPIP0::127.0.0.1::hislip0,${server.port}::INSTR`);
  for (let i = 0; i < 50; i++) assert.equal(await query(link, `${i}?`), `${i}?`);
  await link.write(text.encode("*RST"), true, io());
  await link.trigger?.(io());
  assert.equal(await query(link, "A?"), "A?");
  assert.equal(echo.triggered, 1);
  assert.equal(await link.readStatusByte?.(io()), 0x44);
  await link.write(text.encode("B?"), true, io());
  while (await link.readStatusByte?.(io()) !== 0x54);
  assert.equal(plain.decode(await answer(link)), "B?");
  await link.clear?.(io());
  assert.equal(echo.cleared, 1);
  await link.setRemote?.(true, io());
  assert.equal(await query(link, "C?"), "C?");
});

Deno.test("blocks pass whole with independent message sizes in each direction", async () => {
  const echo = new Echo();
  await using server = serve(echo, { maximumMessageSize: 1000 });
  await using link = await open(server, { maximumMessageSize: 333 });
  const block = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
  const message = new Uint8Array(block.length + 6);
  message.set(text.encode("BLOCK?"));
  message.set(block, 6);
  await link.write(message, true, io());
  assert.deepEqual(await answer(link), block);
  assert.deepEqual(echo.heard, [300_006]);
});

Deno.test("service requests reach every client that listens", async () => {
  const echo = new Echo();
  await using server = serve(echo);
  await using one = await open(server);
  await using two = await open(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: (number | undefined)[] = [];
  const listen = (statusByte: number | undefined): void => {
    if (seen.push(statusByte) === 2) resolve();
  };
  await using _one = await one.onServiceRequest?.(listen, io());
  await using _two = await two.onServiceRequest?.(listen, io());
  for (const listener of echo.listeners) listener(0x41);
  await promise;
  assert.deepEqual(seen, [0x41, 0x41]);
  assert.equal(server.clients, 2);
});

Deno.test("an answer that is slower than the next message is interrupted", async () => {
  const echo = new Echo();
  await using server = serve(echo);
  await using link = await open(server);
  for (let round = 0; round < 10; round++) {
    echo.free = Promise.withResolvers();
    await link.write(text.encode("SLOW?"), true, io());
    await link.write(text.encode("A?"), true, io());
    while (echo.heard.length <= round * 4) {
      await systemClock.sleepUntil(systemClock.monotonic() + 1);
    }
    echo.free.resolve();
    assert.equal(plain.decode(await answer(link)), "A?");
    // An answer that is there but was not read is interrupted as well.
    await link.write(text.encode("UNREAD?"), true, io());
    while (await link.readStatusByte?.(io()) !== 0x54);
    assert.equal(await query(link, "B?"), "B?");
  }
});

Deno.test("serveHislip() tells both channels of an interruption, and sends no void answer", async () => {
  const echo = new Echo();
  await using server = serve(echo);
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const next = async (conn: Deno.Conn): Promise<number[]> => {
    const header = new Uint8Array(16);
    for (let n = 0; n < 16;) n += await conn.read(header.subarray(n)) ?? NaN;
    for (let left = header[15] ?? 0; left > 0;) {
      left -= await conn.read(new Uint8Array(left)) ?? NaN;
    }
    return [header[2] ?? NaN, new DataView(header.buffer).getUint32(4)];
  };
  using sync = await connect();
  await writeAll(
    sync,
    encodeMessage(MessageType.Initialize, 0, 0x01000000, text.encode("hislip0")),
  );
  const [, session] = await next(sync);
  using async = await connect();
  await writeAll(async, encodeMessage(MessageType.AsyncInitialize, 0, (session ?? 0) & 0xffff));
  assert.equal((await next(async))[0], MessageType.AsyncInitializeResponse);
  await writeAll(sync, encodeMessage(MessageType.DataEnd, 0, 0xffffff00, text.encode("SLOW?")));
  await writeAll(sync, encodeMessage(MessageType.Data, 0, 0xffffff02, text.encode("A")));
  while (echo.heard.length === 0) await systemClock.sleepUntil(systemClock.monotonic() + 1);
  // Its answer tells that what came before it on this channel was seen.
  await writeAll(sync, encodeMessage(MessageType.GetDescriptors, 0, 0));
  assert.equal((await next(sync))[0], MessageType.GetDescriptorsResponse);
  echo.free.resolve();
  assert.deepEqual(await next(sync), [MessageType.Interrupted, 0xffffff02]);
  assert.deepEqual(await next(async), [MessageType.AsyncInterrupted, 0xffffff02]);
  await writeAll(sync, encodeMessage(MessageType.DataEnd, 0, 0xffffff04, text.encode("?")));
  assert.deepEqual(await next(sync), [MessageType.DataEnd, 0xffffff04]);
});

Deno.test("overlap mode keeps all answers in their order", async () => {
  for (const mode of ["overlap", "synchronized"] as const) {
    const echo = new Echo();
    await using server = serve(echo, { mode });
    await using link = await open(server, { mode: "overlap" });
    for (let i = 0; i < 200; i++) await link.write(text.encode(`${i}?`), true, io());
    for (let i = 0; i < 200; i++) assert.equal(plain.decode(await answer(link)), `${i}?`);
    assert.equal(echo.cleared, mode === "overlap" ? 0 : 1);
    await link.recover(io());
    assert.equal(await query(link, "A?"), "A?");
  }
});

Deno.test("a device clear ends what never ends, and what failed is said", async () => {
  const echo = new Echo();
  await using server = serve(echo);
  await using link = await open(server);
  await link.write(text.encode("NEVER?"), true, io());
  await assert.rejects(link.read(new Uint8Array(9), io(20)), { name: "TimeoutError" });
  await link.recover(io());
  await link.write(text.encode("SLOW?"), true, io());
  await assert.rejects(link.read(new Uint8Array(9), io(20)), { name: "TimeoutError" });
  await link.recover(io());
  echo.free.resolve();
  assert.equal(await query(link, "A?"), "A?");
  await assert.rejects(query(link, "FAULT?"), { name: "ProtocolError", message: /unidentified/ });
  assert.equal(await query(link, "A?"), "A?");
});

Deno.test("locks keep other clients out until they are given back or their holder goes", async () => {
  const echo = new Echo();
  await using server = serve(echo);
  await using one = await open(server);
  await using other = await open(server, { subAddress: "hislip1" });
  await using two = await open(server);
  {
    await using three = await open(server);
    await three.lock?.(io());
    await assert.rejects(async () => await three.lock?.(io()), { name: "ProtocolError" });
    await assert.rejects(async () => await one.lock?.(io(30)), {
      name: /LinkError|TimeoutError/,
    });
    assert.equal(one.alive, true);
    await one.write(text.encode("A?"), true, io());
    assert.equal(await query(other, "O?"), "O?");
    assert.equal(await query(three, "B?"), "B?");
    assert.deepEqual(echo.heard, [2, 2]);
  }
  assert.equal(plain.decode(await answer(one)), "A?");
  await one.lock?.({ ...io(), key: "key" });
  await two.lock?.({ ...io(), key: "key" });
  assert.equal(await query(two, "C?"), "C?");
  await two.lock?.(io());
  await one.write(text.encode("D?"), true, io());
  assert.equal(await query(two, "E?"), "E?");
  assert.equal(echo.heard.length, 5);
  await two.unlock?.(io());
  assert.equal(plain.decode(await answer(one)), "D?");
  await two.unlock?.(io());
  await one.unlock?.(io());
  await assert.rejects(async () => await one.unlock?.(io()), { name: "ProtocolError" });
});

Deno.test("serveHislip() refuses what it can't serve, by HiSLIP's own means", async () => {
  await using server = serve(new Echo(), { maximumClients: 1, maximumProgramSize: 100 });
  await assert.rejects(open(server, { subAddress: "gpib7" }), {
    name: "LinkError",
    message: /fatal error 3/,
  });
  await assert.rejects(open(server, { tls: {} }), { message: /offers no secure connection/ });
  await using link = await open(server);
  await assert.rejects(open(server), { name: "LinkError", message: /fatal error 4/ });
  await assert.rejects(query(link, "?".repeat(101)), { message: /4 \(message too large\)/ });
  assert.equal(await query(link, "A?"), "A?");
  const raw: [Uint8Array, number][] = [
    [encodeMessage(MessageType.AsyncInitialize, 0, 999), 3],
    [encodeMessage(MessageType.DataEnd, 0, 0), 3],
    [text.encode("GET / HTTP/1.1\r\n\r\n"), 1],
  ];
  for (const [bytes, code] of raw) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await writeAll(conn, bytes);
    const answer = new Uint8Array(16);
    assert.equal(await conn.read(answer), 16);
    assert.deepEqual([...answer.subarray(0, 4)], [0x48, 0x53, MessageType.FatalError, code]);
  }
});

/** A certificate of its own, which is no authority's: rustls takes no other. */
function makeCertificate(): { cert: string; key: string } {
  const folder = Deno.makeTempDirSync();
  try {
    const { success, stderr } = new Deno.Command("openssl", {
      args: [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`, "-days", "2"],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
      ],
      stdin: "null",
    }).outputSync();
    assert.ok(success, plain.decode(stderr));
    const read = (name: string): string => Deno.readTextFileSync(`${folder}/${name}.pem`);
    return { cert: read("cert"), key: read("key") };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const tlsName = "openHislip() goes over to TLS and checks the certificate";
Deno.test({ ...needs("openssl", ["version"]), name: tlsName, fn: checkTls });

async function checkTls(): Promise<void> {
  const { cert, key } = makeCertificate();
  await using server = serve(new Echo(), { tls: { cert, key }, tlsMandatory: true });
  await assert.rejects(open(server), { message: /Give the option tls/ });
  await assert.rejects(open(server, { tls: {} }), { name: "LinkError", message: /not trusted/ });
  await assert.rejects(open(server, { tls: { caCerts: [cert], hostname: "elsewhere" } }), {
    name: "LinkError",
  });
  await using link = await open(server, { tls: { caCerts: [cert] } });
  assert.equal(await query(link, "A?"), "A?");
  const message = new Uint8Array(200_006).fill(66);
  message.set(text.encode("BLOCK?"));
  await link.write(message, true, io());
  assert.deepEqual(await answer(link), message.subarray(6));
  await link.recover(io());
  assert.equal(await link.readStatusByte?.(io()), 0x44);
  assert.equal(await query(link, "B?"), "B?");
}
