/**
 * The portmapper (RFC 1833, version 2): says on which port a program listens.
 *
 * @module
 */

import { LinkError, ProtocolError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { RpcClient } from "./client.ts";
import type { RpcAddress } from "./connection.ts";
import { Accepted, beginCall, readReply, TCP } from "./messages.ts";
import { MARK_SIZE } from "./records.ts";
import { serveRpcDatagrams } from "./datagram_server.ts";
import { type RpcListener, type RpcResult, serveRpc } from "./server.ts";
import { XdrReader, XdrWriter } from "./xdr.ts";

/** The portmapper's own program number. */
export const PORTMAPPER = 100000;
/** The version of the portmapper that is spoken. */
export const PORTMAPPER_VERSION = 2;
const GET_PORT = 3;
const DUMP = 4;

/** The port on which portmappers are looked for. */
export const PORTMAPPER_PORT = 111;

/** Writes the arguments of GETPORT: the TCP port of a program is asked for. */
function putMapping(writer: XdrWriter, program: number, version: number): XdrWriter {
  return writer.u32(program).u32(version).u32(TCP).u32(0);
}

/** A GETPORT call as a datagram. */
export function getPortDatagram(
  xid: number,
  program: number,
  version: number,
): Uint8Array<ArrayBuffer> {
  const procedure = { program: PORTMAPPER, version: PORTMAPPER_VERSION, procedure: GET_PORT };
  return putMapping(beginCall(xid, procedure, 16), program, version).bytes().subarray(MARK_SIZE);
}

/**
 * Reads the answer to {@linkcode getPortDatagram}.
 *
 * @param from Who sent it, for errors.
 * @returns The port; 0 if the program is not there.
 * @throws {ProtocolError} If it is no such answer.
 */
export function readPortDatagram(bytes: Uint8Array, xid: number, from: string): number {
  const reader = new XdrReader(bytes, from);
  const seen = reader.u32();
  if (seen !== xid) {
    throw new ProtocolError(
      `Cannot read from ${from}, as it answers call ${seen} where ${xid} was asked`,
      from,
    );
  }
  readReply(reader, from);
  const port = reader.u32();
  if (port <= 65535) return port;
  throw new ProtocolError(
    `Cannot read from ${from}, as a port is 65535 at most, and it names ${port}`,
    from,
  );
}

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
    version: PORTMAPPER_VERSION,
    procedure: GET_PORT,
    doing: `ask the portmapper of ${hostname} (port ${port}) where ${resource} is`,
    put: (writer) => putMapping(writer, program, version),
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
  /** TCP and UDP port; 0 lets the system choose. */
  readonly port: number;
  /** What it knows. */
  readonly mappings: readonly Mapping[];
}

/** A portmapper that runs. */
export interface Portmapper extends RpcListener {
  /** Resolves once it answers by UDP too; rejects if the UDP port can't be had. It may be ignored. */
  readonly datagrams: Promise<void>;
}

/** Serves a portmapper that knows what it is told here and nothing else: it takes no registrations. */
export function servePortmapper({ hostname, port, mappings }: PortmapperOptions): Portmapper {
  const program = { program: PORTMAPPER, version: PORTMAPPER_VERSION };
  const call = (procedure: number, reader: XdrReader): RpcResult =>
    answer(mappings, procedure, reader);
  const tcp = serveRpc({ ...program, hostname, port, mostBytes: 1024, connect: () => ({ call }) });
  const udp = serveRpcDatagrams({ ...program, hostname, port: tcp.port, call });
  const datagrams = udp.then(() => {});
  datagrams.catch(() => {});
  return {
    port: tcp.port,
    datagrams,
    [Symbol.dispose]() {
      tcp[Symbol.dispose]();
      void udp.then((socket) => socket[Symbol.dispose](), () => {});
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([
        tcp[Symbol.asyncDispose](),
        udp.then((socket) => socket[Symbol.asyncDispose](), () => {}),
      ]);
    },
  };
}

function answer(mappings: readonly Mapping[], procedure: number, reader: XdrReader): RpcResult {
  if (procedure === DUMP) {
    const writer = new XdrWriter();
    for (const { program, version, port } of mappings) {
      writer.bool(true).u32(program).u32(version).u32(TCP).u32(port);
    }
    return writer.bool(false);
  }
  if (procedure !== GET_PORT) return Accepted.procedureUnavailable;
  const program = reader.u32();
  const version = reader.u32();
  const transport = reader.u32();
  const found = transport === TCP
    ? mappings.find((m) => m.program === program && m.version === version)
    : undefined;
  return new XdrWriter(4).u32(found?.port ?? 0);
}
