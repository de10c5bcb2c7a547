import assert from "node:assert/strict";
import { MessageSession } from "../../../devices/message_session.ts";
import type { Responder } from "../../../devices/transports/responder.ts";
import { openSimulated } from "../../../devices/transports/simulated.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function sessionOf(responder: Responder, clock = systemClock): MessageSession {
  return new MessageSession(openSimulated({ responder, resource: "TEST", clock }), { clock });
}

/** An instrument that requests service when it is sent `SRQ`. */
function requesting() {
  const listeners = new Set<(statusByte: number) => void>();
  let statusByte = 0;
  const responder: Responder = {
    receive(message) {
      if (decode(message) === "SRQ") {
        statusByte |= 0x40;
        for (const listener of listeners) listener(0x60);
      }
      return decode(message).endsWith("?") ? encode("1") : undefined;
    },
    statusByte() {
      const now = statusByte;
      statusByte = 0;
      return now;
    },
    onServiceRequest(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
  return { responder, listeners };
}

Deno.test("serviceRequests() gives each request, holds no lock and ends with the session", async () => {
  const { responder, listeners } = requesting();
  const session = sessionOf(responder);
  const requests = session.serviceRequests();
  const seen: (number | undefined)[] = [];
  const loop = (async () => {
    for await (const statusByte of requests) seen.push(statusByte);
  })();
  await session.write("SRQ");
  await session.write("SRQ");
  assert.equal(await session.query("A?"), "1");
  assert.deepEqual(seen, [0x60, 0x60]);
  const second = session.serviceRequests();
  await session.write("SRQ");
  for await (const statusByte of second) {
    assert.equal(statusByte, 0x60);
    break;
  }
  assert.equal(listeners.size, 1, "leaving the loop ends the subscription");
  await session.close();
  await loop;
  assert.equal(listeners.size, 0);
});

Deno.test("serviceRequests() ends with the signal's reason", async () => {
  const { responder, listeners } = requesting();
  await using session = sessionOf(responder);
  const stop = new AbortController();
  const requests = session.serviceRequests({ signal: stop.signal });
  await session.query("A?");
  const next = assert.rejects(requests.next(), { message: "enough" });
  stop.abort(new Error("enough"));
  await next;
  await requests.return();
  assert.equal(listeners.size, 0);
});

Deno.test("serviceRequests() polls the status byte where it is asked to", async () => {
  const clock = new VirtualClock();
  const { responder } = requesting();
  const session = sessionOf(responder, clock);
  const requests = session.serviceRequests({ poll: "100ms" });
  await session.write("SRQ");
  assert.deepEqual(await requests.next(), { done: false, value: 0x40 });
  const next = requests.next();
  await session.close();
  assert.deepEqual(await next, { done: true, value: undefined });
});

Deno.test("serviceRequests() goes on with the link that takes the place of a lost one", async () => {
  const first = requesting();
  const second = requesting();
  const link = openSimulated({ responder: first.responder });
  await using session = new MessageSession(link, {
    reopen: () => Promise.resolve(openSimulated({ responder: second.responder })),
  });
  const requests = session.serviceRequests();
  await session.query("A?");
  await link[Symbol.asyncDispose]();
  await session.query("A?");
  assert.deepEqual([first.listeners.size, second.listeners.size], [0, 1]);
  await session.write("SRQ");
  assert.deepEqual(await requests.next(), { done: false, value: 0x60 });
});
