/**
 * Serves a program by ONC-RPC over UDP: one call, one datagram, one reply.
 *
 * @module
 */

import { DatagramSocket, hostAndPort, type UdpAddress } from "../datagrams.ts";
import { MARK_SIZE } from "./records.ts";
import { answerCall, type RpcConnection, type RpcProgram } from "./server.ts";

/** A program, and where it is served. */
export interface RpcDatagramOptions extends RpcProgram, UdpAddress {
  /** Carries out a call. */
  readonly call: RpcConnection["call"];
}

/**
 * Serves a program until the socket is disposed. A datagram that is no call gets no answer.
 *
 * Deno asks for permission to send to each caller: what may not be answered is dropped.
 *
 * @throws {Error} If the port can't be had.
 */
export async function serveRpcDatagrams(options: RpcDatagramOptions): Promise<DatagramSocket> {
  const answer = async (bytes: Uint8Array, from: UdpAddress): Promise<void> => {
    try {
      const reply = await answerCall(bytes, hostAndPort(from), options, options);
      // Datagrams have no record marking.
      if (reply !== undefined) await socket.send(reply.bytes().subarray(MARK_SIZE), from);
    } catch {
      // Nonsense is dropped, and so is what can't be sent: callers by UDP ask again.
    }
  };
  const socket = await DatagramSocket.open({
    hostname: options.hostname,
    port: options.port,
    take: (bytes, from) => void answer(bytes, from),
  });
  return socket;
}
