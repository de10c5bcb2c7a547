import assert from "node:assert/strict";
import { openVisaLibrary } from "../../devices/transports/visa_library/open.ts";
import { bytes, query, text, within } from "../devices/transports/prologix/_bench.ts";
import { withStandin } from "../devices/transports/visa_library/_standin.ts";
import { needs, needsPython } from "../_needs.ts";

const SCRIPT = `
import sys, pyvisa
from pyvisa import constants
rm = pyvisa.ResourceManager(sys.argv[1])
link = rm.open_resource("GPIB0::5::INSTR")
link.write_raw(("LOG " + sys.argv[2]).encode())
link.set_visa_attribute(0x3FFF000A, 0x123456789ABCDEF0)
link.write_raw(b"*IDN?"); print(repr(link.read_raw()))
link.write_raw(b"USER?"); print(repr(link.read_raw()))
link.write_raw(b"BLOCK? 300"); print(len(link.read_raw(1000)))
link.write_raw(b"STB 33"); print(link.read_stb())
link.assert_trigger()
link.clear()
link.timeout = 50
link.write_raw(b"SLOW? 300")
try:
    link.read_raw()
except pyvisa.VisaIOError as error:
    print(error.error_code == constants.StatusCode.error_timeout)
link.clear()
link.lock_excl(timeout=1000); link.unlock()
link.enable_event(constants.EventType.service_request, constants.EventMechanism.queue)
link.write_raw(b"SRQ")
link.wait_on_event(constants.EventType.service_request, 1000)
print(link.read_stb())
link.disable_event(constants.EventType.service_request, constants.EventMechanism.queue)
link.close()
`;

/** The same by our own means; what it prints is what pyvisa prints. */
async function ours(library: string, log: string): Promise<string[]> {
  const printed: string[] = [];
  await using link = await openVisaLibrary("GPIB0::5::INSTR", within(10_000), {
    library,
    attributes: { 0x3fff000a: 0x123456789abcdef0n },
  });
  const write = (message: string) => link.write(bytes(message), true, within(5000));
  await write(`LOG ${log}`);
  printed.push(`b'${(await query(link, "*IDN?", within(5000))).replace("\n", "\\n")}'`);
  printed.push(`b'${(await query(link, "USER?", within(5000))).replace("\n", "\\n")}'`);
  await write("BLOCK? 300");
  printed.push(`${(await link.read(new Uint8Array(1000), within(5000))).count}`);
  await write("STB 33");
  printed.push(`${await link.readStatusByte?.(within(5000))}`);
  await link.trigger?.(within(5000));
  await link.clear?.(within(5000));
  await write("SLOW? 300");
  const error = await link.read(new Uint8Array(9), within(50)).catch((error) => error);
  printed.push(error.name === "TimeoutError" ? "True" : String(error));
  await link.recover(within(5000));
  await link.lock?.(within(5000));
  await link.unlock?.(within(5000));
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const requests = await link.onServiceRequest?.(resolve, within(5000));
  await write("SRQ");
  printed.push(`${await promise}`);
  await requests?.[Symbol.asyncDispose]();
  return printed;
}

Deno.test({
  ignore: needs("gcc").ignore || needsPython("pyvisa").ignore,
  name: "pyvisa and openVisaLibrary() use the same library alike",
  fn: () =>
    withStandin(async (library, log) => {
      const { success, stdout, stderr } = await new Deno.Command("python3", {
        args: ["-c", SCRIPT, `${library}@ivi`, `${log}.python`],
      }).output();
      assert.ok(success, text(stderr));
      const printed = await ours(library, `${log}.ours`);
      assert.deepEqual(printed, text(stdout).trim().split("\n"));
      const transcript = (name: string) =>
        Deno.readTextFileSync(`${log}.${name}`).trim().split("\n");
      assert.deepEqual(transcript("ours"), transcript("python"));
      assert.ok(transcript("ours").length > 12, transcript("ours").join());
    }),
});
