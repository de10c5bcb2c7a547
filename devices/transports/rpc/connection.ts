/**
 * Connections to servers of ONC-RPC.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, TimeoutError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { within } from "../within.ts";

/** Where a server is. */
export interface RpcAddress {
  /** Host name or address. */
  readonly hostname: string;
  /** TCP port. */
  readonly port: number;
  /** Resource name, for errors. */
  readonly resource: string;
  /** What deadlines are on. */
  readonly clock: Clock;
}

/**
 * Opens a TCP connection.
 *
 * @throws {TimeoutError} If the deadline passes.
 * @throws {LinkError} If there is nobody.
 */
export async function connectTcp(address: RpcAddress, io: Io): Promise<Deno.TcpConn> {
  const { hostname, port, resource, clock } = address;
  io.signal?.throwIfAborted();
  const start = clock.monotonic();
  const stop = new AbortController();
  let gone = false;
  const work = Deno.connect({ hostname, port, signal: stop.signal }).then((conn) => {
    // A name that resolves late can't be stopped.
    if (gone) conn.close();
    return conn;
  });
  try {
    const conn = await within(
      work,
      io,
      clock,
      () =>
        new TimeoutError(
          `connect to ${hostname} port ${port} for ${resource}`,
          resource,
          clock.monotonic() - start,
        ),
    );
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
    return conn;
  } catch (error) {
    gone = true;
    stop.abort("ended");
    await work.catch(() => {});
    if (
      !(error instanceof Error) || error instanceof TimeoutError || io.signal?.aborted ||
      error instanceof Deno.errors.NotCapable
    ) throw error;
    throw new LinkError(
      `Cannot open ${resource}, as ${hostname} port ${port} can't be reached: ${error.message}. ` +
        `Is the instrument on, and is the address right?`,
      resource,
      { cause: error },
    );
  }
}
