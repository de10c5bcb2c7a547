import assert from "node:assert/strict";
import { open } from "../../devices/open.ts";
import { socket } from "../../devices/visa.ts";
import { needsPython } from "../_needs.ts";

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

/** Starts the instrument. */
async function python() {
  const child = new Deno.Command("python3", {
    args: ["-c", INSTRUMENT],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await output.read();
    if (done) throw new Error("the instrument did not start");
    text += new TextDecoder().decode(value);
  }
  return {
    port: Number(text),
    async [Symbol.asyncDispose]() {
      await input.close();
      await output.cancel();
      await child.status;
    },
  };
}

Deno.test({
  ...needsPython("socketserver"),
  name: "socket() talks to an instrument of Python's socketserver",
  async fn() {
    await using instrument = await python();
    await using dmm = await open(socket("127.0.0.1", instrument.port, { timeout: "20s" }));
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
