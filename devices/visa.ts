/**
 * Instruments by resource name, for the builder and for {@linkcode open}.
 *
 * @module
 */

import type { DeviceContext, DeviceDefinition } from "./device.ts";
import {
  define,
  openStandIn,
  type SimulatedInstrumentOptions,
  type VisaOptions,
} from "./instrument.ts";
import { MessageSession } from "./message_session.ts";
import type { MessageSessionOptions } from "./message_session/options.ts";
import type { PreparationOptions } from "./preparation.ts";
import { SerialSession, withSimulatedLines } from "./serial_session.ts";
import type { TransportOptions } from "./transports/open_transport.ts";
import type { Responder } from "./transports/responder.ts";
import type { Transport } from "./transports/transport.ts";

export type { SimulatedInstrumentOptions, VisaOptions } from "./instrument.ts";

const plain = (link: Transport, options: MessageSessionOptions): MessageSession =>
  new MessageSession(link, options);

/**
 * An instrument by its VISA resource name. It is opened when the experiment starts and closed when it ends; any
 * number of tasks may use it at once.
 *
 * @param name Such as `"TCPIP::192.168.0.20::hislip0::INSTR"`; see {@linkcode parseResourceName}.
 * @param options How to talk, what stands in for it in a dry run.
 * @returns A definition for `.device()` and {@linkcode open}.
 * @throws {SyntaxError} If it is no resource name.
 * @throws {RangeError} If there is no way to such an instrument.
 *
 * @example
 * ```ts
 * import { visa } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const dmm = visa("tcpip::192.168.0.20::hislip0::instr", { timeout: "10s" });
 * assert.equal(dmm.address, "TCPIP0::192.168.0.20::hislip0::INSTR");
 * assert.deepEqual(dmm.permissions, { net: ["192.168.0.20:4880"] });
 * ```
 */
export function visa(name: string, options: VisaOptions = {}): DeviceDefinition<MessageSession> {
  return define(name, options, plain);
}

/**
 * An instrument behind a raw TCP connection, VISA's SOCKET.
 *
 * @param host Host name or address.
 * @param port TCP port, often 5025.
 * @param options How to talk, what stands in for it in a dry run.
 * @returns A definition for `.device()` and {@linkcode open}.
 * @throws {SyntaxError} If the host or the port is none.
 *
 * @example
 * ```ts
 * import { socket } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const psu = socket("192.168.0.21", 5025);
 * assert.equal(psu.address, "TCPIP0::192.168.0.21::5025::SOCKET");
 * ```
 */
export function socket(
  host: string,
  port: number,
  options: VisaOptions = {},
): DeviceDefinition<MessageSession> {
  const bare = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const name = `TCPIP::${bare}::${port}::SOCKET`;
  return define(name, options, plain);
}

/** What {@linkcode serial} can be told: the line's settings, and how to talk. */
export interface SerialInstrumentOptions
  extends
    Omit<VisaOptions, "serial" | keyof PreparationOptions>,
    PreparationOptions<SerialSession>,
    NonNullable<TransportOptions["serial"]> {}

/**
 * An instrument on a serial port.
 *
 * @param path The device, best by a stable name: `"/dev/serial/by-id/usb-FTDI_FT232R-if00-port0"`, or `"COM3"`.
 * @param options Baud rate and the rest of the line, how to talk, what stands in for it in a dry run.
 * @returns A definition for `.device()` and {@linkcode open}.
 * @throws {SyntaxError} If the path can't be a port's.
 *
 * @example
 * ```ts
 * import { serial } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const bath = serial("/dev/ttyUSB0", { baudRate: 4800, parity: "even", writeTerminator: "\r\n" });
 * assert.equal(bath.address, "ASRL/dev/ttyUSB0::INSTR");
 * ```
 */
export function serial(
  path: string,
  options: SerialInstrumentOptions = {},
): DeviceDefinition<SerialSession> {
  return define(
    `ASRL${path}::INSTR`,
    { ...options, serial: options },
    (link, talk) => new SerialSession(link, talk),
    withSimulatedLines,
  );
}

/**
 * An instrument in process: no hardware, the same session.
 *
 * @param responder The instrument, or a function that makes one.
 * @param options How to talk, how long it takes.
 * @returns A definition for `.device()` and {@linkcode open}.
 *
 * @example
 * ```ts
 * import { open, simulated } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using echo = await open(simulated({ receive: (message) => message }));
 * assert.equal(await echo.query("hello"), "hello");
 * ```
 */
export function simulated(
  responder: Responder | ((context: DeviceContext) => Responder),
  options: SimulatedInstrumentOptions = {},
): DeviceDefinition<MessageSession> {
  const open = (context: DeviceContext): MessageSession =>
    openStandIn({ responder, resource: "SIM0::INSTR", options, make: plain }, context);
  return Object.freeze({ kind: "simulated instrument", open, simulate: open });
}
