/**
 * Opening a serial port.
 *
 * @module
 */

import type { Transport } from "../transport.ts";
import type { SerialControl } from "./control.ts";
import { byteTime, checkOptions, type SerialOptions } from "./options.ts";
import { SerialPort } from "./port.ts";
import { thisSystem } from "./this_system.ts";

/**
 * Opens a serial port: locks it against other programs, sets it up and reads back what the driver made of
 * it.
 *
 * It needs `--allow-ffi` of the system's library only; an error names the path. At the system's own opening
 * Linux and macOS raise DTR and RTS for a moment, whatever is asked for.
 *
 * @example
 * ```ts ignore
 * import { openSerial } from "@stripchart/stripchart/devices";
 *
 * await using port = await openSerial("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0", {
 *   baudRate: 19_200,
 *   dataBits: 7,
 *   parity: "even",
 * });
 * port.setLines({ rts: false });
 * ```
 *
 * @param path The device, as `/dev/ttyUSB0`, a stable name under `/dev/serial/by-id`, `/dev/cu.usbserial-1`
 * or `COM3`.
 * @throws {LinkError} If there is no such port, it is in use, or it can't do the settings.
 * @throws {RangeError} If a setting is none of those that there are.
 * @throws {Deno.errors.NotCapable} If the system's library is not permitted.
 */
export function openSerial(
  path: string,
  options: SerialOptions = {},
): Promise<Transport & SerialControl> {
  return Promise.try(() => {
    const { settings, quiet, clock } = checkOptions(options);
    const resource = options.resource ?? `ASRL${path}::INSTR`;
    const handle = (options.system ?? thisSystem()).open({ path, resource, settings });
    return new SerialPort({
      handle,
      resource,
      quiet,
      clock,
      byteTime: byteTime(settings, handle.baudRate),
    });
  });
}
