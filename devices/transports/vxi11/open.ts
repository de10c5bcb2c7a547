/**
 * Opens a link to an instrument by VXI-11.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import type { RpcAddress } from "../rpc/connection.ts";
import { getPort, PORTMAPPER_PORT } from "../rpc/portmapper.ts";
import type { Transport, TransportEvent } from "../transport.ts";
import { CoreLink } from "./core.ts";
import { Program, VERSION } from "./protocol.ts";
import { Vxi11Transport } from "./client.ts";

/** Time that an opening has when none is said, by VPP-4.3, recommendation 4.3.3. Milliseconds. */
const DEFAULT_TIMEOUT = 2000;

/** Where an instrument is, and how it is talked to. */
export interface Vxi11Options {
  /** Host name or address. */
  readonly host: string;
  /** Name of the device at that host, such as `gpib0,12` behind a gateway. @default "inst0" */
  readonly device?: string;
  /** TCP port of the core channel, if it is known: the portmapper is not asked then. */
  readonly port?: number;
  /** TCP port of the portmapper. @default 111 */
  readonly portmapperPort?: number;
  /** Milliseconds that opening may take; 0 stands for the default. @default 2000 */
  readonly timeout?: number;
  /** Gives the opening up. */
  readonly signal?: AbortSignal;
  /** Milliseconds that each operation waits while another client holds the lock. @default 0 */
  readonly lockTimeout?: number;
  /**
   * Milliseconds that the instrument has for its last answers: after a time-out or an abort, before its
   * connection is given up, and when it is closed. @default 500
   */
  readonly margin?: number;
  /** Milliseconds between serial polls, where an instrument can't send service requests. @default 100 */
  readonly pollInterval?: number;
  /** Hears how the link fares. */
  readonly onEvent?: (event: TransportEvent) => void;
  /** Name for errors. @default the VISA resource name */
  readonly resource?: string;
  /** What deadlines are on. @default the system's clock */
  readonly clock?: Clock;
}

/**
 * Opens a link to an instrument by VXI-11.
 *
 * @throws {TimeoutError} If it takes too long, as when the portmapper is silent.
 * @throws {LinkError} If there is no such instrument.
 *
 * @example
 * ```ts
 * import { openVxi11, serveVxi11 } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using server = serveVxi11({ receive: () => new TextEncoder().encode("ACME,1,0,0\n") });
 * await using link = await openVxi11({ host: "127.0.0.1", port: server.ports.core });
 *
 * const io = { deadline: performance.now() + 2000 };
 * await link.write(new TextEncoder().encode("*IDN?\n"), true, io);
 * const target = new Uint8Array(256);
 * const { count, end } = await link.read(target, io);
 * assert.equal(new TextDecoder().decode(target.subarray(0, count)), "ACME,1,0,0\n");
 * assert.ok(end);
 * ```
 */
export async function openVxi11(options: Vxi11Options): Promise<Transport> {
  const { host, device = "inst0", clock = systemClock, signal, lockTimeout = 0 } = options;
  const where = options.port === undefined ? host : `${host},${options.port}`;
  const resource = options.resource ?? `TCPIP::${where}::${device}::INSTR`;
  const timeout = options.timeout || DEFAULT_TIMEOUT;
  const io = {
    deadline: clock.monotonic() + timeout,
    ...signal === undefined ? {} : { signal },
  };
  const at = (port: number): RpcAddress => ({ hostname: host, port, resource, clock });
  const port = options.port ??
    await getPort(at(options.portmapperPort ?? PORTMAPPER_PORT), Program.core, VERSION, io);
  const open = (io: { deadline: number; signal?: AbortSignal }) =>
    CoreLink.open(at(port), device, lockTimeout, io);
  return new Vxi11Transport({
    resource,
    clock,
    core: await open(io),
    reopen: open,
    at,
    margin: options.margin ?? 500,
    pollInterval: options.pollInterval ?? 100,
    onEvent: options.onEvent ?? (() => {}),
  });
}
