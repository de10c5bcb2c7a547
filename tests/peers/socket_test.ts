import assert from "node:assert/strict";
import { open } from "../../devices/open.ts";
import { socket } from "../../devices/visa.ts";
import { serveSocket } from "../../devices/transports/socket_server.ts";
import { needs, needsPython } from "../_needs.ts";
import { Python } from "./_python.ts";

/** An instrument by Python's socketserver; it prints its port and serves until its input ends. */
const INSTRUMENT = `
import array, socketserver, sys, threading

class Instrument(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            text = line.decode("ascii").strip()
            if text == "*IDN?":
                self.wfile.write(b"PYTHON,SOCKETSERVER,0,1\\r\\n")
            elif text == "NUMS?":
                self.wfile.write(b"+1.5E+00,-2,9.91E37\\n")
            elif text.startswith("CURV?"):
                numbers = array.array("d", (i / 7 for i in range(int(text.split()[1]))))
                numbers.byteswap()
                data = numbers.tobytes()
                digits = str(len(data))
                self.wfile.write(("#%d%s" % (len(digits), digits)).encode() + data + b"\\n")
            elif text == "BYE":
                return

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

with Server(("127.0.0.1", 0), Instrument) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.shutdown()
`;

Deno.test({
  ...needsPython("socketserver"),
  name: "socket() talks to an instrument of Python's socketserver",
  async fn() {
    await using instrument = new Python(INSTRUMENT);
    const port = Number(await instrument.line());
    await using dmm = await open(socket("127.0.0.1", port, { timeout: "20s" }));
    assert.equal(await dmm.query("*IDN?"), "PYTHON,SOCKETSERVER,0,1");
    assert.deepEqual(await dmm.queryNumbers("NUMS?"), [1.5, -2, NaN]);
    const numbers = await dmm.queryBlock("CURV? 300000", { type: "float64" });
    assert.equal(numbers.length, 300_000);
    assert.equal(numbers.findIndex((number, i) => number !== i / 7), -1);
    assert.equal(await dmm.query("*IDN?"), "PYTHON,SOCKETSERVER,0,1");
    await assert.rejects(dmm.query("SILENT?", { timeout: "30ms" }), { name: "TimeoutError" });
    assert.equal(await dmm.query("*IDN?"), "PYTHON,SOCKETSERVER,0,1");
    await assert.rejects(dmm.query("BYE"), { name: "LinkError" });
    assert.equal(await dmm.query("*IDN?"), "PYTHON,SOCKETSERVER,0,1");
  },
});

/** What foreign clients ask of a server of ours, and what it heard. */
function served() {
  const heard: string[] = [];
  const encoder = new TextEncoder();
  const server = serveSocket({
    receive(message) {
      const text = new TextDecoder().decode(message);
      heard.push(text);
      if (text === "*IDN?") return encoder.encode("STRIPCHART,SOCKET,1,0\n");
      if (text === "NUMS?") return encoder.encode("1.5,-2,3e3\n");
      if (text !== "CURV?") return undefined;
      // Newlines among the data, and one behind it.
      const block = new Uint8Array(8 + 200_000 + 1).fill(0x0a);
      block.set(encoder.encode("#6200000"));
      for (let i = 0; i < 200_000; i++) block[8 + i] = i;
      return block;
    },
  });
  return { heard, server };
}

Deno.test({
  ...needs("lxi"),
  name: "serveSocket() answers lxi scpi --raw",
  async fn() {
    const { heard, server } = served();
    await using _server = server;
    const run = async (command: string): Promise<string> => {
      const { code, stdout, stderr } = await new Deno.Command("lxi", {
        args: ["scpi", "--raw", "--address", "127.0.0.1", "--port", `${server.port}`, command],
        stdin: "null",
        signal: AbortSignal.timeout(60_000),
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    assert.equal(await run("*IDN?"), "STRIPCHART,SOCKET,1,0\n");
    assert.equal(await run("VOLT 3"), "");
    assert.equal(await run("NUMS?"), "1.5,-2,3e3\n");
    assert.deepEqual(heard, ["*IDN?", "VOLT 3", "NUMS?"]);
  },
});

const PYVISA = `
import sys, pyvisa
rm = pyvisa.ResourceManager("@py")
dmm = rm.open_resource("TCPIP::127.0.0.1::%s::SOCKET" % sys.argv[1], timeout=20000)
dmm.read_termination = dmm.write_termination = "\\n"
print(dmm.query("*IDN?"))
print(dmm.query_ascii_values("NUMS?"))
data = dmm.query_binary_values("CURV?", datatype="B", container=bytes)
print(len(data), all(byte == i % 256 for i, byte in enumerate(data)))
print(all(dmm.query("*IDN?").startswith("STRIPCHART") for _ in range(500)))
dmm.timeout = 50
try: dmm.query("SILENT?")
except pyvisa.VisaIOError as error: print(error.abbreviation)
print(dmm.query("*IDN?"))
`;

Deno.test({
  ...needsPython("pyvisa_py"),
  name: "serveSocket() serves pyvisa-py's SOCKET: lines, numbers, a block, a time-out",
  async fn() {
    const { server } = served();
    await using _server = server;
    await using python = new Python(PYVISA, `${server.port}`);
    for (
      const line of [
        "STRIPCHART,SOCKET,1,0",
        "[1.5, -2.0, 3000.0]",
        "200000 True",
        "True",
        "VI_ERROR_TMO",
        "STRIPCHART,SOCKET,1,0",
      ]
    ) assert.equal(await python.line(), line);
  },
});
