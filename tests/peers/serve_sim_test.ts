import assert from "node:assert/strict";
import { needs, needsPython } from "../_needs.ts";
import { serveSimChild } from "../cli/_served.ts";
import { needsPortmapper, run } from "./_lxi.ts";

/** Where these tests serve a portmapper; no other file does at this address. */
const LXI_HOST = "127.77.11.2";

Deno.test({
  ...needsPortmapper(LXI_HOST),
  name: "serve-sim answers lxi scpi by VXI-11 with its portmapper",
  async fn() {
    await using _child = await serveSimChild([
      "psu",
      "--vxi11",
      ...["--portmapper", "111", "--host", LXI_HOST],
    ]);
    const lxi = (command: string) => run("lxi", ["scpi", "--address", LXI_HOST, command]);
    assert.match(await lxi("*IDN?"), /^STRIPCHART,SIM-PSU,0,1\.0\n?$/);
    assert.equal(await lxi("VOLT 2.5;:OUTP ON"), "");
    assert.match(await lxi("MEAS:VOLT?"), /^\+2\.[45]\d+E\+00\n?$/);
  },
});

Deno.test({
  ...needs("lxi"),
  name: "serve-sim answers lxi scpi --raw on its socket",
  async fn() {
    await using child = await serveSimChild(["dmm", "--socket"]);
    const raw = ["scpi", "--address", "127.0.0.1", "--raw", "--port", `${child.at.socket?.port}`];
    assert.match(await run("lxi", [...raw, "*IDN?"]), /^STRIPCHART,SIM-DMM,0,1\.0\n+$/);
    assert.match(await run("lxi", [...raw, "MEAS:VOLT? 10"]), /^\+1\.2[45]\d+E\+00\n+$/);
  },
});

/** Drives a multimeter through pyvisa on every resource it is given. */
const PYVISA = `
import json, sys, pyvisa
rm = pyvisa.ResourceManager("@py")
said = {}
for name in sys.argv[1:]:
    dmm = rm.open_resource(name)
    dmm.timeout = 20000
    dmm.read_termination = dmm.write_termination = "\\n"
    here = [dmm.query("*IDN?")]
    dmm.write("*RST;*CLS;:SAMP:COUN 300;:VOLT:NPLC 0.02;:FORM REAL,64;:FORM:BORD SWAP")
    values = dmm.query_binary_values("READ?", datatype="d", is_big_endian=False)
    here.append([len(values), all(1.24 < value < 1.26 for value in values)])
    dmm.write("FORM:BORD NORM;:TRAC:POIN 10000;INT 1e-5")
    wave = dmm.query_binary_values("TRAC:DATA?", datatype="d", is_big_endian=True)
    here.append([len(wave), round(max(wave) - min(wave), 3)])
    dmm.write("NONSENSE")
    here.append(dmm.query("SYST:ERR?"))
    try:
        here.append(dmm.read_stb() & 4)
    except Exception:
        here.append(None)
    try:
        dmm.write("TRIG:SOUR BUS;:INIT")
        dmm.assert_trigger()
        dmm.write("FORM ASC")
        here.append(len(dmm.query("FETC?").split(",")))
    except Exception:
        here.append(None)
    dmm.close()
    said[name.split("::")[-1] + name.split("::")[0][:4] + str("hislip" in name)] = here
print(json.dumps(said))
`;

Deno.test({
  ...needsPython("pyvisa_py"),
  name:
    "serve-sim serves pyvisa on SOCKET, VXI-11, HiSLIP and a serial line by the names that it prints",
  async fn() {
    await using child = await serveSimChild(["dmm"]);
    const { socket, vxi11, hislip, serial } = child.at;
    const names = [socket, vxi11, hislip, serial].flatMap((one) => one?.resource ?? []);
    const said = JSON.parse(await run("python3", ["-W", "ignore", "-c", PYVISA, ...names]));
    const common = [
      "STRIPCHART,SIM-DMM,0,1.0",
      [300, true],
      // The mains' ripple over five of its periods.
      [10_000, 0.057],
      '-113,"Undefined header;NONSENSE"',
    ];
    const expected: Record<string, unknown[]> = {
      // In pyvisa-py a socket and a serial line have no status byte, and VXI-11 alone has a trigger.
      SOCKETTCPIFalse: [...common, null, null],
      INSTRTCPIFalse: [...common, 0, 300],
      INSTRTCPITrue: [...common, 0, null],
      INSTRASRLFalse: [...common, null, null],
    };
    if (serial === undefined) delete expected.INSTRASRLFalse;
    assert.deepEqual(said, expected);
  },
});

const PYSERIAL = `
import sys, serial
for baud in (4800, 115200):
    with serial.Serial(sys.argv[1], baud, timeout=20, exclusive=True) as port:
        port.write(b"out_sp_00 42.5\\r")
        port.write(b"in_sp_00\\r")
        print(port.read_until(b"\\r\\n"))
        port.write(b"status\\r\\n")
        print(port.read_until(b"\\r\\n"))
`;

Deno.test({
  ignore: needsPython("serial").ignore || Deno.build.os !== "linux",
  name: "serve-sim serves pyserial on its pseudo terminal, again and again",
  async fn() {
    await using child = await serveSimChild(["bath", "--serial"]);
    const path = child.at.serial?.resource.replace(/^ASRL|::INSTR$/g, "") ?? "";
    const said = await run("python3", ["-c", PYSERIAL, path]);
    assert.equal(said, "b'42.50\\r\\n'\nb'02 REMOTE STOP\\r\\n'\n".repeat(2));
  },
});
