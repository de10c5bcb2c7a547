import assert from "node:assert/strict";
import type { DeviceEvent } from "../../devices/device.ts";
import { open, release } from "../../devices/open.ts";
import { serialPath } from "../../devices/transports/serial_name.ts";
import { serial, simulated, socket, visa } from "../../devices/visa.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { named, tcpInstrument } from "./_tcp_instrument.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("visa() needs no more than its instrument's address from Deno", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["TCPIP::10.0.0.5::5025::SOCKET", ["10.0.0.5:5025"]],
    ["TCPIP::[::1]::5025::SOCKET", ["[::1]:5025"]],
    ["TCPIP::Scope.lab::hislip0", ["scope.lab:4880"]],
    ["TCPIP::10.0.0.5::hislip0,14880", ["10.0.0.5:14880"]],
    ["TCPIP::10.0.0.5::inst0", ["10.0.0.5"]],
  ];
  for (const [name, net] of table) assert.deepEqual(visa(name).permissions, { net }, name);
  const adapter = "PRLGX-TCPIP::10.0.0.7::INTFC";
  assert.deepEqual(visa("GPIB::22", { adapter }).permissions, { net: ["10.0.0.7:1234"] });
  const library = "/opt/lib/libgpib.so.0";
  assert.deepEqual(visa("GPIB::22", { gpib: { library } }).permissions, { ffi: [library] });
});

Deno.test("visa() refuses at once what can't be opened", () => {
  assert.throws(() => visa("TCPIP::"), named("SyntaxError", /part 2 must be a host/));
  assert.throws(() => visa("GPIB::INTFC"), named("RangeError", /a board is no instrument/));
  assert.throws(
    () => visa("GPIB::22", { adapter: "PRLGX-TCPIP::h::INTFC", gpib: {} }),
    named("RangeError", /either behind an adapter or on a board/),
  );
  assert.throws(
    () => visa("GPIB::22", { adapter: "ASRL1" }),
    named("RangeError", /must be a Prologix adapter: ASRL1/),
  );
  assert.throws(
    () => visa("TCPIP::me@10.0.0.5::hislip0"),
    named("RangeError", /logs in nowhere: me\. Leave the credentials away/),
  );
  assert.throws(() => socket("a b", 5025), named("SyntaxError", /part 2 must be a host/));
  assert.throws(() => socket("h", 0), named("SyntaxError", /part 3 must be a port/));
});

Deno.test("visa() hands a name to a VISA library as it is", () => {
  const { address, permissions } = visa("PXI0::3-18::INSTR", { library: "/usr/lib/libvisa.so" });
  assert.equal(address, "PXI0::3-18::INSTR");
  assert.deepEqual(permissions, { ffi: ["/usr/lib/libvisa.so"] });
});

Deno.test("serial() needs the system's own library only", () => {
  for (
    const definition of [
      serial("/dev/ttyUSB0", { baudRate: 19_200 }),
      visa("ASRL/dev/ttyUSB0"),
      visa("GPIB::3", { adapter: "PRLGX-ASRL::/dev/ttyUSB0::INTFC" }),
    ]
  ) {
    assert.deepEqual(Object.keys(definition.permissions ?? {}), ["ffi"]);
    assert.ok(definition.permissions?.ffi?.every((path) => /^(?:\/|C:)/.test(path)));
  }
  assert.equal(serial("/dev/ttyUSB0").address, "ASRL/dev/ttyUSB0::INSTR");
  assert.equal(serial("com3").address, "ASRLCOM3::INSTR");
  assert.throws(() => serial("a::b"), named("SyntaxError", /part 2 must be INSTR/));
});

Deno.test("serialPath() turns VISA's numbers into the system's names", () => {
  assert.equal(serialPath(1, "linux"), "/dev/ttyS0");
  assert.equal(serialPath(3, "windows"), "COM3");
  assert.equal(serialPath("/dev/ttyUSB0", "darwin"), "/dev/ttyUSB0");
  assert.throws(() => serialPath(1, "darwin"), named("RangeError", /no such number on darwin/));
  assert.throws(() => serialPath(0, "linux"), named("RangeError", /no such number on linux/));
});

