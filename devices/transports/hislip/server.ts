/**
 * Simulated instruments over HiSLIP.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import type { Responder } from "../responder.ts";
import { Channel, type MessageSink } from "./channel.ts";
import { encodeMessage, type Header, MessageType } from "./header.ts";
import { Locks } from "./locks.ts";
import {
  encodeError,
  FatalErrorCode,
  Feature,
  packParameter,
  unpackParameter,
  Version,
} from "./messages.ts";
import { collect, ServerSession, type SessionSettings } from "./server_session.ts";
import type { HislipServerTls } from "./tls_server.ts";

export type { HislipServerTls } from "./tls_server.ts";

/** How {@linkcode serveHislip} serves. */
export interface HislipServerOptions {
  /** The address to listen at. @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** 0 for any that is free. @default {4880} */
  readonly port?: number;
  /** The highest version of the protocol to be spoken. @default {"2.0"} */
  readonly version?: "1.0" | "1.1" | "2.0";
  /** What the server prefers; a client may choose. @default {"synchronized"} */
  readonly mode?: "synchronized" | "overlap";
  /** The largest message that a client may send, in bytes. @default {1048576} */
  readonly maximumMessageSize?: number;
  /** The largest program message, made of one message or more, in bytes. @default {67108864} */
  readonly maximumProgramSize?: number;
  /** How many clients there may be at once. @default {100} */
  readonly maximumClients?: number;
  /** Offers TLS, by a relay through a port of the loopback interface. */
  readonly tls?: HislipServerTls;
  /** Whether clients must take TLS. @default {false} */
  readonly tlsMandatory?: boolean;
  /** Time. @default {the system's} */
  readonly clock?: Clock;
}

/** A server that listens. */
export interface HislipServer extends AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** How many clients there are. */
  readonly clients: number;
}

const VERSIONS = { "1.0": Version.V1_0, "1.1": Version.V1_1, "2.0": Version.V2_0 } as const;

/** "SC": who we are. */
const VENDOR = 0x5343;

/**
 * Serves instruments over HiSLIP until the result is disposed.
 *
 * @param responderFor The instrument of a sub-address, once for each client; nothing if there is none. The
 * same one may serve several clients: locks keep them apart by sub-address.
 */
export function serveHislip(
  responderFor: (subAddress: string) => Responder | undefined,
  options: HislipServerOptions = {},
): HislipServer {
  return new Server(responderFor, options);
}

class Server implements HislipServer {
  readonly #listener: Deno.TcpListener;
  readonly #responderFor: (subAddress: string) => Responder | undefined;
  readonly #options: HislipServerOptions;
  readonly #settings: SessionSettings;
  readonly #sessions = new Map<number, ServerSession>();
  readonly #locks = new Map<string, Locks>();
  readonly #channels = new Set<Channel>();
  readonly #accepting: Promise<void>;
  readonly #closing = new Set<Promise<void>>();
  #lastSession = 0;

