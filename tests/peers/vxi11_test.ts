import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openVxi11, serveVxi11 } from "../../devices/transports/vxi11/mod.ts";
import { needs, needsPython } from "../_needs.ts";
import {
  bytes,
  Instrument,
  query,
  readAll,
  soon,
  until,
} from "../devices/transports/vxi11/_instrument.ts";
import { needsPortmapper, run } from "./_lxi.ts";
import { Recorder } from "./_pcap.ts";

/** Where these tests serve a portmapper; no other file does at this address. */
const LXI_HOST = "127.77.11.1";

Deno.test({
  ...needsPortmapper(LXI_HOST),
  name: "serveVxi11() answers lxi scpi and lxi benchmark",
  fn: async () => {
    const instrument = new Instrument();
    await using _server = serveVxi11(instrument, { hostname: LXI_HOST, portmapperPort: 111 });
    assert.equal(await run("lxi", ["scpi", "--address", LXI_HOST, "*IDN?"]), "ACME,42,0,1.0\n");
    assert.equal(await run("lxi", ["scpi", "--address", LXI_HOST, "VOLT 3"]), "");
    assert.equal(instrument.received.pop(), "VOLT 3");
    const said = await run("lxi", ["benchmark", "--address", LXI_HOST, "--count", "200"]);
    assert.match(said, /Result: \d+\.\d requests\/second/);
    assert.equal(instrument.received.filter((command) => command === "*IDN?").length, 201);
  },
});

const PYVISA = `
import json, sys, pyvisa
from pyvisa import constants
rm = pyvisa.ResourceManager("@py")
name = "TCPIP::127.0.0.1,%s::inst0::INSTR" % sys.argv[1]
one, two = rm.open_resource(name), rm.open_resource(name)
said = {"idn": one.query("*IDN?"), "other": two.query("two?")}
one.write_raw(bytes(range(256)) * 800)
one.chunk_size = 100_000
one.write("block?")
said["block"] = sum(one.read_raw())
said["stb"] = one.read_stb()
one.assert_trigger()
one.clear()
one.lock_excl()
try:
    two.write("x")
    said["locked"] = None
except pyvisa.VisaIOError as error:
    said["locked"] = error.abbreviation
one.unlock()
two.timeout = 50
try:
    two.read()
    said["late"] = None
except pyvisa.VisaIOError as error:
    said["late"] = error.abbreviation
two.timeout = 5000
two.read_termination = "\\n"
two.write("lines?")
said["lines"] = [two.read(), two.read()]
one.close()
two.close()
print(json.dumps(said))
`;

Deno.test({
  ...needsPython("pyvisa_py"),
  name: "serveVxi11() serves pyvisa-py: queries, blocks, status, trigger, clear, locks, time-outs",
  fn: async () => {
    const instrument = new Instrument();
    instrument.status = 0x17;
    instrument.answers.set("block?", () => new Uint8Array(1_000_001).fill(3));
    instrument.answers.set("lines?", () => bytes("one\ntwo\n"));
    await using server = serveVxi11(instrument, { maxRecvSize: 4096 });
    const said: unknown = JSON.parse(
      await run("python3", ["-W", "ignore", "-c", PYVISA, String(server.ports.core)]),
    );
    assert.deepEqual(said, {
      idn: "ACME,42,0,1.0\n",
      other: "two\n",
      block: 3_000_003,
      stb: 0x17,
      // pyvisa-py has one error for all that a server refuses.
      locked: "VI_ERROR_IO",
      late: "VI_ERROR_TMO",
      lines: ["one", "two"],
    });
    assert.equal(instrument.triggered, 1);
    assert.equal(instrument.cleared, 1);
    assert.equal(instrument.sizes[2], 256 * 800);
  },
});