Deno.test("socket() names its instrument as VISA does", () => {
  assert.equal(socket("10.0.0.5", 5025).address, "TCPIP0::10.0.0.5::5025::SOCKET");
  assert.equal(socket("::1", 5025).address, "TCPIP0::[::1]::5025::SOCKET");
  assert.equal(socket("[::1]", 5025).address, "TCPIP0::[::1]::5025::SOCKET");
  assert.equal(socket("h", 1).simulate, undefined);
});

Deno.test("open() opens an instrument, reports what happens to it and closes it", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      if (line === "DIE?") return;
      if (line !== "SILENT?") await peer.send("ACME,1,0,0\n");
    }
  });
  const events: DeviceEvent[] = [];
  const dmm = await open(socket("127.0.0.1", instrument.port, { log: true }), {
    report: (event) => events.push(event),
  });
  assert.equal(await dmm.query("*IDN?"), "ACME,1,0,0");
  await assert.rejects(dmm.query("SILENT?", { timeout: "20ms" }), named("TimeoutError"));
  assert.equal(await dmm.query("*IDN?"), "ACME,1,0,0");
  await assert.rejects(dmm.query("DIE?"), named("LinkError"));
  assert.equal(await dmm.query("*IDN?"), "ACME,1,0,0");
  await release(dmm);
  await assert.rejects(dmm.query("*IDN?"), named("LinkError", /was closed/));
  const other = events.filter(({ kind }) => kind !== "traffic");
  assert.deepEqual(other.map(({ kind, level }) => [kind, level]), [
    ["recovered", "warning"],
    ["lost", "warning"],
    ["reopened", "warning"],
    ["gap", "warning"],
  ]);
  const traffic = events.filter(({ kind }) => kind === "traffic").map(({ message }) => message);
  assert.deepEqual(traffic.slice(0, 3), [
    String.raw`write "*IDN?\n"`,
    String.raw`read "ACME,1,0,0\n"`,
    String.raw`write "SILENT?\n"`,
  ]);
  assert.equal(events[0]?.level, "debug");
  assert.equal(events[0]?.data?.["length"], 6);
  assert.equal(instrument.connections, 3);
});

Deno.test("a lost link stays lost with reopen: false", async () => {
  await using instrument = tcpInstrument(() => Promise.resolve());
  await using dmm = await open(socket("127.0.0.1", instrument.port, { reopen: false }));
  await assert.rejects(dmm.query("A?"), named("LinkError"));
  await assert.rejects(dmm.query("A?"), named("LinkError"));
  assert.equal(instrument.connections, 1);
});

Deno.test("simulate stands in for the instrument, on the context's clock and under its name", async () => {
  const clock = new VirtualClock();
  const definition = visa("TCPIP::10.0.0.5::hislip0", {
    latency: "100ms",
    simulate: ({ name }) => ({ receive: () => encode(`${name}\n`) }),
  });
  const context = {
    name: "dmm",
    clock,
    signal: new AbortController().signal,
    report: () => {},
  };
  const session = await definition.simulate?.(context);
  assert.ok(session !== undefined);
  assert.equal(session.resource, "TCPIP0::10.0.0.5::hislip0::INSTR");
  assert.equal(await session.query("*IDN?"), "dmm");
  assert.equal(clock.monotonic(), 100);
  await session.close();
});

Deno.test("simulated() is the same in an experiment and in a dry run", async () => {
  const definition = simulated({ receive: (message) => message });
  await using session = await open(definition);
  assert.equal(await session.query("a"), "a");
  assert.equal(definition.permissions, undefined);
  assert.ok(definition.simulate !== undefined);
});

Deno.test("open() takes a resource name, with all options of a device and of its opening", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      await peer.send(`${line.toLowerCase()};`);
    }
  });
  const events: DeviceEvent[] = [];
  await using dmm = await open(`TCPIP::127.0.0.1::${instrument.port}::SOCKET`, {
    readTerminator: ";",
    log: true,
    report: (event) => events.push(event),
  });
  assert.equal(await dmm.query("A?"), "a?");
  assert.equal(events.length, 2);
  await assert.rejects(open("TCPIP::"), named("SyntaxError", /part 2 must be a host/));
});
