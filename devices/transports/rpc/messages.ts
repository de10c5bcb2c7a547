/**
 * Calls and replies of ONC-RPC version 2 (RFC 5531).
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { MARK_SIZE } from "./records.ts";
import { type XdrReader, XdrWriter } from "./xdr.ts";

const CALL = 0;
const REPLY = 1;
const RPC_VERSION = 2;
/** Longest credential or verifier, by RFC 5531. Bytes. */
const MOST_AUTH = 400;

/** TCP in the portmapper's terms. */
export const TCP = 6;

/** How a server takes a call. */
export const Accepted = {
  success: 0,
  programUnavailable: 1,
  programMismatch: 2,
  procedureUnavailable: 3,
  garbageArguments: 4,
  systemError: 5,
} as const;

const REFUSALS = [
  "",
  "it doesn't have that program",
  "it doesn't have that version of the program",
  "it doesn't have that procedure",
  "it found the arguments to be garbage",
  "it met an error of its own",
];

/** What is called. */
export interface Procedure {
  /** The program's number. */
  readonly program: number;
  /** The program's version. */
  readonly version: number;
  /** The procedure's number within the program. */
  readonly procedure: number;
}

/** A call as a server reads it; what follows in the reader are the arguments. */
export interface Call extends Procedure {
  /** Number that the reply bears. */
  readonly xid: number;
  /** The RPC version asked for; only 2 exists. */
  readonly rpcVersion: number;
}

/**
 * Begins a call: the arguments are written after it.
 *
 * @param room How many bytes of arguments there will be, if that is known.
 * @param writer In which nothing is yet.
 * @returns The writer, with room for a record's header at its beginning.
 */
export function beginCall(
  xid: number,
  { program, version, procedure }: Procedure,
  room: number,
  writer: XdrWriter = new XdrWriter(MARK_SIZE + 40 + room),
): XdrWriter {
  return writer.u32(0).u32(xid).u32(CALL).u32(RPC_VERSION).u32(program).u32(version)
    .u32(procedure).u32(0).u32(0).u32(0).u32(0);
}

/**
 * Reads the head of a call.
 *
 * @throws {ProtocolError} If it is none.
 */
export function readCall(reader: XdrReader, resource: string): Call {
  const xid = reader.u32();
  const kind = reader.u32();
  if (kind !== CALL) throw new ProtocolError(unexpected(resource, "call", kind), resource);
  const rpcVersion = reader.u32();
  const program = reader.u32();
  const version = reader.u32();
  const procedure = reader.u32();
  for (let i = 0; i < 2; i++) {
    reader.u32();
    reader.skipOpaque(MOST_AUTH);
  }
  return { xid, rpcVersion, program, version, procedure };
}

/**
 * Begins a reply: the results are written after it.
 *
 * @param room How many bytes of results there will be, if that is known.
 * @returns A writer with room for a record's header at its beginning.
 */
export function beginReply(
  xid: number,
  accepted: number,
  room: number,
): XdrWriter {
  return new XdrWriter(MARK_SIZE + 24 + room).u32(0).u32(xid).u32(REPLY).u32(0).zeros(8).u32(
    accepted,
  );
}

/** The reply to a call of another RPC version than 2. */
export function beginDenial(xid: number): XdrWriter {
  return new XdrWriter().u32(0).u32(xid).u32(REPLY).u32(1).u32(0).u32(RPC_VERSION).u32(RPC_VERSION);
}

/**
 * Reads the head of a reply after its xid; what follows are the results.
 *
 * @throws {ProtocolError} If it is no reply, or if the call was refused.
 */
export function readReply(reader: XdrReader, resource: string): void {
  const kind = reader.u32();
  if (kind !== REPLY) throw new ProtocolError(unexpected(resource, "reply", kind), resource);
  if (reader.u32() !== 0) {
    const why = reader.u32() === 0 ? "it speaks another version of RPC" : "it asks who is calling";
    throw new ProtocolError(`Cannot call ${resource}, as ${why}`, resource);
  }
  reader.u32();
  reader.skipOpaque(MOST_AUTH);
  const status = reader.u32();
  if (status !== Accepted.success) {
    const why = REFUSALS[status] ?? `it answers with the unknown status ${status}`;
    throw new ProtocolError(`Cannot call ${resource}, as ${why}`, resource);
  }
}

function unexpected(resource: string, wanted: string, kind: number): string {
  return `Cannot read from ${resource}, as it sends an RPC message of kind ${kind} where a ${wanted} ` +
    `is due`;
}
