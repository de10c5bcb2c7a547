/**
 * Serving one instrument on several buses.
 *
 * @module
 */

import { serveHislip } from "../../devices/transports/hislip/mod.ts";
import { serialLibraries } from "../../devices/transports/serial_name.ts";
import { serveSerial } from "../../devices/transports/serial/mod.ts";
import { serveSocket } from "../../devices/transports/socket_server.ts";
import { serveVxi11 } from "../../devices/transports/vxi11/mod.ts";
import { asError } from "../../session/stopped.ts";
import type { Clock } from "../../time/clock.ts";
import { BUSES, type BusName, type OnBus, type ServedInstrument } from "./instrument.ts";

/** How an instrument is to be served. */
export interface ServeRequest {
  /** Address to listen on. */
  readonly host: string;
  /** The buses that were asked for, each with its port, 0 for any; all that can be if nothing is asked for. */
  readonly buses: ReadonlyMap<BusName, number>;
  /** The portmapper's port, if there is to be one. */
  readonly portmapper: number | undefined;
}

/** An instrument on one bus. */
export interface Serving {
  /** The bus. */
  readonly bus: BusName;
  /** The resource name, as Stripchart and pyvisa take it. */
  readonly resource: string;
  /** The TCP port, on a network. */
  readonly port?: number;
  /** The portmapper's port, if there is one. */
  readonly portmapper?: number;
}

/** A bus that the instrument is not on, and why. */
export interface LeftOut {
  /** The bus. */
  readonly bus: BusName;
  /** Half a sentence. */
  readonly why: string;
}

/** What is served. */
export interface Served extends AsyncDisposable {
  /** Where. */
  readonly serving: readonly Serving[];
  /** Where not. */
  readonly leftOut: readonly LeftOut[];
}

/** Addresses that stand for all of this computer's. */
const WILDCARDS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** A host as it is written in a resource name. */
function hostIn(host: string): string {
  const reachable = WILDCARDS[host] ?? host;
  return reachable.includes(":") ? `[${reachable}]` : reachable;
}

interface Started {
  readonly serving: Serving;
  readonly server: AsyncDisposable;
}

function start(
  bus: BusName,
  { responder, ends }: OnBus,
  { host, buses, portmapper }: ServeRequest,
  clock: Clock,
): Started {
  const common = { hostname: host, port: buses.get(bus) ?? 0 };
  const name = hostIn(host);
  switch (bus) {
    case "socket": {
      const server = serveSocket(responder, { ...common, ...ends });
      const { port } = server;
      return { server, serving: { bus, resource: `TCPIP::${name}::${port}::SOCKET`, port } };
    }
    case "vxi11": {
      const server = serveVxi11(responder, {
        ...common,
        clock,
        ...portmapper === undefined ? {} : { portmapperPort: portmapper },
      });
      const { core, portmapper: mapper } = server.ports;
      const resource = `TCPIP::${name},${core}::inst0::INSTR`;
      return {
        server,
        serving: {
          bus,
          resource,
          port: core,
          ...mapper === undefined ? {} : { portmapper: mapper },
        },
      };
    }
    case "hislip": {
      const server = serveHislip(() => responder, { ...common, clock });
      const { port } = server;
      return { server, serving: { bus, resource: `TCPIP::${name}::hislip0,${port}::INSTR`, port } };
    }
    case "serial": {
      const server = serveSerial(responder, { ...ends, clock });
      return { server, serving: { bus, resource: `ASRL${server.path}::INSTR` } };
    }
  }
}

/** The flag that permits a bus, if nobody gave it: nobody is asked at a terminal for what was not asked for. */
function missingFlag(bus: BusName, { host, buses }: ServeRequest): string | undefined {
  const granted = (descriptor: Deno.PermissionDescriptor): boolean =>
    Deno.permissions.querySync(descriptor).state === "granted";
  if (bus === "serial") {
    const paths = serialLibraries();
    return paths.some((path) => granted({ name: "ffi", path }))
      ? undefined
      : `--allow-ffi=${paths.join(",")}`;
  }
  const port = buses.get(bus) ?? 0;
  const name = host.includes(":") ? `[${host}]` : host;
  return granted({ name: "net", host: `${name}:${port}` }) ? undefined : `--allow-net=${name}`;
}

/**
 * Serves an instrument.
 *
 * @throws What a bus that was asked for throws. One that nobody asked for is left out instead.
 */
export async function serve(
  instrument: ServedInstrument,
  request: ServeRequest,
  clock: Clock,
): Promise<Served> {
  const serving: Serving[] = [];
  const leftOut: LeftOut[] = [];
  await using servers = new AsyncDisposableStack();
  const chosen = request.buses.size > 0;
  for (const bus of BUSES) {
    if (chosen && !request.buses.has(bus)) continue;
    try {
      const flag = missingFlag(bus, request);
      if (flag !== undefined) {
        throw new Deno.errors.NotCapable(`Deno does not permit it: run it with ${flag}`);
      }
      const started = start(bus, instrument.on(bus), request, clock);
      servers.use(started.server);
      serving.push(started.serving);
    } catch (error) {
      const why = asError(error).message;
      if (chosen) throw new Error(`Cannot serve it on ${bus}, as ${why}`, { cause: error });
      leftOut.push({ bus, why });
    }
  }
  if (serving.length === 0) {
    throw new Error(
      `Cannot serve it, as no bus can be had:${
        leftOut.map(({ bus, why }) => `\n  ${bus}: ${why}`).join("")
      }`,
    );
  }
  const kept = servers.move();
  return { serving, leftOut, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
