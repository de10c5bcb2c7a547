import assert from "node:assert/strict";
import type { Responder } from "../../../devices/transports/responder.ts";
import { openSimulated } from "../../../devices/transports/simulated.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { named, within } from "../_tcp_instrument.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const soon = { deadline: 1e6 };

/** A link on virtual time, and what its instrument received. */
function link(responder: Partial<Responder> = {}, latency = 0) {
  const clock = new VirtualClock();
  const received: string[] = [];
  const transport = openSimulated({
    responder: {
      receive(message) {
        received.push(decode(message));
        return encode(`<${decode(message)}>`);
      },
      ...responder,
    },
    resource: "TEST",
    clock,
    latency,
  });
  return { transport, clock, received };
}

Deno.test("openSimulated() hands whole messages on, without their newline", async () => {
  const { transport, received } = link();
  for (const message of ["a\n", "b\r\n", "c", "d\n\n", "\r\n"]) {
    await transport.write(encode(message), true, soon);
  }
  await transport.write(encode("e"), false, soon);
  await transport.write(encode("f\n"), true, soon);
  const target = new Uint8Array(100);
  for (let i = 0; i < 6; i++) await transport.read(target, soon);
  assert.deepEqual(received, ["a", "b", "c", "d\n", "", "ef"]);
});

Deno.test("openSimulated() marks the last byte of an answer with END, after the latency", async () => {
  const { transport, clock } = link({}, 25);
  await transport.write(encode("abc"), true, soon);
  const target = new Uint8Array(3);
  assert.deepEqual(await transport.read(target, soon), { count: 3, end: false });
  assert.equal(clock.monotonic(), 25);
  assert.deepEqual(await transport.read(target, soon), { count: 2, end: true });
  assert.equal(decode(target.subarray(0, 2)), "c>");
});

Deno.test("openSimulated() times out, is given up and is closed while it reads", async () => {
  const { transport, clock } = link({ receive: () => undefined });
  await transport.write(encode("a"), true, soon);
  const target = new Uint8Array(3);
  await assert.rejects(transport.read(target, { deadline: 500 }), named("TimeoutError", /500 ms/));
  assert.equal(clock.monotonic(), 500);
  const stop = new AbortController();
  const read = transport.read(target, { ...soon, signal: stop.signal });
  stop.abort(new Error("no"));
  await assert.rejects(read, { message: "no" });
  const waiting = assert.rejects(transport.read(target, soon), named("LinkError", /was closed/));
  await transport[Symbol.asyncDispose]();
  await waiting;
  await transport[Symbol.asyncDispose]();
  assert.equal(transport.alive, false);
});

Deno.test("openSimulated() recovers by clearing: answers to what came before are nobody's", async () => {
  const answer = Promise.withResolvers<Uint8Array>();
  let slow = true;
  let cleared = 0;
  const { transport } = link({
    receive: () => slow ? answer.promise : encode("right"),
    clear: () => void cleared++,
  });
  await transport.write(encode("slow?"), true, soon);
  assert.equal(await transport.recover(soon), "cleared the simulated instrument");
  slow = false;
  answer.resolve(encode("late"));
  await transport.write(encode("fast?"), true, soon);
  const target = new Uint8Array(10);
  const { count } = await transport.read(target, soon);
  assert.equal(decode(target.subarray(0, count)), "right");
  assert.equal(cleared, 1);
});

Deno.test("openSimulated() is lost when its instrument throws, with the cause", async () => {
  const cause = new Error("out of helium");
  const { transport } = link({
    receive() {
      throw cause;
    },
  });
  await transport.write(encode("a"), true, soon);
  await assert.rejects(transport.read(new Uint8Array(1), soon), (error: Error) => {
    assert.equal(error.name, "LinkError");
    assert.equal(error.cause, cause);
    return true;
  });
  assert.equal(transport.alive, false);
});

Deno.test("openSimulated() adds to the status byte that an answer waits", async () => {
  const { transport } = link({ statusByte: () => 0x41 });
  assert.equal(await transport.readStatusByte?.(soon), 0x41);
  await transport.write(encode("a"), true, soon);
  await Promise.resolve();
  assert.equal(await transport.readStatusByte?.(soon), 0x51);
  assert.equal(transport.discard?.(), 3);
  assert.equal(await transport.readStatusByte?.(soon), 0x41);
});

Deno.test("openSimulated() says which part its instrument lacks", async () => {
  const { transport } = link();
  for (
    const [call, part] of [
      [() => transport.readStatusByte?.(soon), /a statusByte\(\)/],
      [() => transport.trigger?.(soon), /a trigger\(\)/],
      [() => transport.onServiceRequest?.(() => {}, soon), /an onServiceRequest\(\)/],
    ] as const
  ) await assert.rejects(async () => await call(), named("UnsupportedError", part));
});

Deno.test("openSimulated() ends its service requests when it is closed", async () => {
  let listening = 0;
  const { transport } = link({
    onServiceRequest() {
      listening++;
      return { [Symbol.dispose]: () => void listening-- };
    },
  });
  const first = await transport.onServiceRequest?.(() => {}, soon);
  await transport.onServiceRequest?.(() => {}, soon);
  await first?.[Symbol.asyncDispose]();
  assert.equal(listening, 1);
  await transport[Symbol.asyncDispose]();
  assert.equal(listening, 0);
});

Deno.test("openSimulated() works on the system's clock by itself", async () => {
  await using transport = openSimulated({ responder: { receive: (message) => message } });
  assert.equal(transport.resource, "SIM0::INSTR");
  await transport.write(encode("hi"), true, within(1000));
  assert.deepEqual(await transport.read(new Uint8Array(9), within(1000)), { count: 2, end: true });
});
