import assert from "node:assert/strict";
import { servePrologix } from "../../devices/transports/prologix/simulator.ts";
import { Echo, text } from "../devices/transports/prologix/_bench.ts";
import { needsPython } from "../_needs.ts";

const SCRIPT = `
import sys, pyvisa
rm = pyvisa.ResourceManager("@py")
adapter = rm.open_resource(f"PRLGX-TCPIP0::127.0.0.1::{sys.argv[1]}::INTFC")
one = rm.open_resource("GPIB0::5::INSTR", timeout=5000)
two = rm.open_resource("GPIB0::9::INSTR", timeout=5000)
print(one.query("*IDN?").strip())
print(two.query("*IDN?").strip())
for n in range(20):
    assert one.query(f"ECHO? {n}") == f"first {n}\\n"
    assert two.query(f"ECHO? +{n}") == f"second +{n}\\n"
one.write("a+b")
one.clear()
print(one.read_stb())
one.assert_trigger()
print(one.query_binary_values("BLOCK? 1000", datatype="B")[-3:])
`;

Deno.test({
  ...needsPython("pyvisa_py"),
  name: "pyvisa-py talks to the simulated Prologix adapter",
  async fn() {
    const first = new Echo("first");
    await using server = servePrologix([
      { address: { primary: 5 }, responder: first },
      { address: { primary: 9 }, responder: new Echo("second") },
    ], { port: 0 });
    const { success, stdout, stderr } = await new Deno.Command("python3", {
      args: ["-c", SCRIPT, `${server.port}`],
    }).output();
    assert.ok(success, text(stderr));
    assert.equal(text(stdout), "first\nsecond\n16\n[229, 230, 231]\n");
    assert.equal(first.triggered, 1);
    assert.ok(first.heard.includes("a+b"));
    assert.equal(first.cleared, 1);
  },
});
