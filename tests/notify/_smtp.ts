/**
 * An SMTP server in the test's own process, which misbehaves as it is told.
 *
 * @module
 */

import type { Socket } from "node:net";
import { createServer, type Server } from "node:net";
import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { Delivery, DeliveryLimits } from "../../session/outbox/types.ts";
import { systemClock } from "../../time/system_clock.ts";
import { ROOT } from "../_child.ts";

/** Key and certificate of "localhost", which no system trusts. */
export const TLS = {
  key: Deno.readTextFileSync(`${ROOT}/tests/fixtures/tls/localhost.key`),
  cert: Deno.readTextFileSync(`${ROOT}/tests/fixtures/tls/localhost.crt`),
};
/** The file to trust it by. */
export const CA_FILE = `${ROOT}/tests/fixtures/tls/localhost.crt`;

/** A mail that was accepted. */
export interface Received {
  /** To whom the server was told to bring it. */
  readonly recipients: readonly string[];
  /** What it says. */
  readonly mail: ParsedMail;
}

/** An error that the server answers with that code. */
export function reply(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/** A server that keeps what it accepts. */
export class MailServer implements AsyncDisposable {
  /** What was accepted. */
  readonly received: Received[] = [];
  /** How many connections there were. */
  connections = 0;
  readonly #server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      ...TLS,
      ...options,
      onConnect: (session, callback) => {
        this.connections += 1;
        if (options.onConnect === undefined) return callback();
        options.onConnect(session, callback);
      },
      onData: options.onData ?? ((stream, session, callback) => {
        simpleParser(stream).then((mail) => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          this.received.push({ recipients, mail });
          callback();
        }, callback);
      }),
    });
    // A client that refuses our certificate is no fault of the server.
    this.#server.on("error", () => {});
  }

  /** Listens on a port of loopback; any that is free, if none is asked for. */
  static async start(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((resolve) => {
      server.#server.listen(port, "127.0.0.1", () => resolve());
    });
    return server;
  }

  /** Where it listens. */
  get port(): number {
    return (this.#server.server.address() as { readonly port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** A server that accepts connections and does with each what it is told. */
export class RawServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(act: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      act(socket);
    });
  }

  /** Listens on a free port of loopback. */
  static async start(act: (socket: Socket) => void): Promise<RawServer> {
    const server = new RawServer(act);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", () => resolve()));
    return server;
  }

  /** Where it listens. */
  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** A port on which nobody listens. */
export function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A message for a channel. */
export function delivery(more: Partial<Delivery> = {}): Delivery {
  return {
    id: "8d0f5a2e-1111-4222-8333-444455556666",
    kind: "note",
    level: "info",
    session: "cooling",
    created: 1_767_225_600,
    standsFor: 1,
    subject: "a subject",
    text: "a text",
    attachments: [],
    ...more,
  };
}

/** What a delivery may take: as long as it likes. */
export function limits(signal: AbortSignal = new AbortController().signal): DeliveryLimits {
  return { signal, deadline: Infinity, clock: systemClock };
}

/** Addresses of a header. */
export function addresses(header: AddressObject | AddressObject[] | undefined): string[] {
  return [header ?? []].flat().flatMap(({ value }) => value.map(({ address = "" }) => address));
}
