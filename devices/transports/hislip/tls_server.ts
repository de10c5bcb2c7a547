/**
 * TLS on the server's side of a connection that began without.
 *
 * Deno has no server-side upgrade, and node:tls takes no bytes that came in before. So the connection
 * is relayed to a TLS listener of this process, on a loopback port that takes one connection only.
 *
 * @module
 */

/** A certificate with its key. */
export interface HislipServerTls {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

/** A connection after the upgrade. */
export interface UpgradedConn {
  /** What the client says, decrypted. */
  readonly conn: Deno.Conn;
  /** Ends once nothing is left of the relay, after the connection was closed. */
  readonly done: Promise<void>;
}

/**
 * Upgrades a connection.
 *
 * @param rest What came in already after the message that asked for TLS.
 */
export async function upgradeToTls(
  outer: Deno.Conn,
  rest: Uint8Array,
  tls: HislipServerTls,
): Promise<UpgradedConn> {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: tls.cert, key: tls.key });
  const inner = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  try {
    while (true) {
      const conn = await listener.accept();
      if ((conn.remoteAddr as Deno.NetAddr).port !== inner.localAddr.port) {
        conn.close();
        continue;
      }
      return { conn, done: relay(outer, inner, rest) };
    }
  } finally {
    listener.close();
  }
}

async function relay(outer: Deno.Conn, inner: Deno.Conn, rest: Uint8Array): Promise<void> {
  const close = (): void => {
    for (const conn of [outer, inner]) {
      try {
        conn.close();
      } catch {
        // It is closed.
      }
    }
  };
  await Promise.all([
    copy(outer, inner, rest).finally(close),
    copy(inner, outer, new Uint8Array()).finally(close),
  ]);
}

async function copy(from: Deno.Conn, to: Deno.Conn, first: Uint8Array): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    let bytes: Uint8Array = first;
    while (true) {
      for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
      const count = await from.read(buffer);
      if (count === null) return;
      bytes = buffer.subarray(0, count);
    }
  } catch {
    // Either side is gone; so goes the other.
  }
}