  constructor(
    responderFor: (subAddress: string) => Responder | undefined,
    options: HislipServerOptions,
  ) {
    this.#responderFor = responderFor;
    this.#options = options;
    this.#settings = {
      clock: options.clock ?? systemClock,
      overlap: options.mode === "overlap",
      maximumMessageSize: options.maximumMessageSize ?? 1_048_576,
      maximumProgramSize: options.maximumProgramSize ?? 67_108_864,
      tls: options.tls,
    };
    this.#listener = Deno.listen({
      hostname: options.hostname ?? "127.0.0.1",
      port: options.port ?? 4880,
    });
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  get clients(): number {
    return this.#sessions.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#listener.close();
    } catch {
      // It is closed.
    }
    await this.#accepting;
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    await Promise.all([...this.#channels].map((channel) => channel.close()));
    await Promise.all(this.#closing);
  }

  async #accept(): Promise<void> {
    while (true) {
      let conn: Deno.TcpConn;
      try {
        conn = await this.#listener.accept();
      } catch {
        return;
      }
      conn.setNoDelay(true);
      this.#greet(conn);
    }
  }

  /** Finds out by its first message which channel a connection is. */
  #greet(conn: Deno.Conn): void {
    let sink: MessageSink | undefined;
    let session: ServerSession | undefined;
    const first = collect(
      () => {},
      (header) => header.length <= 256 ? header.length : 0,
      (header, payload) => {
        const joined = this.#join(channel, header, payload);
        if (joined === undefined) return;
        [session, sink] = joined;
      },
      () => true,
    );
    const current: MessageSink = {
      header: (header) => (sink ?? first).header(header),
      payload: (bytes, header) => (sink ?? first).payload(bytes, header),
      end: (header) => (sink ?? first).end(header),
    };
    const channel = new Channel(conn, "HiSLIP client", current, (error) => {
      const reason = error.name === "ProtocolError"
        ? channel.send(encodeError(MessageType.FatalError, FatalErrorCode.BadHeader))
        : Promise.resolve();
      const end = (): Promise<void> => this.#forget(channel, session);
      this.#track(reason.then(end, end));
    });
    this.#channels.add(channel);
    channel.resume();
  }

  /** Session and sink of a connection after its first message; undefined if it was refused. */
  #join(
    channel: Channel,
    header: Header,
    payload: Uint8Array,
  ): [ServerSession, MessageSink] | undefined {
    const { type, parameter } = header;
    if (type === MessageType.Initialize) return this.#initialize(channel, header, payload);
    if (type === MessageType.AsyncInitialize) {
      const session = this.#sessions.get(parameter);
      const sink = session?.attachAsync(channel);
      if (session === undefined || sink === undefined) {
        return this.#refuse(channel, FatalErrorCode.BadInitialization);
      }
      const secure = this.#settings.tls === undefined ? 0 : 1;
      channel.send(encodeMessage(MessageType.AsyncInitializeResponse, secure, VENDOR))
        .catch(() => {});
      return [session, sink];
    }
    return this.#refuse(channel, FatalErrorCode.BadInitialization);
  }

  #initialize(
    channel: Channel,
    header: Header,
    payload: Uint8Array,
  ): [ServerSession, MessageSink] | undefined {
    if (this.#sessions.size >= (this.#options.maximumClients ?? 100)) {
      return this.#refuse(channel, FatalErrorCode.TooManyClients);
    }
    const subAddress = new TextDecoder().decode(payload);
    const responder = header.length > 256 ? undefined : this.#responderFor(subAddress);
    if (responder === undefined) return this.#refuse(channel, FatalErrorCode.BadInitialization);
    const [theirs] = unpackParameter(header.parameter);
    const version = Math.min(theirs, VERSIONS[this.#options.version ?? "2.0"]);
    const mandatory = this.#options.tlsMandatory && version >= Version.V2_0;
    let locks = this.#locks.get(subAddress);
    if (locks === undefined) this.#locks.set(subAddress, locks = new Locks());
    const id = this.#freeId();
    const session = new ServerSession(responder, locks, this.#settings, () => {
      this.#sessions.delete(id);
      for (const channel of session.channels) this.#channels.delete(channel);
    });
    this.#sessions.set(id, session);
    const features = (this.#settings.overlap ? Feature.Overlap : 0) |
      (mandatory ? Feature.EncryptionMandatory | Feature.InitialEncryption : 0);
    channel.send(
      encodeMessage(MessageType.InitializeResponse, features, packParameter(version, id)),
    ).catch(() => {});
    return [session, session.attachSync(channel)];
  }

  #freeId(): number {
    do this.#lastSession = (this.#lastSession + 1) & 0xffff; while (
      this.#sessions.has(this.#lastSession)
    );
    return this.#lastSession;
  }

  #refuse(channel: Channel, code: number): undefined {
    channel.pause();
    const end = (): Promise<void> => this.#forget(channel, undefined);
    this.#track(channel.send(encodeError(MessageType.FatalError, code)).then(end, end));
  }

  async #forget(channel: Channel, session: ServerSession | undefined): Promise<void> {
    this.#channels.delete(channel);
    await Promise.all([session?.close(), channel.close()]);
  }

  #track(work: Promise<void>): void {
    this.#closing.add(work);
    work.finally(() => this.#closing.delete(work)).catch(() => {});
  }
}
