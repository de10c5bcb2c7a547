/**
 * Making a TCP connection within its time.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { LinkError, TimeoutError } from "./errors.ts";
import type { Io } from "./transport.ts";

/** Where a socket leads and how it is put in order. */
export interface SocketOptions {
  /** Host name or address, an IPv6 address without brackets. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** The resource name in its canonical form. */
  readonly resource: string;
  /** What deadlines are on. @default the system's clock */
  readonly clock?: Clock;
  /**
   * What puts the link in order after a time-out: a new connection, which no late answer can reach, or
   * throwing away what comes until it is quiet, for instruments that are slow to take a new one.
   * @default "reconnect"
   */
  readonly recovery?: "reconnect" | "drain";
  /** How long nothing must come for the link to be drained, in milliseconds. @default 100 */
  readonly quietTime?: number;
}

/**
 * Connects, without Nagle's delay, and notices a peer that is gone.
 *
 * @throws {LinkError} If nobody listens there.
 * @throws {TimeoutError} If no answer comes before the deadline.
 */
export async function connect(
  { host, port, resource }: SocketOptions,
  clock: Clock,
  io: Io,
): Promise<Deno.TcpConn> {
  io.signal?.throwIfAborted();
  const start = clock.monotonic();
  const stop = new AbortController();
  const abort = (): void => stop.abort(io.signal?.reason);
  io.signal?.addEventListener("abort", abort, { once: true });
  let late = false;
  const done = new AbortController();
  const timer = clock.sleepUntil(io.deadline, done.signal).then(() => {
    late = true;
    stop.abort();
  }, () => {});
  try {
    const conn = await Deno.connect({ hostname: host, port, signal: stop.signal });
    conn.setNoDelay(true);
    // An instrument that was switched off says nothing any more.
    conn.setKeepAlive(true);
    return conn;
  } catch (error) {
    io.signal?.throwIfAborted();
    if (late) throw new TimeoutError(`connect to ${resource}`, resource, clock.monotonic() - start);
    if (error instanceof Deno.errors.NotCapable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new LinkError(
      `Cannot connect to ${resource}, as ${host} port ${port} did not take the connection: ${why}. ` +
        `Check that the instrument is on and that this is its port.`,
      resource,
      { cause: error },
    );
  } finally {
    done.abort();
    io.signal?.removeEventListener("abort", abort);
    await timer;
  }
}
