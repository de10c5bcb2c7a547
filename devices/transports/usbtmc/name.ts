/**
 * Which USB devices are instruments.
 *
 * @module
 */

import { formatResourceName } from "../../resource_name.ts";
import type { UsbName } from "../../resource_name/types.ts";

/**
 * Refuses a device that speaks no USBTMC.
 *
 * @throws {RangeError} If the name ends in RAW.
 */
export function checkClass(name: UsbName): void {
  if (name.resourceClass === "INSTR") return;
  throw new RangeError(
    `Cannot open ${formatResourceName(name)}, as a USB instrument's class is INSTR: ` +
      `${name.resourceClass}. If it speaks USBTMC, write INSTR; if not, set library to a VISA library that can.`,
  );
}
