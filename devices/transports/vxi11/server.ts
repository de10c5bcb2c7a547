/**
 * Serves an instrument by VXI-11.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import type { Responder } from "../responder.ts";
import { servePortmapper } from "../rpc/portmapper.ts";
import { serveRpc } from "../rpc/server.ts";
import { Accepted } from "../rpc/messages.ts";
import { XdrWriter } from "../rpc/xdr.ts";
import { Code, LEAST_RECEIVE_SIZE, Proc, Program, VERSION } from "./protocol.ts";
import { ServedDevice } from "./served_device.ts";
import { ServedClient, type ServedLinks } from "./served_client.ts";

/** How an instrument is served. */
export interface Vxi11ServerOptions {
  /** Address to listen on. @default "127.0.0.1" */
  readonly hostname?: string;
  /** TCP port of the core channel; 0 lets the system choose. @default 0 */
  readonly port?: number;
  /**
   * Port of a mini portmapper, by TCP and by UDP; 0 lets the system choose. Clients that search by broadcast find
   * the instrument if this is 111 and `hostname` is `"0.0.0.0"`. @default none
   */
  readonly portmapperPort?: number;
  /** Most bytes that one write call takes, 1024 or more. @default 1 MiB */
  readonly maxRecvSize?: number;
  /** Most bytes that one read call gives. @default as many as are asked for */
  readonly mostPerRead?: number;
  /** Longest message, in bytes. @default 64 MiB */
  readonly mostMessage?: number;
  /** What time-outs are on. @default the system's clock */
  readonly clock?: Clock;
}

/** A server that runs until it is disposed. */
export interface Vxi11Server extends Disposable, AsyncDisposable {
  /** The TCP ports that it listens on. */
  readonly ports: {
    /** The core channel's. */
    readonly core: number;
    /** The abort channel's. */
    readonly abort: number;
    /** The portmapper's, if there is one; the same for UDP. */
    readonly portmapper?: number;
  };
  /**
   * Resolves once the portmapper, if there is one, answers by UDP too, which is how one searches by broadcast;
   * rejects if it can't have that port. It may be ignored.
   */
  readonly discoverable?: Promise<void>;
}

/**
 * Serves an instrument by VXI-11: links, locks between them, aborts and service requests. Each link has an
 * input and an output of its own. A new message takes back an answer that was not read.
 *
 * @param responder The instrument under every name, or a function that gives the one of a name such as
 * `inst0`, or nothing where there is none.
 *
 * @example
 * ```ts
 * import { serveVxi11 } from "@stripchart/stripchart/devices";
 *
 * await using server = serveVxi11(
 *   { receive: (message) => message },
 *   { portmapperPort: 0 },
 * );
 * console.log(server.ports);
 * ```
 */
export function serveVxi11(
  responder: Responder | ((device: string) => Responder | undefined),
  options: Vxi11ServerOptions = {},
): Vxi11Server {
  const { hostname = "127.0.0.1", clock = systemClock } = options;
  const maxRecvSize = options.maxRecvSize ?? 1024 * 1024;
  if (!Number.isInteger(maxRecvSize) || maxRecvSize < LEAST_RECEIVE_SIZE) {
    throw new RangeError(
      `Cannot serve VXI-11 as a write call must take at least ${LEAST_RECEIVE_SIZE} bytes: ` +
        `${maxRecvSize}. Choose a larger maxRecvSize.`,
    );
  }
  const devices = new Map<Responder, ServedDevice>();
  const links: ServedLinks = {
    byId: new Map(),
    nextId: 0,
    clock,
    maxRecvSize,
    mostMessage: options.mostMessage ?? 64 * 1024 * 1024,
    mostPerRead: options.mostPerRead ?? Infinity,
    abortPort: 0,
    device(name) {
      const found = typeof responder === "function" ? responder(name) : responder;
      if (found === undefined) return undefined;
      let device = devices.get(found);
      if (device === undefined) devices.set(found, device = new ServedDevice(found, clock));
      return device;
    },
  };
  const stack = new DisposableStack();
  const abort = stack.use(serveRpc({
    hostname,
    port: 0,
    program: Program.abort,
    version: VERSION,
    mostBytes: 1024,
    connect: () => ({
      call: (procedure, reader) => {
        if (procedure !== Proc.deviceAbort) return Accepted.procedureUnavailable;
        const link = links.byId.get(reader.i32());
        link?.abort();
        return new XdrWriter(4).u32(link === undefined ? Code.invalidLink : Code.ok);
      },
    }),
  }));
  links.abortPort = abort.port;
  try {
    const core = stack.use(serveRpc({
      hostname,
      port: options.port ?? 0,
      program: Program.core,
      version: VERSION,
      mostBytes: maxRecvSize + 1024,
      connect: (remote) => new ServedClient(links, remote.hostname),
    }));
    const portmapper = options.portmapperPort === undefined
      ? undefined
      : stack.use(servePortmapper({
        hostname,
        port: options.portmapperPort,
        mappings: [
          { program: Program.core, version: VERSION, port: core.port },
          { program: Program.abort, version: VERSION, port: abort.port },
        ],
      }));
    return {
      ports: {
        core: core.port,
        abort: abort.port,
        ...portmapper === undefined ? {} : { portmapper: portmapper.port },
      },
      ...portmapper === undefined ? {} : { discoverable: portmapper.datagrams },
      [Symbol.dispose]: () => stack.dispose(),
      async [Symbol.asyncDispose]() {
        stack.dispose();
        await Promise.all([abort, core, portmapper].map((part) => part?.[Symbol.asyncDispose]()));
      },
    };
  } catch (error) {
    stack.dispose();
    throw error;
  }
}
