/**
 * From a resource name to a link: which bus, what it needs, how it is opened. A bus that is not used is not loaded.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Permissions } from "../device.ts";
import { formatResourceName, parseResourceName } from "../resource_name.ts";
import type { Bus, PrologixSerialName, ResourceName, SerialName } from "../resource_name/types.ts";
import { adapterOf, refuseBoard } from "./gpib_adapter.ts";
import { gpibLibraries } from "./gpib/candidates.ts";
import type { GpibOptions } from "./gpib/open.ts";
import type { HislipOptions } from "./hislip/mod.ts";
import type { SerialOptions } from "./serial/options.ts";
import type { PortPlace } from "./serial/place.ts";
import { serialLibraries, serialPath } from "./serial_name.ts";
import type { SocketOptions } from "./socket.ts";
import type { Io, Transport, TransportEvent } from "./transport.ts";
import { checkClass } from "./usbtmc/name.ts";
import type { UsbtmcOptions } from "./usbtmc/mod.ts";
import { visaLibraries } from "./visa_library/candidates.ts";
import { serialAttributes } from "./visa_library/serial_attributes.ts";
import type { Vxi11Options } from "./vxi11/mod.ts";

/** How links are opened, bus by bus. */
export interface TransportOptions {
  /** For raw sockets: what puts the link in order after a time-out, and how long silence must last. */
  readonly socket?: Pick<SocketOptions, "recovery" | "quietTime">;
  /** For HiSLIP: versions, mode, encryption. */
  readonly hislip?: Pick<HislipOptions, "version" | "mode" | "maximumMessageSize" | "tls">;
  /** For VXI-11: the portmapper's port, waiting for locks, polling for service requests. */
  readonly vxi11?: Pick<Vxi11Options, "portmapperPort" | "lockTimeout" | "margin" | "pollInterval">;
  /** For serial ports: baud rate and the rest of the line's settings. */
  readonly serial?: Omit<SerialOptions, "clock" | "resource" | "system">;
  /** For a GPIB board of this computer: the library of its driver, the board's number there. */
  readonly gpib?: Omit<GpibOptions, "clock">;
  /** For USB instruments: the lock against other programs, clearing at opening. */
  readonly usbtmc?: Pick<UsbtmcOptions, "exclusive" | "clear">;
  /**
   * For GPIB by another way than a board: the Prologix adapter that leads to the instrument, as
   * `"PRLGX-TCPIP::192.168.0.30::INTFC"`. Who names the same adapter shares it.
   */
  readonly adapter?: string;
  /**
   * Opens it by a VISA library of an instrument maker, whatever the bus: an absolute path, such as
   * `"/usr/lib/x86_64-linux-gnu/libvisa.so"`, or `true` for the one that this computer has. Names and aliases are
   * the library's own then. With `true`, the variables STRIPCHART_VISA_LIBRARY and PYVISA_LIBRARY count as far as
   * they may be read.
   */
  readonly library?: string | true;
  /** For a VISA library: attributes of its session by number, set when it is opened. */
  readonly attributes?: Readonly<Record<number, number | bigint>>;
}

/** What opening needs beside the name. */
export interface OpenTransportOptions extends TransportOptions {
  /** What deadlines are on. */
  readonly clock: Clock;
  /** Is told how the link fares. */
  readonly onEvent?: (event: TransportEvent) => void;
  /** Where a serial port was the last time: it is found again under another name. */
  readonly place?: PortPlace;
}

interface Way<N extends ResourceName> {
  permissions(name: N, options: TransportOptions): Permissions;
  open(name: N, options: OpenTransportOptions, io: Io): Promise<Transport>;
}

type Ways = { readonly [B in Bus]?: Way<Extract<ResourceName, { bus: B }>> };

const WAYS: Ways = {
  socket: {
    permissions: ({ host, port }) => ({ net: [netAddress(host, port)] }),
    async open(name, { clock, socket }, io) {
      const { openSocket } = await import("./socket.ts");
      const { host, port } = name;
      return await openSocket(
        { ...socket, host, port, resource: formatResourceName(name), clock },
        io,
      );
    },
  },
  vxi11: {
    // The portmapper says which port it is, and another one is for aborts.
    permissions: ({ host }) => ({ net: [netAddress(host)] }),
    async open(name, { clock, vxi11, onEvent }, io) {
      const { openVxi11 } = await import("./vxi11/mod.ts");
      const { host, device, port } = name;
      return await openVxi11({
        ...vxi11,
        host,
        device,
        ...(port === undefined ? {} : { port }),
        timeout: Math.max(1, io.deadline - clock.monotonic()),
        ...(io.signal === undefined ? {} : { signal: io.signal }),
        ...(onEvent === undefined ? {} : { onEvent }),
        resource: formatResourceName(name),
        clock,
      });
    },
  },
  hislip: {
    permissions(name) {
      if (name.credential === undefined) return { net: [netAddress(name.host, name.port)] };
      throw new RangeError(
        `Cannot open ${formatResourceName(name)}, as Stripchart logs in nowhere: ` +
          `${name.credential}. Leave the credentials away, or set library to a VISA library.`,
      );
    },
    async open(name, { clock, hislip }, io) {
      const { openHislip } = await import("./hislip/mod.ts");
      const { host, port, device } = name;
      return await openHislip({
        ...hislip,
        host,
        port,
        subAddress: device,
        resource: formatResourceName(name),
        clock,
        ...io,
      });
    },
  },
  gpib: {
    permissions(name, options) {
      const adapter = adapterOf(name, options);
      return adapter === undefined
        ? { ffi: gpibLibraries(options.gpib?.library) }
        : wayTo(adapter).permissions(options);
    },
    async open(name, options, io) {
      const { clock, gpib } = options;
      const adapter = adapterOf(name, options);
      const { board, primary, secondary } = name;
      const place = secondary === undefined ? { primary } : { primary, secondary };
      if (adapter === undefined) {
        const { openGpib } = await import("./gpib/open.ts");
        return await openGpib({ board, ...place }, io, { ...gpib, clock });
      }
      const { openPrologix } = await import("./prologix/open.ts");
      const line = {
        name: formatResourceName(adapter),
        open: (io: Io) => wayTo(adapter).open(options, io),
      };
      return await openPrologix(line, place, io, { clock });
    },
  },
  "gpib-interface": {
    permissions: (name) => refuseBoard(name),
    open: (name) => refuseBoard(name),
  },
  serial: {
    permissions: () => ({ ffi: serialLibraries() }),
    open: (name, options, io) => openPort(name, options, io),
  },
  "prologix-serial": {
    permissions: () => ({ ffi: serialLibraries() }),
    open: (name, options, io) => openPort(name, options, io),
  },
  usb: {
    permissions(name) {
      checkClass(name);
      // Elsewhere there is no way to it, which opening says: a dry run needs none.
      return Deno.build.os === "linux" ? { ffi: serialLibraries() } : {};
    },
    async open(name, { clock, usbtmc, onEvent }, io) {
      const { openUsbtmc } = await import("./usbtmc/mod.ts");
      return await openUsbtmc(formatResourceName(name), io, {
        ...usbtmc,
        ...(onEvent === undefined ? {} : { onEvent }),
        clock,
      });
    },
  },
  "prologix-tcp": {
    permissions: ({ host, port }) => ({ net: [netAddress(host, port)] }),
    async open(name, { clock }, io) {
      const { openSocket } = await import("./socket.ts");
      const { host, port } = name;
      return await openSocket({ host, port, resource: formatResourceName(name), clock }, io);
    },
  },
};

