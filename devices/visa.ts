/**
 * Instruments by resource name, for the builder and for {@linkcode open}.
 *
 * @module
 */

import { type DurationInput, milliseconds } from "../time/duration.ts";
import type { DeviceContext, DeviceDefinition } from "./device.ts";
import { MessageSession } from "./message_session.ts";
import type {
  MessageOptions,
  Reopening,
  SessionEvent,
  Traffic,
} from "./message_session/options.ts";
import { Preparation, type PreparationOptions } from "./preparation.ts";
import { trafficLog, type TrafficLogOptions } from "./traffic_log.ts";
import {
  addressOf,
  answersIdn,
  openTransport,
  type TransportOptions,
} from "./transports/open_transport.ts";
import type { Responder } from "./transports/responder.ts";
import { openSimulated } from "./transports/simulated.ts";
import type { Io, Transport, TransportEvent } from "./transports/transport.ts";

/** What a simulated instrument can be told. */
export interface SimulatedInstrumentOptions extends MessageOptions {
  /** Time from a message to its answer. @default "0s" */
  readonly latency?: DurationInput;
  /** Records what goes over the link among the session's events: when, which way, what. @default false */
  readonly log?: boolean | TrafficLogOptions;
}

/** What {@linkcode visa} and {@linkcode socket} can be told. */
export interface VisaOptions
  extends SimulatedInstrumentOptions, TransportOptions, PreparationOptions {
  /** How long opening may take. @default "5s" */
  readonly openTimeout?: DurationInput;
  /** Opens the link anew once it is lost, as often as it takes; how patiently. @default true */
  readonly reopen?: boolean | Reopening;
  /** What stands in for the instrument in a dry run, or a function that makes one. */
  readonly simulate?: Responder | ((context: DeviceContext) => Responder);
}

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
  return define(name, options);
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
  return define(name, options);
}

/** What {@linkcode serial} can be told: the line's settings, and how to talk. */
export interface SerialInstrumentOptions
  extends Omit<VisaOptions, "serial">, NonNullable<TransportOptions["serial"]> {}

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
): DeviceDefinition<MessageSession> {
  return define(`ASRL${path}::INSTR`, { ...options, serial: options });
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
    openStandIn(responder, "SIM0::INSTR", options, context);
  return Object.freeze({ kind: "simulated instrument", open, simulate: open });
}

function define(name: string, options: VisaOptions): DeviceDefinition<MessageSession> {
  const { resource, permissions } = addressOf(name, options);
  const { simulate, setup, openTimeout, reopen, log } = options;
  if (typeof log === "object") trafficLog(() => {}, log);
  const { wait, longestPause }: Reopening = typeof reopen === "object" ? reopen : {};
  for (const duration of [openTimeout, wait, longestPause]) {
    if (duration !== undefined) milliseconds(duration);
  }
  return Object.freeze({
    kind: "instrument",
    address: resource,
    permissions,
    open: (context: DeviceContext) => openReal(resource, options, context),
    ...(simulate === undefined ? {} : {
      async simulate(context: DeviceContext): Promise<MessageSession> {
        const session = openStandIn(simulate, resource, options, context);
        await setup?.(session, context.signal);
        return session;
      },
    }),
  });
}

async function openReal(
  resource: string,
  { reopen = true, openTimeout = "5s", ...options }: VisaOptions,
  context: DeviceContext,
): Promise<MessageSession> {
  const { clock, signal, report } = context;
  const onEvent = ({ kind, message }: TransportEvent): void =>
    report({ kind, level: kind === "note" ? "info" : "warning", message });
  const talk = reporting(options, context);
  const { setup, identify } = options;
  const preparation = new Preparation({
    resource,
    answersIdn: answersIdn(resource, options),
    talk,
    clock,
    ...(setup === undefined ? {} : { setup }),
    ...(identify === undefined ? {} : { identify }),
  });
  const place = {};
  const connect = async (signal: AbortSignal): Promise<Transport> => {
    const deadline = clock.monotonic() + milliseconds(openTimeout);
    const opening = { ...options, clock, onEvent, place };
    const transport = await openTransport(resource, opening, { deadline, signal });
    try {
      await preparation.run(transport, signal);
      return transport;
    } catch (error) {
      await transport[Symbol.asyncDispose]();
      throw error;
    }
  };
  const transport = await connect(signal);
  return new MessageSession(transport, {
    ...talk,
    renew: (transport, io) => preparation.run(transport, io.signal ?? signal),
    ...(reopen === false ? {} : { reopen: (io: Io) => connect(io.signal ?? signal) }),
    ...(typeof reopen === "object" ? { reopening: reopen } : {}),
  });
}

function openStandIn(
  simulate: Responder | ((context: DeviceContext) => Responder),
  resource: string,
  options: SimulatedInstrumentOptions,
  context: DeviceContext,
): MessageSession {
  const responder = typeof simulate === "function" ? simulate(context) : simulate;
  const latency = milliseconds(options.latency ?? "0s");
  const transport = openSimulated({ responder, resource, latency, clock: context.clock });
  return new MessageSession(transport, reporting(options, context));
}

/** The options of a session that tells the experiment what happens to it. */
function reporting(
  options: SimulatedInstrumentOptions,
  { clock, report }: DeviceContext,
): MessageOptions & { clock: DeviceContext["clock"]; onEvent: (event: SessionEvent) => void } {
  const { log = false, traffic } = options;
  const logged = log === false ? undefined : trafficLog(report, log === true ? {} : log);
  const both = (piece: Traffic): void => {
    traffic?.(piece);
    logged?.(piece);
  };
  return {
    ...options,
    clock,
    onEvent: ({ kind, message, data }) =>
      report({ kind, level: "warning", message, ...(data === undefined ? {} : { data }) }),
    ...(logged === undefined ? {} : { traffic: both }),
  };
}
