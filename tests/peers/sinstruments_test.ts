import assert from "node:assert/strict";
import { open } from "../../devices/open.ts";
import type { MessageSession } from "../../devices/message_session.ts";
import { serial, socket } from "../../devices/visa.ts";
import { temporaryFolder } from "../_child.ts";
import { needsPython } from "../_needs.ts";
import { Python } from "./_python.ts";

/** An instrument of sinstruments' on TCP and on a pseudo terminal of its own; it prints its TCP port. */
const INSTRUMENT = `
import sys, types, gevent
from sinstruments.simulator import BaseDevice, Server

class Meter(BaseDevice):
    def handle_message(self, message):
        text = message.strip().decode("ascii")
        if text == "*IDN?": return b"sinstruments,meter,1,0\\n"
        if text.startswith("ECHO? "): return text[6:].encode() + b"\\n"
        if text == "LATE?":
            gevent.sleep(0.08)
            return b"late\\n"
        if text.startswith("CURV? "):
            size = int(text[6:])
            return b"#6%06d" % size + bytes(i % 256 for i in range(size)) + b"\\n"
        if text == "NOISE": return b"noise\\n"

transports = [{"type": "tcp", "url": ["127.0.0.1", 0]}, {"type": "serial", "url": sys.argv[1]}]
server = Server(
    [{"name": "meter", "class": "Meter", "transports": transports}],
    registry={"Meter": types.SimpleNamespace(load=lambda: Meter)},
)
server.start()
tcp = server.devices["meter"].transports[0]
while not tcp.started: gevent.sleep(0.01)
print(tcp.server_port)
while True: gevent.sleep(1)
`;

async function converse(meter: MessageSession, size: number): Promise<void> {
  assert.equal(await meter.query("*IDN?"), "sinstruments,meter,1,0");
  const task = async (name: string): Promise<void> => {
    for (let i = 0; i < 200; i++) {
      assert.equal(await meter.query(`ECHO? ${name} ${i}`), `${name} ${i}`);
    }
  };
  await Promise.all([task("one"), task("two")]);
  const block = await meter.queryBlock(`CURV? ${size}`);
  assert.equal(block.length, size);
  assert.equal(block.findIndex((byte, i) => byte !== i % 256), -1);
  await assert.rejects(meter.query("LATE?", { timeout: "20ms" }), { name: "TimeoutError" });
  assert.equal(await meter.query("ECHO? next"), "next");
}

Deno.test({
  ...needsPython("sinstruments"),
  name: "socket() and serial() talk to an instrument of sinstruments'",
  async fn() {
    using folder = temporaryFolder();
    const path = `${folder.path}/tty`;
    await using instrument = new Python(INSTRUMENT, path);
    const port = Number(await instrument.line());
    const options = { timeout: "20s" } as const;
    {
      await using meter = await open(socket("127.0.0.1", port, options));
      await converse(meter, 200_000);
    }
    await using meter = await open(serial(path, { ...options, quiet: "500ms" }));
    await converse(meter, 3_000);
  },
});
