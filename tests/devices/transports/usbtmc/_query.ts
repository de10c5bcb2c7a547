/**
 * A program that lists the USB instruments, opens one, asks it something and closes it. Its arguments are the library
 * and the folders in place of the system's, and the resource name.
 *
 * @module
 */

import { parseResourceName } from "../../../../devices/resource_name.ts";
import { linuxPlatform } from "../../../../devices/transports/serial/linux/platform.ts";
import { devicesOf, openUsbtmcOn } from "../../../../devices/transports/usbtmc/open.ts";

const [library = "", sys = "", dev = "", resource = ""] = Deno.args;
const system = { shared: linuxPlatform([library]), roots: { sys, dev } };
const io = { deadline: Infinity };
const name = parseResourceName(resource);
if (name.bus !== "usb") throw new TypeError(resource);
// deno-lint-ignore no-console -- a program's output
console.log(devicesOf(system).length);
{
  await using scope = await openUsbtmcOn(system, name, resource, io);
  await using _watch = await scope.onServiceRequest?.(() => {}, io);
  await scope.readStatusByte?.(io);
  await scope.write(new TextEncoder().encode("*IDN?\n"), true, io);
  await openUsbtmcOn(system, name, resource, io).catch((error: Error) => {
    // deno-lint-ignore no-console -- a program's output
    console.log(error.message.includes("open already"));
  });
}
