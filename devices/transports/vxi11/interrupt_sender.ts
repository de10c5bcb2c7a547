/**
 * A VXI-11 server's side of the interrupt channel.
 *
 * @module
 */

import { connectTcp, type RpcAddress } from "../rpc/connection.ts";
import { beginCall } from "../rpc/messages.ts";
import { sealRecord } from "../rpc/records.ts";
import type { Io } from "../transport.ts";
import { Proc } from "./protocol.ts";

/** A connection to a client over which its service requests go. */
export class InterruptSender implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #program: { program: number; version: number };
  #sending = false;
  #xid = 0;

  private constructor(conn: Deno.TcpConn, program: { program: number; version: number }) {
    this.#conn = conn;
    this.#program = program;
  }

  /** Connects to a client that listens. */
  static async connect(
    address: RpcAddress,
    program: { program: number; version: number },
    io: Io,
  ): Promise<InterruptSender> {
    return new InterruptSender(await connectTcp(address, io), program);
  }

  /** Sends a request; no reply comes. While one has not gone out yet, another would say nothing new. */
  send(handle: Uint8Array): void {
    if (this.#sending) return;
    this.#sending = true;
    const call = { ...this.#program, procedure: Proc.deviceIntrSrq };
    const writer = beginCall(++this.#xid >>> 0, call, 64).opaque(handle);
    // A record of this size goes out in one piece; a client that is gone hears nothing.
    this.#conn.write(sealRecord(writer)).catch(() => {}).finally(() => this.#sending = false);
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}
