/**
 * The portmapper (RFC 1833, version 2): says on which port a program listens.
 *
 * @module
 */

import { LinkError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { type RpcAddress, RpcClient } from "./client.ts";
import { Accepted, TCP } from "./messages.ts";
import { type RpcListener, serveRpc } from "./server.ts";
import { XdrWriter } from "./xdr.ts";

/** The portmapper's own program number. */
export const PORTMAPPER = 100000;
const VERSION = 2;
const GET_PORT = 3;

/** The port on which portmappers are looked for. */
export const PORTMAPPER_PORT = 111;

/** A program and where it listens. */
export interface Mapping {
  /** The program's number. */
  readonly program: number;
  /** Its version. */
  readonly version: number;
  /** Its TCP port. */
  readonly port: number;
}

/**
 * Asks a portmapper for the TCP port of a program.
 *
 * @throws {TimeoutError} If the deadline passes.
 * @throws {LinkError} If there is no portmapper, or if it doesn't know the program.
 */
export async function getPort(
  address: RpcAddress,
  program: number,
  version: number,
  io: Io,
): Promise<number> {
  const { hostname, port, resource } = address;
  await using client = await RpcClient.connect(address, io);
  const found = await client.call({
    program: PORTMAPPER,
    version: VERSION,
    procedure: GET_PORT,
    doing: `ask the portmapper of ${hostname} (port ${port}) where ${resource} is`,
    put: (writer) => writer.u32(program).u32(version).u32(TCP).u32(0),
    take: (reader) => reader.u32(),
  }, io);
  if (found === 0 || found > 65535) {
    throw new LinkError(
      `Cannot open ${resource}, as the portmapper of ${hostname} names port ${found} for the program ` +
        `0x${program.toString(16)}. Is it an instrument that speaks this protocol?`,
      resource,
    );
  }
  return found;
}

/** Where a mini portmapper listens. */
export interface PortmapperOptions {
  /** Address to listen on. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose. */
  readonly port: number;
  /** What it knows. */
  readonly mappings: readonly Mapping[];
}

/** Serves a portmapper that knows what it is told here and nothing else: it takes no registrations. */
export function servePortmapper(options: PortmapperOptions): RpcListener {
  return serveRpc({
    hostname: options.hostname,
    port: options.port,
    mostBytes: 1024,
    program: PORTMAPPER,
    version: VERSION,
    connect: () => ({
      call: (procedure, reader) => {
        if (procedure !== GET_PORT) return Accepted.procedureUnavailable;
        const program = reader.u32();
        const version = reader.u32();
        const transport = reader.u32();
        const found = transport === TCP
          ? options.mappings.find((m) => m.program === program && m.version === version)
          : undefined;
        return new XdrWriter(4).u32(found?.port ?? 0);
      },
    }),
  });
}
