/**
 * Instruments behind a TCP port of this machine, that behave as well or as badly as a test needs.
 *
 * @module
 */

import { systemClock } from "../../time/system_clock.ts";
import type { Io } from "../../devices/transports/transport.ts";

/** One connection, from the instrument's side. */
export interface Peer {
  /** Counted from 1. */
  readonly number: number;
  /** The next line without its newline; undefined once the other side has closed. */
  line(): Promise<string | undefined>;
  /** Sends text, a byte a character. */
  send(text: string): Promise<void>;
  /** Sends bytes. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Closes the connection. */
  close(): void;
}

/** An instrument that listens. */
export interface TcpInstrument extends AsyncDisposable {
  /** Its port. */
  readonly port: number;
  /** How many connections it has taken. */
  readonly connections: number;
}

/**
 * Starts an instrument.
 *
 * @param behave What it does with each connection, which is closed when the test is over.
 * @param port A port that it had before; 0 takes a free one.
 */
export function tcpInstrument(behave: (peer: Peer) => Promise<void>, port = 0): TcpInstrument {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const conns = new Set<Deno.TcpConn>();
  const running: Promise<void>[] = [];
  let number = 0;
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.add(conn);
      running.push(serve(conn, ++number, behave).finally(() => quietly(() => conn.close())));
    }
  })();
  return {
    port: listener.addr.port,
    get connections(): number {
      return number;
    },
    async [Symbol.asyncDispose]() {
      quietly(() => listener.close());
      for (const conn of conns) quietly(() => conn.close());
      await accepting;
      await Promise.all(running);
    },
  };
}

/** Starts an instrument that takes connections and says nothing. */
export function silentInstrument(): TcpInstrument {
  const over = Promise.withResolvers<void>();
  const instrument = tcpInstrument(() => over.promise);
  return {
    port: instrument.port,
    get connections(): number {
      return instrument.connections;
    },
    async [Symbol.asyncDispose]() {
      over.resolve();
      await instrument[Symbol.asyncDispose]();
    },
  };
}

async function serve(
  conn: Deno.TcpConn,
  number: number,
  behave: (peer: Peer) => Promise<void>,
): Promise<void> {
  let rest = "";
  const chunk = new Uint8Array(65_536);
  const sendBytes = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  };
  const peer: Peer = {
    number,
    async line() {
      while (!rest.includes("\n")) {
        const count = await conn.read(chunk);
        if (count === null) return undefined;
        rest += String.fromCharCode(...chunk.subarray(0, count));
      }
      const at = rest.indexOf("\n");
      const line = rest.slice(0, at);
      rest = rest.slice(at + 1);
      return line;
    },
    send: (text) => sendBytes(Uint8Array.from(text, (character) => character.charCodeAt(0))),
    sendBytes,
    close: () => quietly(() => conn.close()),
  };
  try {
    await behave(peer);
  } catch (error) {
    // The other side, or the end of the test, closed the connection.
    const closed = [
      Deno.errors.BadResource,
      Deno.errors.Interrupted,
      Deno.errors.ConnectionReset,
      Deno.errors.BrokenPipe,
    ];
    if (!closed.some((kind) => error instanceof kind)) throw error;
  }
}

function quietly(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** A deadline so many milliseconds from now. */
export function within(ms: number, signal?: AbortSignal): Io {
  const deadline = systemClock.monotonic() + ms;
  return signal === undefined ? { deadline } : { deadline, signal };
}

/** What is thrown away or rejected, by name. */
export function named(
  name: string,
  message: RegExp = /^Cannot /,
): { name: string; message: RegExp } {
  return { name, message };
}
