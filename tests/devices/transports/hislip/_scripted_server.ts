/**
 * A server that does what a test tells it, rightly or wrongly.
 *
 * @module
 */

import {
  encodeMessage,
  type Header,
  HEADER_SIZE,
  MessageType,
  parseHeader,
} from "../../../../devices/transports/hislip/header.ts";
import {
  encodeMaximumSize,
  packParameter,
} from "../../../../devices/transports/hislip/messages.ts";

/** A message as it came. */
export interface Seen extends Header {
  readonly payload: Uint8Array;
}

/** What to answer to a message: bytes, `"close"` to close that connection, `"deaf"` to read no more of it. */
export type Script = (
  message: Seen,
  server: ScriptedServer,
) => (Uint8Array | "close" | "deaf")[] | undefined;

/** Answers as an instrument would that has not much to say. */
export function polite({ type, control }: Seen): Uint8Array[] | undefined {
  switch (type) {
    case MessageType.Initialize:
      return [encodeMessage(MessageType.InitializeResponse, 0, packParameter(0x0100, 7))];
    case MessageType.AsyncInitialize:
      return [encodeMessage(MessageType.AsyncInitializeResponse, 0, 0x5858)];
    case MessageType.AsyncMaximumMessageSize:
      return [encodeMaximumSize(MessageType.AsyncMaximumMessageSizeResponse, 272)];
    case MessageType.AsyncDeviceClear:
      return [encodeMessage(MessageType.AsyncDeviceClearAcknowledge, 0, 0)];
    case MessageType.DeviceClearComplete:
      return [encodeMessage(MessageType.DeviceClearAcknowledge, control, 0)];
  }
  return undefined;
}

/** A listener with a script; it keeps what it saw. */
export class ScriptedServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  sync: Deno.Conn | undefined;
  async: Deno.Conn | undefined;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #script: Script;
  readonly #conns: Deno.Conn[] = [];
  readonly #done: Promise<unknown>[] = [];

  constructor(script: Script) {
    this.#script = script;
    this.#done.push(this.#accept());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) close(conn);
    await Promise.all(this.#done);
  }

  async #accept(): Promise<void> {
    try {
      while (true) {
        const conn = await this.#listener.accept();
        conn.setNoDelay(true);
        this.#conns.push(conn);
        this.#done.push(this.#serve(conn));
      }
    } catch {
      // The listener is closed.
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    try {
      while (true) {
        const header = parseHeader(await readExactly(conn, HEADER_SIZE), 0, "test");
        if (header.type === MessageType.Initialize) this.sync = conn;
        if (header.type === MessageType.AsyncInitialize) this.async = conn;
        const message = { ...header, payload: await readExactly(conn, header.length) };
        this.seen.push(message);
        const answers = this.#script(message, this);
        for (const answer of answers ?? []) {
          if (answer === "deaf") return;
          if (answer === "close") return close(conn);
          await writeAll(conn, answer);
        }
      }
    } catch {
      // The client has gone.
    }
    close(conn);
  }
}

export async function writeAll(conn: Deno.Conn | undefined, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn?.write(bytes.subarray(sent)) ?? NaN;
}

async function readExactly(conn: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let count = 0; count < length;) {
    const got = await conn.read(bytes.subarray(count));
    if (got === null) throw new Error("closed");
    count += got;
  }
  return bytes;
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}