Deno.test({
  ...needsPython("vxi11"),
  name: "openVxi11() talks to a server on python-vxi11's RPC",
  fn: async () => {
    await using child = new Deno.Command("python3", {
      args: ["-W", "ignore", fileURLToPath(new URL("_vxi11_server.py", import.meta.url))],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let port = "";
    while (!port.includes("\n")) port += (await lines.read()).value ?? assert.fail("it ended");
    {
      await using link = await openVxi11({ host: "127.0.0.1", port: Number(port) });
      assert.equal(await query(link, "*IDN?\n"), "Python,11\n");
      const long = "0123456789".repeat(5000);
      await link.write(bytes(long), true, soon());
      assert.equal(await readAll(link, soon(), 777), long);
      await link.write(bytes("one\ntwo"), true, soon());
      const part = await link.read(new Uint8Array(99), { ...soon(), stopAt: 10 });
      assert.deepEqual(part, { count: 4, end: false });
      assert.equal(await link.readStatusByte?.(soon()), 0x41);
      assert.equal(await readAll(link), "two");

      await assert.rejects(link.read(new Uint8Array(9), soon(30)), { name: "TimeoutError" });
      await link.recover(soon());
      const stop = new AbortController();
      const reading = link.read(new Uint8Array(9), { ...soon(60_000), signal: stop.signal });
      setTimeout(() => stop.abort(new Error("given up")), 10);
      await assert.rejects(reading, /given up/);
      assert.match(await link.recover(soon()), /cleared/);
      assert.equal(await query(link, "*IDN?\n"), "Python,11\n");
      await assert.rejects(async () => await link.trigger?.(soon()), {
        name: "ProtocolError",
        message: /have that procedure/,
      });
    }
    await lines.cancel();
    child.kill();
    await child.status;
  },
});

const FIELDS = [
  "portmap.procedure_v2",
  "vxi11_core.procedure_v1",
  "vxi11_async.procedure_v1",
  "vxi11_intr.procedure_v1",
  "vxi11_core.device",
  "vxi11_core.flags",
  "vxi11_core.reason",
  "vxi11_core.error",
  "vxi11_core.stb",
  "vxi11_core.term_char",
  "vxi11_core.max_recv_size",
  "vxi11_core.size",
  "vxi11_core.prog_num",
  "vxi11_intr.handle",
  "_ws.malformed",
];

/** The core channel's calls and replies, by number. */
const EXCHANGE = [
  "procedure_v2=3",
  "procedure_v2=3",
  "10 device=inst0",
  "10 error=0 max_recv_size=2000",
  "11 flags=0x00000000",
  "11 error=0 size=2000",
  "11 flags=0x00000008",
  "11 error=0 size=3",
  "11 flags=0x00000008",
  "11 error=0 size=6",
  "12 flags=0x00000080 term_char=0x0a size=99",
  "12 reason=0x00000006 error=0",
  "13 flags=0x00000000",
  "13 error=0 stb=0x21",
  ...["14", "15", "16", "17"].flatMap((n) => [`${n} flags=0x00000000`, `${n} error=0`]),
  "18 flags=0x00000001",
  "18 error=0",
  "19",
  "19 error=0",
  "25 prog_num=0x000607b1",
  "25 error=0",
  "20",
  "20 error=0",
  "20",
  "20 error=0",
  "26",
  "26 error=0",
  "11 flags=0x00000008",
  "11 error=0 size=6",
  "12 flags=0x00000000 term_char=0x00 size=9",
  "12 reason=0x00000000 error=23",
  "15 flags=0x00000000",
  "15 error=0",
  "23",
  "23 error=0",
];

Deno.test({
  ...needs("tshark"),
  name: "openVxi11() and serveVxi11() exchange what tshark's dissectors read as meant",
  fn: async () => {
    using recorder = new Recorder();
    const instrument = new Instrument();
    instrument.status = 0x21;
    instrument.answers.set("never?", () => new Promise(() => {}));
    await using server = serveVxi11(instrument, { portmapperPort: 0, maxRecvSize: 2000 });
    {
      await using link = await openVxi11({
        host: "127.0.0.1",
        portmapperPort: server.ports.portmapper ?? 0,
      });
      await link.write(new Uint8Array(2003), true, soon());
      await link.write(bytes("query?"), true, soon());
      await link.read(new Uint8Array(99), { ...soon(), stopAt: 10 });
      await link.readStatusByte?.(soon());
      await link.trigger?.(soon());
      await link.clear?.(soon());
      await link.setRemote?.(true, soon());
      await link.setRemote?.(false, soon());
      await link.lock?.(soon());
      await link.unlock?.(soon());
      let heard = false;
      const requests = await link.onServiceRequest?.(() => heard = true, soon());
      instrument.requestService();
      await until(() => heard);
      await requests?.[Symbol.asyncDispose]();
      const stop = new AbortController();
      await link.write(bytes("never?"), true, soon());
      const reading = link.read(new Uint8Array(9), { ...soon(), signal: stop.signal });
      setTimeout(() => stop.abort(new Error("given up")), 20);
      await assert.rejects(reading, /given up/);
      await link.recover(soon());
    }
    const folder = Deno.makeTempDirSync();
    try {
      const file = `${folder}/capture.pcap`;
      Deno.writeFileSync(file, recorder.bytes());
      const said = await run("tshark", [
        ...["-r", file, "-T", "fields", "-E", "separator=|"],
        ...["-d", `tcp.port==${server.ports.portmapper},rpc`],
        ...FIELDS.flatMap((field) => ["-e", field]),
      ]);
      const seen = said.trim().split("\n").map((line) => {
        const values = line.split("|");
        return FIELDS.flatMap((field, i) =>
          values[i] ? [`${field.split(".")[1]}=${values[i]}`] : []
        )
          .join(" ").replace("procedure_v1=", "");
      });
      // The other channels go on beside the core channel, and an abort may be sent twice.
      const beside = /^(?:1|30)(?: |$)/;
      assert.deepEqual(seen.filter((line) => !beside.test(line)), EXCHANGE);
      assert.deepEqual(
        new Set(seen.filter((line) => beside.test(line))),
        new Set(["30 handle=73747269706368617274", "1", "1 error=0"]),
      );
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
