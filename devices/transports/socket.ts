/**
 * Instruments behind a raw TCP connection, VISA's SOCKET.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { LinkError, TimeoutError } from "./errors.ts";
import { connect, type SocketOptions } from "./socket_connection.ts";
import type { Io, ReadIo, ReadResult, Transport } from "./transport.ts";
import { type Late, Waiting } from "./waiting.ts";

export type { SocketOptions } from "./socket_connection.ts";

/** Bytes that are kept for whoever reads next; more stay with the system, which makes the sender wait. */
const BUFFER = 65_536;

/**
 * Connects to an instrument.
 *
 * @param options Where to.
 * @param io Deadline and signal.
 * @throws {LinkError} If nobody listens there.
 * @throws {TimeoutError} If no answer comes before the deadline.
 */
export async function openSocket(options: SocketOptions, io: Io): Promise<Transport> {
  const clock = options.clock ?? systemClock;
  return new SocketTransport(options, clock, await connect(options, clock, io));
}

class SocketTransport implements Transport {
  readonly hasEnd = false;
  readonly resource: string;
  readonly #options: SocketOptions;
  readonly #clock: Clock;
  readonly #readable: Waiting<ReadResult>;
  readonly #writable: Waiting;
  readonly #closing = new AbortController();
  readonly #own = new Uint8Array(BUFFER);
  readonly #nothing = this.#own.subarray(0, 0);
  /** What came and was not read yet. */
  #unread: Uint8Array = this.#nothing;
  #conn: Deno.TcpConn;
  #connections = 1;
  /** Why nothing more comes; what came before can be read all the same. */
  #lost: LinkError | undefined;
  #reading: Promise<void> | undefined;
  #writing: Promise<void> | undefined;
  #connecting: Promise<unknown> | undefined;
  readonly #lateRead: Late;
  readonly #lateWrite: Late;
  /** Memory of whoever waits for bytes. */
  #target: Uint8Array = this.#nothing;

  constructor(options: SocketOptions, clock: Clock, conn: Deno.TcpConn) {
    this.#options = options;
    this.resource = options.resource;
    this.#clock = clock;
    this.#conn = conn;
    this.#readable = new Waiting(clock);
    this.#writable = new Waiting(clock);
    const late = (doing: string): Late => (elapsed) =>
      new TimeoutError(`${doing} ${this.resource}`, this.resource, elapsed);
    this.#lateRead = late("read from");
    this.#lateWrite = late("write to");
    this.#fill();
  }

  get alive(): boolean {
    return this.#lost === undefined;
  }

  get connections(): number {
    return this.#connections;
  }

  write(data: Uint8Array, _end: boolean, io: Io): Promise<void> {
    try {
      return this.#write(data, io);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #write(data: Uint8Array, io: Io): Promise<void> {
    io.signal?.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#writing !== undefined) {
      throw new LinkError(
        `Cannot write to ${this.resource}, as a message that was given up is still on its way. ` +
          `Recover the link first.`,
        this.resource,
      );
    }
    if (data.length === 0) return Promise.resolve();
    this.#fill();
    const written = this.#writable.wait(io, this.#lateWrite);
    this.#send(this.#conn, data);
    return written;
  }

