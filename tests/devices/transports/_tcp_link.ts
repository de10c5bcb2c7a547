import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { within } from "../../../devices/transports/within.ts";
import { LinkError, TimeoutError } from "../../../devices/transports/errors.ts";
import type { Io, ReadResult, Transport } from "../../../devices/transports/transport.ts";

/** A plain line over TCP: what came after a time-out is given by the next read. */
class TcpLink implements Transport {
  readonly hasEnd = false;
  readonly resource: string;
  readonly #connection: Deno.TcpConn;
  readonly #clock: Clock;
  #alive = true;
  #pending: Promise<Uint8Array> | undefined;

  constructor(connection: Deno.TcpConn, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    const { hostname, port } = connection.remoteAddr;
    this.resource = `TCPIP0::${hostname}::${port}::SOCKET`;
  }

  get alive(): boolean {
    return this.#alive;
  }

  async write(data: Uint8Array, _end: boolean, io: Io): Promise<void> {
    const work = (async () => {
      for (let sent = 0; sent < data.length;) {
        sent += await this.#connection.write(data.subarray(sent));
      }
    })();
    await this.#within(work, io, "write to");
  }

  async read(target: Uint8Array, io: Io): Promise<ReadResult> {
    this.#pending ??= (async () => {
      const buffer = new Uint8Array(65_536);
      const count = await this.#connection.read(buffer);
      if (count === null) throw new Error("end of stream");
      return buffer.subarray(0, count);
    })();
    const bytes = await this.#within(this.#pending, io, "read from");
    const count = Math.min(bytes.length, target.length);
    target.set(bytes.subarray(0, count));
    this.#pending = count < bytes.length ? Promise.resolve(bytes.subarray(count)) : undefined;
    return { count, end: false };
  }

  async #within<T>(work: Promise<T>, io: Io, doing: string): Promise<T> {
    const late = () => new TimeoutError(`${doing} ${this.resource}`, this.resource, 0);
    const guarded = work.catch((error) => {
      this.#alive = false;
      throw new LinkError(`Cannot use ${this.resource}, as it is lost.`, this.resource, {
        cause: error,
      });
    });
    return await within(guarded, io, this.#clock, late);
  }

  recover(): Promise<string> {
    return Promise.resolve("nothing");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#alive = false;
    try {
      this.#connection.close();
    } catch {
      // Closed before.
    }
    await this.#pending?.catch(() => {});
  }
}

/** Connects to a port of this machine. */
export async function connectTcp(port: number, clock: Clock = systemClock): Promise<Transport> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  return new TcpLink(connection, clock);
}
