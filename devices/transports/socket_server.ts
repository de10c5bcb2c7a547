/**
 * Serves an instrument on a raw TCP connection, VISA's SOCKET.
 *
 * @module
 */

import type { MessageEnds } from "./line_server/message_splitter.ts";
import { serveLine } from "./line_server/serve_line.ts";
import type { Responder } from "./responder.ts";

/** How an instrument is served on a socket. */
export interface SocketServerOptions extends MessageEnds {
  /** Address to listen on. @default "127.0.0.1" */
  readonly hostname?: string;
  /** TCP port; 0 lets the system choose. @default 0 */
  readonly port?: number;
  /** How many clients there may be at once; one more is turned away. @default 64 */
  readonly mostClients?: number;
}

/** A server that listens. */
export interface SocketServer extends AsyncDisposable {
  /** The TCP port. */
  readonly port: number;
  /** How many clients there are. */
  readonly clients: number;
}

/** Bytes that are read at once. */
const CHUNK = 65_536;

/**
 * Serves an instrument on a raw TCP connection until it is disposed. Each client has its own input; the answers to
 * what it asks go to it alone. A client whose message is too long is cut off.
 *
 * @param responder The instrument, for all clients.
 * @param options Where it listens, how messages end.
 *
 * @example
 * ```ts
 * import { open, serveSocket, socket } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using server = serveSocket({ receive: (message) => message });
 * await using echo = await open(socket("127.0.0.1", server.port));
 * assert.equal(await echo.query("hello"), "hello");
 * ```
 */
export function serveSocket(responder: Responder, options: SocketServerOptions = {}): SocketServer {
  const { hostname = "127.0.0.1", port = 0, mostClients = 64 } = options;
  const listener = Deno.listen({ hostname, port, transport: "tcp" });
  const closing = new AbortController();
  const open = new Map<Deno.TcpConn, Promise<void>>();
  const accepting = (async () => {
    for await (const conn of listener) {
      if (open.size >= mostClients) {
        closeQuietly(conn);
        continue;
      }
      open.set(
        conn,
        serve(conn, responder, options, closing.signal).finally(() => open.delete(conn)),
      );
    }
  })();
  return {
    port: listener.addr.port,
    get clients(): number {
      return open.size;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      if (!closing.signal.aborted) {
        closing.abort();
        listener.close();
        for (const conn of open.keys()) closeQuietly(conn);
      }
      await Promise.all([accepting, ...open.values()]);
    },
  };
}

async function serve(
  conn: Deno.TcpConn,
  responder: Responder,
  ends: MessageEnds,
  signal: AbortSignal,
): Promise<void> {
  const chunk = new Uint8Array(CHUNK);
  try {
    conn.setNoDelay(true);
    await serveLine(
      {
        async read() {
          const count = await conn.read(chunk);
          return count === null ? null : chunk.subarray(0, count);
        },
        async write(bytes) {
          for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
        },
      },
      responder,
      ends,
      signal,
    );
  } catch {
    // A client that goes in the middle, or whose message has no end, is no fault of this side.
  } finally {
    closeQuietly(conn);
  }
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It was closed already.
  }
}