  #send(conn: Deno.TcpConn, data: Uint8Array): Promise<void> {
    return this.#writing = conn.write(data).then((sent): Promise<void> | undefined => {
      if (conn !== this.#conn) return;
      if (sent < data.length) return this.#send(conn, data.subarray(sent));
      this.#writing = undefined;
      this.#writable.wake();
    }, (error: unknown) => {
      if (conn !== this.#conn) return;
      this.#writing = undefined;
      this.#lose(error);
    });
  }

  read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    try {
      io.signal?.throwIfAborted();
      if (this.#unread.length > 0) {
        const result = this.#take(target);
        // Whoever reads much will read on, straight from the system.
        if (target.length <= BUFFER) this.#fill();
        return Promise.resolve(result);
      }
      if (this.#lost !== undefined) throw this.#lost;
      const arrived = this.#readable.wait(io, this.#lateRead);
      this.#target = target;
      this.#fill(target);
      return arrived;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Takes what fits of what came. */
  #take(target: Uint8Array): ReadResult {
    const unread = this.#unread;
    const count = Math.min(target.length, unread.length);
    target.set(count < unread.length ? unread.subarray(0, count) : unread);
    this.#unread = count < unread.length ? unread.subarray(count) : this.#nothing;
    return { count, end: false };
  }

  discard(): number {
    const { length } = this.#unread;
    this.#unread = this.#nothing;
    this.#fill();
    return length;
  }

  /**
   * Has one read under way, unless what came is still unread. It is never given up: who waits for it may be.
   * Reading straight into the caller's memory saves large blocks a copy.
   */
  #fill(target: Uint8Array = this.#nothing): void {
    if (this.#reading !== undefined || this.#unread.length > 0 || this.#lost !== undefined) return;
    const conn = this.#conn;
    const into = target.length > BUFFER ? target : this.#own;
    this.#reading = conn.read(into).then((count) => {
      if (conn !== this.#conn) return;
      this.#reading = undefined;
      if (count === null) return this.#lose(undefined);
      this.#arrive(into, count);
    }, (error: unknown) => {
      if (conn !== this.#conn) return;
      this.#reading = undefined;
      this.#lose(error);
    });
  }

  #arrive(into: Uint8Array, count: number): void {
    const waited = this.#readable.pending;
    const target = this.#target;
    this.#target = this.#nothing;
    if (waited && into === target) return this.#readable.wake({ count, end: false });
    // Whoever gave up may use its memory for something else.
    this.#unread = into === this.#own ? into.subarray(0, count) : into.slice(0, count);
    if (!waited) return;
    this.#readable.wake(this.#take(target));
    if (into === this.#own) this.#fill();
  }

  async recover(io: Io): Promise<string> {
    this.#closing.signal.throwIfAborted();
    const drains = this.#options.recovery === "drain";
    // Half a message can't be called back from a stream.
    if (!drains || this.#lost !== undefined || this.#writing !== undefined) {
      await this.#reconnect(io);
      return "made a new connection";
    }
    this.#target = this.#nothing;
    const quiet = this.#options.quietTime ?? 100;
    let thrown = this.discard();
    while (true) {
      const until = this.#clock.monotonic() + quiet;
      const deadline = Math.min(until, io.deadline);
      const silence = new Error("quiet");
      try {
        await this.#readable.wait({ ...io, deadline }, () => silence);
      } catch (error) {
        if (error !== silence) throw error;
        if (deadline === until) return `threw away ${thrown} bytes that came late`;
        throw new TimeoutError(`drain ${this.resource}`, this.resource, quiet);
      }
      thrown += this.discard();
    }
  }

  async #reconnect(io: Io): Promise<void> {
    const old = this.#conn;
    const pending = [this.#reading, this.#writing];
    const closed = this.#closing.signal;
    this.#lost = new LinkError(
      `Cannot use ${this.resource}, as its connection is being made anew.`,
      this.resource,
    );
    close(old);
    await Promise.all(pending);
    const signal = io.signal === undefined ? closed : AbortSignal.any([io.signal, closed]);
    const connecting = connect(this.#options, this.#clock, { ...io, signal });
    this.#connecting = connecting.catch(() => {});
    try {
      const conn = await connecting;
      if (closed.aborted) {
        close(conn);
        throw closed.reason;
      }
      this.#conn = conn;
      this.#connections++;
    } catch (error) {
      if (error instanceof LinkError) this.#lost = error;
      throw error;
    }
    this.#unread = this.#nothing;
    this.#reading = this.#writing = this.#lost = undefined;
    this.#fill();
  }

  /** The link is gone: whoever waits learns it. */
  #lose(error: unknown): void {
    const why = error === undefined
      ? "the instrument closed the connection"
      : error instanceof Error
      ? error.message
      : String(error);
    this.#lost ??= new LinkError(
      `Cannot use ${this.resource}, as its connection is lost: ${why}. Open it anew.`,
      this.resource,
      { cause: error },
    );
    this.#readable.fail(this.#lost);
    this.#writable.fail(this.#lost);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closing.signal.aborted) {
      const error = new LinkError(
        `Cannot use ${this.resource}, as it was closed.`,
        this.resource,
      );
      this.#lost = error;
      this.#closing.abort(error);
      this.#unread = this.#nothing;
      this.#readable.fail(error);
      this.#writable.fail(error);
      this.#readable.stop();
      this.#writable.stop();
      close(this.#conn);
    }
    await Promise.all([this.#reading, this.#writing, this.#connecting]);
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
