import assert from "node:assert/strict";
import {
  type DiscoveryEvent,
  identify,
  type IdentifyOptions,
  type IdentityEvent,
} from "../../../devices/discovery/mod.ts";
import type { FinderName } from "../../../devices/discovery/mod.ts";
import { serveHislip } from "../../../devices/transports/hislip/mod.ts";
import { openSerial } from "../../../devices/transports/serial/mod.ts";
import { serveSerial } from "../../../devices/transports/serial/server.ts";
import { serveVxi11 } from "../../../devices/transports/vxi11/mod.ts";
import { needs } from "../../_needs.ts";
import { Instrument } from "../transports/vxi11/_instrument.ts";
import { withStandin } from "../transports/visa_library/_standin.ts";

async function* found(
  resources: readonly string[],
  finder: FinderName = "mdns",
): AsyncGenerator<DiscoveryEvent, void, void> {
  for (const resource of resources) {
    await Promise.resolve();
    yield { kind: "found", resource: { resource, ways: [{ finder, how: "a" }] } };
  }
}

/** What each resource has come to. */
async function ask(
  events: AsyncIterable<DiscoveryEvent>,
  options: IdentifyOptions = {},
): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  for await (const event of identify(events, { timeout: "20s", ...options })) {
    if (event.kind !== "identified") continue;
    said[event.resource] = "answer" in event ? event.answer : `! ${event.error}`;
  }
  return said;
}

Deno.test("identify() asks what was found, and passes on what it hears", async () => {
  await using vxi11 = serveVxi11(new Instrument());
  const echo = { receive: (message: Uint8Array) => message };
  await using hislip = serveHislip(() => echo, { port: 0 });
  const one = `TCPIP0::127.0.0.1,${vxi11.ports.core}::inst0::INSTR`;
  const two = `TCPIP0::127.0.0.1::hislip0,${hislip.port}::INSTR`;
  const events: (DiscoveryEvent | IdentityEvent)[] = [];
  for await (const event of identify(found([one, two]))) events.push(event);
  const told = events.map((event) => event.kind === "found" ? event.resource.resource : event);
  assert.deepEqual(told.slice(0, 2), [one, two]);
  assert.deepEqual(told.slice(2), [
    { kind: "identified", resource: one, answer: "ACME,42,0,1.0" },
    { kind: "identified", resource: two, answer: "*IDN?" },
  ]);
});

Deno.test("identify() says of each instrument why there is no answer, and goes on", async () => {
  const silent = new Instrument();
  silent.answers.set("*IDN?", () => new Promise(() => {}));
  await using deaf = serveVxi11(silent);
  await using good = serveVxi11(new Instrument(), { hostname: "127.0.0.2" });
  using closed = Deno.listen({ hostname: "127.0.0.3", port: 0 });
  const { port } = closed.addr;
  closed.close();
  const names = [
    `TCPIP0::127.0.0.1,${deaf.ports.core}::inst0::INSTR`,
    `TCPIP0::127.0.0.3::${port}::SOCKET`,
    `TCPIP0::127.0.0.2,${good.ports.core}::inst0::INSTR`,
  ];
  const [first = "", second = "", third = ""] = names;
  const said = await ask(found(names), { timeout: "1s", concurrency: 1 });
  assert.match(said[first] ?? "", /^! Cannot .* no answer came within/);
  assert.match(said[second] ?? "", /^! Cannot connect .*Connection refused/);
  assert.equal(said[third], "ACME,42,0,1.0");
});

Deno.test("identify() leaves alone what takes no messages, and serial ports unless told their rate", async () => {
  const names = [
    "ASRL/nowhere/ttyUSB0::INSTR",
    "GPIB0::INTFC",
    "USB0::0x0957::0x1796::MY5::RAW",
    "PXI0::3::INSTR",
  ];
  assert.deepEqual(await ask(found(names)), {});
  const said = await ask(found(names), { baudRate: 9600 });
  assert.deepEqual(Object.keys(said), ["ASRL/nowhere/ttyUSB0::INSTR"]);
  assert.match(said["ASRL/nowhere/ttyUSB0::INSTR"] ?? "", /^! Cannot open/);
});

Deno.test({
  ignore: Deno.build.os !== "linux",
  name:
    "identify() writes nothing to a serial port that somebody has, and asks one that nobody has",
  async fn() {
    const instrument = new Instrument();
    await using server = serveSerial(instrument);
    const name = `ASRL${server.path}::INSTR`;
    {
      await using _holder = await openSerial(server.path);
      const said = await ask(found([name], "serial"), { baudRate: 9600 });
      assert.match(said[name] ?? "", /^! Cannot open .*has it open already/);
    }
    assert.deepEqual(instrument.received, []);
    assert.deepEqual(await ask(found([name], "serial"), { baudRate: 9600 }), {
      [name]: "ACME,42,0,1.0",
    });
  },
});

Deno.test("identify() asks one instrument of a host at a time, and no more at once than it may", async () => {
  let running = 0;
  let most = 0;
  const slow = new Instrument();
  const servers = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3"].map((hostname) =>
    serveVxi11(slow, { hostname })
  );
  await using stack = new AsyncDisposableStack();
  const names = servers.map((server, index) => {
    stack.use(server);
    const host = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3"][index];
    return `TCPIP0::${host},${server.ports.core}::inst0::INSTR`;
  });
  const [one, two] = names;
  const order: string[] = [];
  slow.answers.set("*IDN?", async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running--;
    return new TextEncoder().encode("X\n");
  });
  for await (const event of identify(found(names), { timeout: "20s", concurrency: 2 })) {
    if (event.kind === "identified") order.push(event.resource);
  }
  assert.equal(order.length, 4);
  assert.ok(order.indexOf(one ?? "") < order.indexOf(two ?? ""));
  assert.equal(most, 2);
});

Deno.test("identify() ends at once with its signal, or when the loop over it is left", async () => {
  const silent = new Instrument();
  const asked = Promise.withResolvers<void>();
  silent.answers.set("*IDN?", () => {
    asked.resolve();
    return new Promise(() => {});
  });
  await using server = serveVxi11(silent);
  const name = `TCPIP0::127.0.0.1,${server.ports.core}::inst0::INSTR`;
  const stop = new AbortController();
  void asked.promise.then(() => stop.abort());
  const said = await ask(found([name]), { timeout: "1h", signal: stop.signal });
  assert.deepEqual(said, { [name]: "! The search was ended first." });
  for await (const _event of identify(found([name]), { timeout: "1h" })) break;
});

Deno.test("identify() refuses to ask none at once", () => {
  assert.throws(() => identify(found([]), { concurrency: 0 }), {
    name: "RangeError",
    message: /must be 1 or more: 0\./,
  });
});

Deno.test("identify() hands on what went wrong in the search", async () => {
  const events = (async function* (): AsyncGenerator<DiscoveryEvent, void, void> {
    yield* found(["GPIB0::INTFC"]);
    throw new Error("it broke");
  })();
  await assert.rejects(ask(events), /it broke/);
});

Deno.test({
  ...needs("gcc"),
  name: "identify() goes through the VISA library to what only that has found",
  async fn() {
    await withStandin(async (library) => {
      const said = await ask(found(["GPIB0::5::INSTR"], "visa"), { library });
      assert.match(said["GPIB0::5::INSTR"] ?? "", /^[^!]/);
    });
  },
});
