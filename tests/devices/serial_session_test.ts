import assert from "node:assert/strict";
import { open } from "../../devices/open.ts";
import { SerialSession } from "../../devices/serial_session.ts";
import { overlaid } from "../../devices/transports/overlaid.ts";
import { openSimulated } from "../../devices/transports/simulated.ts";
import type { Io } from "../../devices/transports/transport.ts";
import { serial } from "../../devices/visa.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { needs } from "../_needs.ts";
import { Echo, echoOverTcp } from "./_buses.ts";
import { named } from "./_tcp_instrument.ts";
import { bridge } from "./transports/serial/_socat.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("SerialSession has the line's signals, each in its turn among the messages", async () => {
  const clock = new VirtualClock();
  const did: string[] = [];
  const responder = {
    receive(message: Uint8Array) {
      did.push(new TextDecoder().decode(message));
      return encode("ok");
    },
  };
  const plain = openSimulated({ responder, clock, latency: 100 });
  const line = overlaid(plain, {
    modemLines: () => ({ dtr: true, rts: false, cts: true, dsr: false, cd: false, ri: false }),
    setLines: (lines: object) => void did.push(JSON.stringify(lines)),
    sendBreak: (ms: number, { deadline }: Io) => {
      did.push(`break ${ms} until ${deadline}`);
      return Promise.resolve();
    },
    drain: () => Promise.resolve(),
    lineErrors: () => ({ framing: 1, parity: 2, overrun: 3, bufferOverrun: 4, breaks: 5 }),
  });
  await using session = new SerialSession(line, { clock });
  const [, , , lines, errors] = await Promise.all([
    session.query("A?"),
    session.setLines({ dtr: false }),
    session.sendBreak("20ms", { timeout: "3s" }),
    session.modemLines(),
    session.lineErrors(),
    session.query("B?"),
    session.drain(),
  ]);
  assert.equal(lines.cts, true);
  assert.equal(errors.overrun, 3);
  assert.deepEqual(did, ["A?", '{"dtr":false}', "break 20 until 3100", "B?"]);
});

Deno.test("SerialSession says so where a link has no such signals", async () => {
  await using session = new SerialSession(
    openSimulated({ responder: { receive: encode as never } }),
  );
  await assert.rejects(session.modemLines(), named("UnsupportedError", /signals of a serial line/));
});

Deno.test("a simulated serial port keeps its lines as they are set", async () => {
  const clock = new VirtualClock();
  const definition = serial("/dev/ttyUSB0", {
    simulate: { receive: (message) => message },
    setup: (session) => session.setLines({ rts: false }),
  });
  assert.ok(definition.simulate !== undefined);
  const signal = new AbortController().signal;
  const session = await definition.simulate({ name: "a", clock, signal, report: () => {} });
  await session.sendBreak("1s");
  assert.equal(clock.monotonic(), 1000);
  const { dtr, rts } = await session.modemLines();
  assert.deepEqual({ dtr, rts }, { dtr: true, rts: false });
  assert.equal(await session.query("a"), "a");
  await session.close();
});

Deno.test({
  ...needs("socat", ["-V"]),
  name: "serial() gives a session with the line's signals, which a pseudo terminal lacks",
  async fn() {
    await using instrument = echoOverTcp(new Echo());
    await using line = await bridge(instrument.port);
    await using session = await open(serial(line.path, { timeout: "20s" }));
    await assert.rejects(session.modemLines(), named("UnsupportedError"));
    await assert.rejects(session.setLines({ dtr: true }), named("UnsupportedError"));
    await session.sendBreak("5ms");
    await session.drain();
    assert.equal(session.state, "open");
    assert.equal(await session.query("ECHO? on"), "on");
  },
});
