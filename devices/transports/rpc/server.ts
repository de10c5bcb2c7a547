/**
 * Serves a program by ONC-RPC over TCP.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { Accepted, beginDenial, beginReply, readCall } from "./messages.ts";
import { RecordAssembler, sealRecord } from "./records.ts";
import { XdrReader, type XdrWriter } from "./xdr.ts";

/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/** What a procedure gives: results, the number of a refusal, or nothing if there is no reply at all. */
export type RpcResult = XdrWriter | number | undefined;

/** A program as one connection sees it. */
export interface RpcConnection {
  /**
   * Carries out a call.
   *
   * @param reader The arguments; they are valid until the first wait only.
   */
  call(procedure: number, reader: XdrReader): RpcResult | Promise<RpcResult>;
  /** Is called once when the connection has ended, at once, even while a call is carried out. */
  ended?(): void;
}

/** Which program is served. */
export interface RpcProgram {
  /** The program's number. */
  readonly program: number;
  /** The program's version. */
  readonly version: number;
}

/** What is served, and where. */
export interface RpcServerOptions extends RpcProgram {
  /** Address to listen on. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose. */
  readonly port: number;
  /** Longest call that is accepted, bytes. */
  readonly mostBytes: number;
  /** How many connections there may be at once. @default 64 */
  readonly mostConnections?: number;
  /** Is called for each connection. */
  readonly connect: (remote: Deno.NetAddr) => RpcConnection;
}

/** A server that runs. */
export interface RpcListener extends Disposable, AsyncDisposable {
  /** The port that it listens on. */
  readonly port: number;
}

/** Serves a program until it is disposed. Each connection's calls are carried out in order. */
export function serveRpc(options: RpcServerOptions): RpcListener {
  const { hostname, port, mostConnections = 64 } = options;
  const listener = Deno.listen({ hostname, port, transport: "tcp" });
  const open = new Map<Deno.TcpConn, Promise<void>>();
  const accepting = (async () => {
    for await (const conn of listener) {
      if (open.size >= mostConnections) {
        conn.close();
        continue;
      }
      open.set(conn, serveConnection(conn, options).finally(() => open.delete(conn)));
    }
  })();
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    listener.close();
    for (const conn of open.keys()) closeQuietly(conn);
  };
  return {
    port: listener.addr.port,
    [Symbol.dispose]: close,
    async [Symbol.asyncDispose]() {
      close();
      await Promise.all([accepting, ...open.values()]);
    },
  };
}

async function serveConnection(conn: Deno.TcpConn, options: RpcServerOptions): Promise<void> {
  const peer = `${conn.remoteAddr.hostname} port ${conn.remoteAddr.port}`;
  const connection = options.connect(conn.remoteAddr);
  const assembler = new RecordAssembler(peer, options.mostBytes);
  const chunk = new Uint8Array(CHUNK);
  let underWay: Promise<void> | undefined;
  // Why the connection must end, once a call failed.
  let fault: unknown;
  const answer = async (record: Uint8Array): Promise<void> => {
    const reply = await answerCall(record, peer, options, connection);
    if (reply === undefined) return;
    const bytes = sealRecord(reply);
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  };
  try {
    conn.setNoDelay(true);
    for (;;) {
      // One chunk is read ahead while a call is carried out, so that a client that goes is noticed.
      const count = await conn.read(chunk);
      if (fault !== undefined) throw fault;
      if (count === null) return;
      await underWay;
      underWay = undefined;
      assembler.push(chunk.subarray(0, count), (record) => {
        // The record's bytes are there until the next one: a call that can't begin at once gets a copy.
        const before = underWay;
        const bytes = before === undefined ? record : record.slice();
        underWay = (before === undefined ? answer(bytes) : before.then(() => answer(bytes)))
          .catch((error) => {
            fault = error;
            closeQuietly(conn);
          });
      });
    }
  } catch {
    // A client that goes away in the middle, or talks nonsense, is no fault of this side.
  } finally {
    closeQuietly(conn);
    connection.ended?.();
    await underWay;
  }
}

/**
 * Carries out the call in a record.
 *
 * @param peer Who calls, for errors.
 * @returns The reply, with room for a record's header before it; nothing if there is none.
 * @throws {ProtocolError} If it is no call.
 */
export async function answerCall(
  record: Uint8Array,
  peer: string,
  { program, version }: RpcProgram,
  connection: Pick<RpcConnection, "call">,
): Promise<XdrWriter | undefined> {
  const reader = new XdrReader(record, peer);
  const call = readCall(reader, peer);
  const { xid } = call;
  if (call.rpcVersion !== 2) return beginDenial(xid);
  if (call.program !== program) return beginReply(xid, Accepted.programUnavailable, 0);
  if (call.version !== version) {
    return beginReply(xid, Accepted.programMismatch, 8).u32(version).u32(version);
  }
  // Procedure 0 of every program does nothing: it is there to be called.
  if (call.procedure === 0) return beginReply(xid, Accepted.success, 0);
  let result: RpcResult;
  try {
    result = await connection.call(call.procedure, reader);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    result = Accepted.garbageArguments;
  }
  if (result === undefined) return undefined;
  if (typeof result === "number") return beginReply(xid, result, 0);
  return beginReply(xid, Accepted.success, result.length).raw(result.bytes());
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It was closed already.
  }
}
