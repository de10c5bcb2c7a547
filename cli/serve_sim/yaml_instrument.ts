/**
 * Instruments from files of pyvisa-sim.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { UsageError } from "../../command_line/flags.ts";
import type {
  PyvisaSimDevice,
  PyvisaSimInterface,
} from "../../devices/simulated_instruments/pyvisa_sim/device.ts";
import { pyvisaSimDevice } from "../../devices/simulated_instruments/pyvisa_sim/file.ts";
import type { BusName, ServedInstrument } from "./instrument.ts";

/** What files call the buses. */
const INTERFACES: Readonly<Record<BusName, PyvisaSimInterface>> = {
  socket: "TCPIP SOCKET",
  vxi11: "TCPIP INSTR",
  hislip: "TCPIP INSTR",
  serial: "ASRL INSTR",
};

/**
 * Loads a device of a file.
 *
 * @param path The file.
 * @param device Which device or resource of it; the only one if absent.
 * @throws {SyntaxError} If the file makes no sense; the message names the line.
 * @throws {UsageError} If there is no such device, or several without a choice.
 */
export async function loadYaml(
  path: string,
  device: string | undefined,
): Promise<ServedInstrument> {
  let made: PyvisaSimDevice;
  try {
    made = await pyvisaSimDevice(await Deno.readTextFile(path), {
      path,
      readFile: (other) => Deno.readTextFile(join(dirname(path), other)),
      ...device === undefined ? {} : { device },
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${error.message} The flag for it is --device NAME.`, { cause: error });
  }
  return {
    title: `${made.name} of ${path}`,
    on: (bus) => made.on(INTERFACES[bus]),
  };
}