async function openPort(
  name: SerialName | PrologixSerialName,
  { clock, serial, place = {}, onEvent }: OpenTransportOptions,
  io: Io,
): Promise<Transport> {
  io.signal?.throwIfAborted();
  const { openSerial, serialPorts } = await import("./serial/mod.ts");
  const { findPort } = await import("./serial/place.ts");
  io.signal?.throwIfAborted();
  const resource = formatResourceName(name);
  const path = findPort(serialPath(name.port), place, serialPorts, resource);
  const port = await openSerial(path, { ...serial, clock, resource });
  const before = place.known?.path;
  place.known = serialPorts().find((known) => known.path === port.path) ?? { path: port.path };
  if (before !== undefined && before !== port.path) {
    onEvent?.({ kind: "note", message: `${resource} is ${port.path} now; it was ${before}.` });
  }
  return port;
}

function netAddress(host: string, port?: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}

/** The way to one instrument. */
interface WayTo {
  permissions(options: TransportOptions): Permissions;
  open(options: OpenTransportOptions, io: Io): Promise<Transport>;
}

function wayTo<N extends ResourceName>(name: N): WayTo {
  const way = (WAYS as Readonly<Partial<Record<Bus, Way<N>>>>)[name.bus];
  if (way === undefined) {
    throw new RangeError(
      `Cannot open ${formatResourceName(name)}, as Stripchart itself can't reach its bus: ` +
        `${name.bus}. It has ${
          Object.keys(WAYS).join(", ")
        }; set library to a VISA library that can.`,
    );
  }
  return {
    permissions: (options) => way.permissions(name, options),
    open: (options, io) => way.open(name, options, io),
  };
}

/** The canonical form of a name, and what its link needs from Deno. */
export interface Address {
  /** The resource name; for a VISA library as it is. */
  readonly resource: string;
  /** What opening and using it needs. */
  readonly permissions: Permissions;
}

/**
 * Where a name leads. Nothing is opened.
 *
 * @throws {SyntaxError} If it is no resource name.
 * @throws {RangeError} If there is no way to such an instrument.
 */
export function addressOf(name: string, options: TransportOptions): Address {
  if (options.library !== undefined) {
    const ffi = options.library === true ? visaLibraries() : [options.library];
    return { resource: name, permissions: { ffi } };
  }
  const parsed = parseResourceName(name);
  return {
    resource: formatResourceName(parsed),
    permissions: wayTo(parsed).permissions(options),
  };
}

/**
 * Whether the standard of an instrument's bus demands that `*IDN?` is answered: HiSLIP's, USBTMC's (USB488) and
 * VXI-11's, but not that of what is behind a gateway or a VISA library.
 */
export function answersIdn(name: string, { library }: TransportOptions): boolean {
  if (library !== undefined) return false;
  const parsed = parseResourceName(name);
  if (parsed.bus === "vxi11") return /^inst\d*$/.test(parsed.device);
  return parsed.bus === "hislip" || (parsed.bus === "usb" && parsed.resourceClass === "INSTR");
}

/**
 * Opens a link.
 *
 * @throws {SyntaxError} If it is no resource name.
 * @throws {RangeError} If there is no way to such an instrument.
 * @throws What the bus's own opening throws.
 */
export async function openTransport(
  name: string,
  options: OpenTransportOptions,
  io: Io,
): Promise<Transport> {
  const { library, clock, serial, attributes } = options;
  if (library === undefined) return await wayTo(parseResourceName(name)).open(options, io);
  const { openVisaLibrary } = await import("./visa_library/open.ts");
  return await openVisaLibrary(name, io, {
    ...(library === true ? {} : { library }),
    attributes: {
      ...(serial && /^ASRL/i.test(name) ? serialAttributes(serial) : {}),
      ...attributes,
    },
    clock,
  });
}
