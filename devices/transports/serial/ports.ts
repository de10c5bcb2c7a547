/**
 * The serial ports of this computer.
 *
 * @module
 */

import type { SerialPortInfo } from "./control.ts";
import type { SerialSystem } from "./system.ts";
import { thisSystem } from "./this_system.ts";

/**
 * Lists the serial ports that have hardware behind them, with what a USB adapter says it is.
 *
 * It needs what {@linkcode openSerial} needs.
 *
 * @example
 * ```ts ignore
 * import { serialPorts } from "@stripchart/stripchart/devices";
 *
 * for (const { path, stableName, usb } of serialPorts()) {
 *   console.log(stableName ?? path, usb?.product ?? "");
 * }
 * ```
 *
 * @param system Whose ports. @default this computer's
 * @throws {Deno.errors.NotCapable} If the system's library is not permitted.
 */
export function serialPorts(system: SerialSystem = thisSystem()): SerialPortInfo[] {
  return system.ports();
}
