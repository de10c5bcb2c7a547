import assert from "node:assert/strict";
import { openHislip, serveHislip } from "../../devices/transports/hislip/mod.ts";
import type { Responder } from "../../devices/transports/responder.ts";
import { systemClock } from "../../time/system_clock.ts";
import { needs, needsPython } from "../_needs.ts";

const text = new TextEncoder();
const plain = new TextDecoder();

class Instrument implements Responder {
  cleared = 0;
  triggered = 0;
  #listener: ((statusByte: number) => void) | undefined;

  receive(message: Uint8Array): Uint8Array | undefined | Promise<undefined> {
    const said = plain.decode(message.subarray(0, 40)).trim();
    if (said === "*IDN?") return text.encode("Stripchart,Simulated,0,1\n");
    if (said === "BLOCK?") return new Uint8Array(3_000_000).map((_, i) => i % 251);
    if (said === "NEVER?") return new Promise(() => {});
    if (said === "LENGTH?") return text.encode(`${message.length}\n`);
    if (said.startsWith("LENGTH? ")) return text.encode(`${message.length}\n`);
    if (said === "SRQ") this.#listener?.(0x60);
    return undefined;
  }

  clear(): void {
    this.cleared++;
  }

  trigger(): void {
    this.triggered++;
  }

  statusByte(): number {
    return 0x24;
  }

  onServiceRequest(listener: (statusByte: number) => void): Disposable {
    this.#listener = listener;
    return { [Symbol.dispose]: () => void (this.#listener = undefined) };
  }
}

const PYVISA = `
import sys, pyvisa
from pyvisa_py.protocols import hislip
port = sys.argv[1]
manager = pyvisa.ResourceManager("@py")
for round in range(2):
    device = manager.open_resource("TCPIP::127.0.0.1::hislip0,%s::INSTR" % port, timeout=5000)
    device.read_termination = device.write_termination = "\\n"
    for i in range(200):
        assert device.query("*IDN?") == "Stripchart,Simulated,0,1"
    device.chunk_size = 100000
    device.write("BLOCK?")
    block = device.read_raw()
    assert len(block) == 3000000 and block[250000] == 250000 % 251, len(block)
    assert device.read_stb() == 0x24, device.read_stb()
    assert device.query("*IDN?") == "Stripchart,Simulated,0,1"
    device.write_raw(b"LENGTH? " + b"x" * 2500000)
    assert device.read() == "2500008"
    device.timeout = 100
    device.write("NEVER?")
    try:
        device.read()
        raise SystemExit("an answer out of nothing")
    except pyvisa.errors.VisaIOError as error:
        assert error.error_code == pyvisa.constants.StatusCode.error_timeout, error
    device.timeout = 5000
    device.clear()
    assert device.query("*IDN?") == "Stripchart,Simulated,0,1"
    device.close()

# What pyvisa-py's protocol layer can do beside its session.
raw = hislip.Instrument("127.0.0.1", port=int(port), timeout=5)
raw.send(b"*IDN?")
assert raw.receive() == b"Stripchart,Simulated,0,1\\n"
raw.trigger()
assert raw.async_lock_info() == 0
assert raw.async_lock_request(1.0) == "success"
assert raw.async_lock_info() == 1
assert raw.async_lock_release() == "success"
raw.async_remote_local_control("enableAndGotoRemote")
raw.send(b"SRQ")
assert hislip.AsyncServiceRequest(raw._async).server_status == 0x60
raw.close()
print("done")
`;

Deno.test({
  ...needsPython("pyvisa_py.protocols.hislip"),
  name: "serveHislip() serves pyvisa with pyvisa-py",
  fn: async () => {
    const instrument = new Instrument();
    await using server = serveHislip(() => instrument, { port: 0 });
    const { stdout, stderr } = await new Deno.Command("python3", {
      args: ["-c", PYVISA, String(server.port)],
      stdin: "null",
    }).output();
    assert.equal(plain.decode(stdout).trim(), "done", plain.decode(stderr));
    assert.equal(instrument.cleared, 2);
    assert.equal(instrument.triggered, 1);
  },
});

/** Whether tshark may look at the loopback interface. */
const capture = needs("tshark", ["-i", "lo", "-a", "duration:0"]);

Deno.test({
  ...capture,
  name: "tshark finds nothing malformed between openHislip() and serveHislip()",
  fn: async () => {
    await using server = serveHislip(() => new Instrument(), { port: 0, maximumMessageSize: 5000 });
    const io = () => ({ deadline: systemClock.monotonic() + 20_000 });
    const shark = new Deno.Command("tshark", {
      args: [
        ...[
          "-i",
          "lo",
          "-l",
          "-f",
          `tcp port ${server.port}`,
          "-d",
          `tcp.port==${server.port},hislip`,
        ],
        ...["-Y", "hislip || _ws.malformed", "-T", "fields", "-e", "hislip.messagetype"],
        ...["-e", "_ws.malformed", "-e", "_ws.expert.message"],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const seen = { out: "", err: "" };
    const follow = async (stream: ReadableStream<Uint8Array>, key: "out" | "err") => {
      for await (const bytes of stream) seen[key] += plain.decode(bytes);
    };
    const following = Promise.all([follow(shark.stdout, "out"), follow(shark.stderr, "err")]);
    const until = async (condition: () => boolean) => {
      const deadline = io().deadline;
      while (!condition() && systemClock.monotonic() < deadline) {
        await systemClock.sleepUntil(systemClock.monotonic() + 20);
      }
      assert.ok(condition(), `${seen.out}\n${seen.err}`);
    };
    try {
      // It says that it captures a little before it does: a link is opened until it is seen.
      await until(() => seen.err.includes("Capturing on"));
      while (seen.out === "") {
        await using _ = await openHislip({ host: "127.0.0.1", port: server.port });
        await systemClock.sleepUntil(systemClock.monotonic() + 100);
      }
      await using link = await openHislip({ host: "127.0.0.1", port: server.port });
      const target = new Uint8Array(4096);
      await using _ = await link.onServiceRequest?.(() => {}, io());
      for (let i = 0; i < 3; i++) {
        await link.write(text.encode("*IDN?\n"), true, io());
        await link.read(target, io());
      }
      await link.write(text.encode("LENGTH? " + "x".repeat(20_000)), true, io());
      await link.read(target, io());
      await link.write(text.encode("SRQ"), true, io());
      await link.trigger?.(io());
      await link.readStatusByte?.(io());
      await link.lock?.(io());
      await link.unlock?.(io());
      await link.setRemote?.(true, io());
      await link.write(text.encode("*IDN?\n"), true, io());
      while (((await link.readStatusByte?.(io()) ?? 0) & 0x10) === 0);
      await link.write(text.encode("*IDN?\n"), true, io());
      await link.read(target, io());
      await link.clear?.(io());
      const types = (): Set<number> =>
        new Set(
          seen.out.split("\n").flatMap((line) => line.split("\t")[0]?.split(",") ?? []).map(Number),
        );
      // All messages of version 1.0 but the two errors and the query of locks.
      const expected = Array.from({ length: 24 }, (_, type) => type).filter((t) =>
        t !== 2 && t !== 3
      );
      const missing = (): number[] => expected.filter((type) => !types().has(type));
      await until(() => missing().length === 0);
      for (const line of seen.out.split("\n").slice(0, -1)) {
        assert.match(line, /^[\da-fx,]+\t\t(?!.*[Mm]alformed)/);
      }
    } finally {
      shark.kill("SIGTERM");
      await following;
      await shark.status;
    }
  },
});
