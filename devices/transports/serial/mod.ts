/**
 * Serial ports, by the system's own library: no driver, no vendor library.
 *
 * Linux is what this is tested on. macOS and Windows follow the documented layouts and are tested against
 * stand-ins of their libraries; they have not been run on hardware yet.
 *
 * @example
 * ```ts ignore
 * import { openSerial } from "@stripchart/stripchart/devices";
 *
 * await using port = await openSerial("/dev/ttyUSB0", { baudRate: 115_200, parity: "even" });
 * const now = performance.now();
 * await port.write(new TextEncoder().encode("*IDN?\n"), true, { deadline: now + 1000 });
 * const answer = new Uint8Array(256);
 * const { count } = await port.read(answer, { deadline: now + 1000 });
 * ```
 *
 * @module
 */

export type {
  LineErrors,
  ModemLines,
  OutputLines,
  SerialControl,
  SerialPortInfo,
  UsbIdentity,
} from "./control.ts";
export { openSerial } from "./open.ts";
export {
  type FlowControl,
  type LinePolicy,
  type Parity,
  type SerialOptions,
  type SerialSettings,
} from "./options.ts";
export { serialPorts } from "./ports.ts";
export { type SerialServer, type SerialServerOptions, serveSerial } from "./server.ts";
export type { Direction, SerialHandle, SerialRequest, SerialSystem } from "./system.ts";
