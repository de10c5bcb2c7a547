import assert from "node:assert/strict";
import { findGpibInstruments } from "../../devices/transports/gpib/find.ts";
import { bytes, query, text, within } from "../devices/transports/prologix/_bench.ts";
import { type Standin, withStandin } from "../devices/transports/gpib/_standin.ts";
import { needs, needsPython } from "../_needs.ts";

const SCRIPT = `
import sys, warnings
warnings.simplefilter("ignore")
from gpib_ctypes import gpib
assert gpib._load_lib(sys.argv[1])
print([pad for pad in range(1, 31) if gpib.listener(0, pad)])
print(gpib.listener(0, 9, 0x62))
one = gpib.dev(0, 5, gpib.NO_SAD, gpib.T10s, 1, 0)
two = gpib.dev(0, 9, 0x62, gpib.T10s, 1, 0)
gpib.config(0, gpib.IbcAUTOPOLL, 0)
gpib.write(one, ("LOG " + sys.argv[2]).encode())
gpib.write(one, b"*IDN?"); print(repr(gpib.read(one, 100)))
gpib.write(two, b"*IDN?"); print(repr(gpib.read(two, 100)))
gpib.write(one, b"BLOCK? 3000"); print(len(gpib.read(one, 10000)))
gpib.write(two, b"STB 33"); print(gpib.serial_poll(two))
gpib.trigger(two)
gpib.clear(two)
gpib.remote_enable(0, 1)
gpib.ibloc(two)
gpib.timeout(one, gpib.T30ms)
gpib.write(one, b"SLOW? 300")
try:
    gpib.read(one, 100)
except gpib.GpibError as error:
    print(error.code)
gpib.clear(one); gpib.serial_poll(one)
gpib.write(two, b"SRQ 0")
gpib.timeout(0, gpib.T10s)
assert gpib.wait(0, gpib.SRQI | gpib.TIMO) & gpib.SRQI
print(gpib.serial_poll(two))
nobody = gpib.dev(0, 20, gpib.NO_SAD, gpib.T10s, 1, 0)
try:
    gpib.write(nobody, b"*IDN?")
except gpib.GpibError as error:
    print(error.code == gpib.ENOL)
gpib.close(nobody); gpib.close(two); gpib.close(one)
`;

/** The same by our own means; what it prints is what gpib-ctypes prints. */
async function ours({ library, open }: Standin, log: string): Promise<string[]> {
  const printed: string[] = [];
  const io = () => within(10_000);
  const repr = (answer: string) => `b'${answer.replace("\n", "\\n")}'`;
  const { found } = await findGpibInstruments(0, io(), { library });
  const plain = found.flatMap((name) => /^GPIB0::(\d+)::INSTR$/.exec(name)?.[1] ?? []);
  printed.push(`[${plain.join(", ")}]`);
  printed.push(found.includes("GPIB0::9::2::INSTR") ? "True" : "False");
  const one = await open(5);
  const two = await open(9, 2);
  await one.write(bytes(`LOG ${log}`), true, io());
  printed.push(repr(await query(one, "*IDN?", io())), repr(await query(two, "*IDN?", io())));
  await one.write(bytes("BLOCK? 3000"), true, io());
  let length = 0;
  for (let end = false; !end;) {
    const result = await one.read(new Uint8Array(10_000), io());
    length += result.count;
    end = result.end;
  }
  printed.push(`${length}`);
  await two.write(bytes("STB 33"), true, io());
  printed.push(`${await two.readStatusByte?.(io())}`);
  await two.trigger?.(io());
  await two.clear?.(io());
  await two.setRemote?.(true, io());
  await two.setRemote?.(false, io());
  await one.write(bytes("SLOW? 300"), true, io());
  const error = await one.read(new Uint8Array(9), within(25)).catch((error) => error);
  printed.push(error.name === "TimeoutError" ? "6" : String(error));
  await one.recover(io());
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const requests = await two.onServiceRequest?.(resolve, io());
  await two.write(bytes("SRQ 0"), true, io());
  printed.push(`${await promise}`);
  await requests?.[Symbol.asyncDispose]();
  const nobody = await open(20);
  const absent = await nobody.write(bytes("*IDN?"), true, io()).catch((error) => error);
  printed.push(/ENOL/.test(absent.message) ? "True" : String(absent));
  await nobody[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  return printed;
}

Deno.test({
  ignore: needs("gcc").ignore || needsPython("gpib_ctypes").ignore,
  name: "gpib-ctypes and openGpib() use the same library alike",
  fn: () =>
    withStandin(async (standin) => {
      const { library, log } = standin;
      const { success, stdout, stderr } = await new Deno.Command("python3", {
        args: ["-c", SCRIPT, library, `${log}.python`],
      }).output();
      assert.ok(success, text(stderr));
      const printed = await ours(standin, `${log}.ours`);
      assert.deepEqual(printed, text(stdout).trim().split("\n"));
      const transcript = (name: string) =>
        Deno.readTextFileSync(`${log}.${name}`).trim().split("\n");
      assert.deepEqual(transcript("ours"), transcript("python"));
      assert.ok(transcript("ours").length > 18, transcript("ours").join());
    }),
});
