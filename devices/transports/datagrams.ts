/**
 * UDP sockets as promises. They are Node's, which Deno has without an unstable flag.
 *
 * @module
 */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

/** An address and a port. */
export interface UdpAddress {
  /** IPv4 or IPv6 address. */
  readonly hostname: string;
  /** UDP port. */
  readonly port: number;
}

/** What a socket is for. */
export interface DatagramOptions extends UdpAddress {
  /** Whether it sends to broadcast addresses. @default false */
  readonly broadcast?: boolean;
  /** Takes what comes; the bytes are its own. */
  readonly take: (bytes: Uint8Array, from: UdpAddress) => void;
}

/** How an address is written in Deno's permissions and for people. */
export function hostAndPort({ hostname, port }: UdpAddress): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** A UDP socket that is open. What goes wrong while it only listens is no one's: datagrams may be lost. */
export class DatagramSocket implements Disposable, AsyncDisposable {
  /** The port that it has. */
  readonly port: number;
  readonly #socket: Socket;
  readonly #closed: Promise<void>;

  private constructor(socket: Socket, closed: Promise<void>) {
    this.#socket = socket;
    this.#closed = closed;
    this.port = socket.address().port;
  }

  /**
   * Opens a socket.
   *
   * @throws {Deno.errors.NotCapable} If it is not permitted; it names the flag.
   * @throws {Error} With the `code` of the system, such as `"EADDRINUSE"`.
   */
  static async open(options: DatagramOptions): Promise<DatagramSocket> {
    const { hostname, port, broadcast = false, take } = options;
    // A refusal within bind() would be an uncaught error, which ends the program.
    const { state } = Deno.permissions.requestSync({ name: "net", host: hostAndPort(options) });
    if (state !== "granted") {
      throw new Deno.errors.NotCapable(
        `Cannot listen by UDP, as the address is not permitted: ${hostAndPort(options)}. ` +
          `Run Deno with --allow-net=${hostAndPort(options)}`,
      );
    }
    const socket = createSocket(hostname.includes(":") ? "udp6" : "udp4");
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    socket.once("close", resolve);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind(port, hostname, resolve);
      });
      if (broadcast) socket.setBroadcast(true);
    } catch (error) {
      socket.close();
      await closed;
      throw error;
    }
    socket.on("error", () => {});
    socket.on("message", (bytes: Uint8Array, { address, port }: RemoteInfo) => {
      take(bytes, { hostname: address, port });
    });
    return new DatagramSocket(socket, closed);
  }

  /**
   * Sends multicasts by the interface that has this address, one hop far or more.
   *
   * @param address One of this computer's; `"0.0.0.0"` leaves the choice to the system.
   * @param hops How far they may go; 255 is the sign of a sender in the same network.
   */
  multicastBy(address: string, hops: number): void {
    this.#socket.setMulticastInterface(address);
    this.#socket.setMulticastTTL(hops);
  }

  /**
   * Sends a datagram.
   *
   * @throws {Deno.errors.NotCapable} If it is not permitted; it names the flag.
   * @throws {Error} If the system does not send it, as there is no way to the address.
   */
  async send(bytes: Uint8Array, to: UdpAddress): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#socket.send(
          bytes,
          to.port,
          to.hostname,
          (error) => error ? reject(error) : resolve(),
        );
      });
    } catch (error) {
      const host = hostAndPort(to);
      // Node's error says nothing of permissions.
      if (Deno.permissions.querySync({ name: "net", host }).state === "granted") {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(
          `Cannot send by UDP, as the system does not send to ${host} (${why}). Is there a network?`,
          { cause: error },
        );
      }
      throw new Deno.errors.NotCapable(
        `Cannot send by UDP, as the address is not permitted: ${host}. ` +
          `Run Deno with --allow-net=${host}`,
        { cause: error },
      );
    }
  }

  /** Closes it. A second call does nothing. */
  [Symbol.dispose](): void {
    try {
      this.#socket.close();
    } catch {
      // It was closed already.
    }
  }

  /** Closes it, and waits until nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#closed;
  }
}
