import assert from "node:assert/strict";
import { LinkError, TimeoutError } from "../../devices/transports/errors.ts";
import { openSerial } from "../../devices/transports/serial/mod.ts";
import { needs, needsPython } from "../_needs.ts";
import { Python } from "./_python.ts";
import { bytes, cable, io, readAll, readText, soon } from "../devices/transports/serial/_socat.ts";

const ignore = needs("socat", ["-V"]).ignore || needsPython("serial").ignore;

/** A program of Python's with pyserial; each line that it prints is one answer. */
class PySerial extends Python {
  constructor(program: string, path: string) {
    super(`import sys, serial\n${program}`, path);
  }
}

const INSTRUMENT = `
import time
port = serial.Serial(sys.argv[1], 115200)
print("ready")
while True:
    line = port.read_until(b"\\n")
    if line == b"*IDN?\\n": port.write(b"pyserial," + serial.__version__.encode() + b",0,0\\n")
    elif line == b"LATE?\\n": time.sleep(0.1); port.write(b"late\\n")
    elif line == b"PART?\\n":
        port.write(b"1."); port.flush(); time.sleep(0.02); port.write(b"25\\n")
    elif line == b"BLOCK?\\n": port.write(bytes(i * 7 % 256 for i in range(1000000)))
    elif line.startswith(b"ECHO "): port.write(line[5:])
`;

async function readLine(port: Parameters<typeof readText>[0]): Promise<string> {
  let text = "";
  while (!text.endsWith("\n")) text += await readText(port);
  return text;
}

Deno.test({
  ignore,
  name: "openSerial() talks to pyserial: queries, partial and late answers, a million bytes",
  async fn() {
    await using line = await cable();
    await using instrument = new PySerial(INSTRUMENT, line.b);
    assert.equal(await instrument.line(), "ready");
    await using port = await openSerial(line.a, { baudRate: 115_200, quiet: "500ms" });
    await port.write(bytes("*IDN?\n"), true, io());
    assert.match(await readLine(port), /^pyserial,3\.\d+,0,0\n$/);
    for (let round = 0; round < 200; round++) {
      await port.write(bytes(`ECHO ${round}\n`), true, io());
      assert.equal(await readLine(port), `${round}\n`);
    }
    await port.write(bytes("PART?\n"), true, io());
    assert.equal(await readLine(port), "1.25\n");
    await port.write(bytes("LATE?\n"), true, io());
    await assert.rejects(port.read(new Uint8Array(9), soon(10)), TimeoutError);
    await port.recover(io());
    await port.write(bytes("ECHO next\n"), true, io());
    assert.equal(await readLine(port), "next\n");
    await port.write(bytes("BLOCK?\n"), true, io());
    const block = await readAll(port, 1_000_000);
    assert.ok(block.every((byte, index) => byte === index * 7 % 256));
    const long = "x".repeat(100_000);
    await Promise.all([
      port.write(bytes(`ECHO ${long}\n`), true, io()),
      readLine(port).then((text) => assert.equal(text, `${long}\n`)),
    ]);
  },
});

Deno.test({
  ignore,
  name: "a port that pyserial has exclusively is refused, and names pyserial's process",
  async fn() {
    await using line = await cable();
    await using holder = new PySerial(
      `p = serial.Serial(sys.argv[1], exclusive=True); print("ready"); sys.stdin.read()`,
      line.a,
    );
    assert.equal(await holder.line(), "ready");
    await assert.rejects(openSerial(line.a), (error) => {
      assert.ok(error instanceof LinkError);
      assert.match(error.message, new RegExp(`in use by pid ${holder.pid} \\(python3`));
      return true;
    });
    await using _port = await openSerial(line.a, { exclusive: false });
  },
});

const TRY = `
try:
    serial.Serial(sys.argv[1], exclusive=True).close(); print("opened")
except serial.SerialException as error: print("refused", error)
`;

Deno.test({
  ignore,
  name: "pyserial's exclusive mode is refused while we have the port, and works afterwards",
  async fn() {
    await using line = await cable();
    {
      await using _port = await openSerial(line.a);
      await using python = new PySerial(TRY, line.a);
      assert.match(await python.line(), /^refused.*lock/);
    }
    await using python = new PySerial(TRY, line.a);
    assert.equal(await python.line(), "opened");
  },
});

const READ_BACK = `
import fcntl, struct
with open(sys.argv[1], "rb", buffering=0) as port:
    raw = fcntl.ioctl(port, 0x802C542A, bytes(44))
    print(*struct.unpack_from("<II", raw, 36), struct.unpack_from("<I", raw, 8)[0] & 0x100f)
`;

Deno.test({
  ignore: ignore || Deno.build.os !== "linux",
  name: "the baud rate that we set is the one that another program reads from the kernel",
  async fn() {
    await using line = await cable();
    for (const baudRate of [300, 250_000, 1_000_000]) {
      await using _port = await openSerial(line.a, { baudRate });
      await using python = new PySerial(READ_BACK, line.a);
      assert.equal(await python.line(), `${baudRate} ${baudRate} ${0x1000}`);
    }
  },
});
