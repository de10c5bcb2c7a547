/**
 * One of the two connections of a HiSLIP link: one reader that takes messages apart, one queue of writes.
 *
 * @module
 */

import { LinkError, ProtocolError } from "../errors.ts";
import { type Header, HEADER_SIZE, parseHeader } from "./header.ts";

/** Size of the buffer of a channel, in bytes. Payloads longer than it stream through it. */
const BUFFER_SIZE = 262_144;

/** Takes what comes in over a channel. What it throws ends the channel. */
export interface MessageSink {
  /** A header. False: not now, and it is shown again by the next {@linkcode Channel.drain}. */
  header(header: Header): boolean;
  /** A part of the payload. It says how many of these bytes it took; fewer than all: not now. */
  payload(bytes: Uint8Array, header: Header): number;
  /** The payload is complete. */
  end(header: Header): void;
}

/** A connection that carries HiSLIP messages. */
export class Channel {
  #conn: Deno.Conn;
  readonly #resource: string;
  readonly #sink: MessageSink;
  readonly #lost: (error: Error) => void;
  readonly #buffer = new Uint8Array(BUFFER_SIZE);
  #start = 0;
  #end = 0;
  #consumed = 0;
  #header: Header | undefined;
  #left = 0;
  #messageStart = 0;
  #draining = false;
  #paused = true;
  #broken = false;
  #closed = false;
  #room: (() => void) | undefined;
  #pumping: Promise<void> | undefined;
  #writing: Promise<void> | undefined;
  readonly #others: Promise<void>[] = [];

  /**
   * @param conn The connection; the channel closes it.
   * @param sink Takes the messages once {@linkcode Channel.resume} was called.
   * @param lost Is told once if the connection ends or breaks, or the sink throws.
   */
  constructor(
    conn: Deno.Conn,
    resource: string,
    sink: MessageSink,
    lost: (error: Error) => void,
  ) {
    this.#conn = conn;
    this.#resource = resource;
    this.#sink = sink;
    this.#lost = lost;
  }

  /** How many bytes came in so far. */
  get received(): number {
    return this.#consumed + this.#end - this.#start;
  }

  /** How many bytes came in before the header of the message that is shown to the sink. */
  get messageStart(): number {
    return this.#messageStart;
  }

  /** Starts to read. */
  resume(): void {
    this.#paused = false;
    this.drain();
    this.#pumping ??= this.#pump();
  }

  /** Reads no more. To be called by the sink: then nothing is being read when it returns. */
  pause(): void {
    this.#paused = true;
  }

  /** What has come in but was not shown to the sink; the channel forgets it. */
  takeRest(): Uint8Array<ArrayBuffer> {
    const rest = this.#buffer.slice(this.#start, this.#end);
    this.#consume(rest.length);
    return rest;
  }

  /** Puts another connection in the place of this one, while the channel is paused. */
  async exchange(next: (conn: Deno.Conn) => Promise<Deno.Conn>): Promise<void> {
    await this.#pumping;
    await this.#writing;
    const conn = await next(this.#conn);
    this.#conn = conn;
    if (this.#closed) closeQuietly(conn);
  }

  /** Waits for `other` too when the channel is closed. */
  alsoWaitFor(other: Promise<void>): void {
    this.#others.push(other);
  }

  /** Shows the sink what it did not want before. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (!this.#paused && this.#step());
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#draining = false;
    }
    if (this.#end - this.#start < BUFFER_SIZE) {
      this.#room?.();
      this.#room = undefined;
    }
  }

  /** Sends bytes after those that are being sent. They must not change until the promise is settled. */
  send(bytes: Uint8Array): Promise<void> {
    const before = this.#writing;
    const sending = before === undefined
      ? this.#write(bytes)
      : before.then(() => this.#write(bytes));
    const settle = (): void => {
      if (this.#writing === settled) this.#writing = undefined;
    };
    const settled: Promise<void> = sending.then(settle, (error) => {
      this.#fail(error);
      settle();
    });
    this.#writing = settled;
    return sending;
  }

  /** Closes the connection and waits until nothing is left of it. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#room?.();
      closeQuietly(this.#conn);
    }
    await this.#pumping;
    await this.#writing;
    await Promise.all(this.#others);
  }

  #step(): boolean {
    const there = this.#end - this.#start;
    if (this.#header === undefined) {
      if (there < HEADER_SIZE) return false;
      const header = parseHeader(this.#buffer, this.#start, this.#resource);
      this.#messageStart = this.#consumed;
      if (!this.#sink.header(header)) return false;
      this.#consume(HEADER_SIZE);
      this.#header = header;
      this.#left = header.length;
    } else if (this.#left > 0) {
      const length = Math.min(there, this.#left);
      if (length === 0) return false;
      const bytes = this.#buffer.subarray(this.#start, this.#start + length);
      const taken = this.#sink.payload(bytes, this.#header);
      this.#consume(taken);
      this.#left -= taken;
      if (taken < length) return false;
    }
    if (this.#left === 0) {
      const header = this.#header;
      this.#header = undefined;
      this.#sink.end(header);
    }
    return true;
  }

  #consume(count: number): void {
    this.#start += count;
    this.#consumed += count;
  }

  async #pump(): Promise<void> {
    try {
      while (!this.#paused && !this.#broken && !this.#closed) {
        if (this.#start === this.#end) this.#start = this.#end = 0;
        else if (this.#start > BUFFER_SIZE / 2) {
          this.#buffer.copyWithin(0, this.#start, this.#end);
          this.#end -= this.#start;
          this.#start = 0;
        }
        if (this.#end === BUFFER_SIZE) {
          await new Promise<void>((resolve) => this.#room = resolve);
          continue;
        }
        const count = await this.#conn.read(this.#buffer.subarray(this.#end));
        if (this.#closed) return;
        if (count === null) {
          throw new LinkError(
            `Cannot go on with ${this.#resource}, as the other side closed the connection`,
            this.#resource,
          );
        }
        this.#end += count;
        this.drain();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = undefined;
    }
  }

  #write(bytes: Uint8Array): Promise<void> {
    return this.#conn.write(bytes).then(
      (sent) => sent < bytes.length ? this.#write(bytes.subarray(sent)) : undefined,
      (error) => {
        throw this.#asLinkError(error);
      },
    );
  }

  #fail(error: unknown): void {
    this.#broken = true;
    if (!this.#closed) this.#lost(this.#asLinkError(error));
  }

  #asLinkError(error: unknown): Error {
    if (error instanceof LinkError || error instanceof ProtocolError) return error;
    return new LinkError(
      `Cannot go on with ${this.#resource}, as the connection broke: ${
        error instanceof Error ? error.message : error
      }`,
      this.#resource,
      { cause: error },
    );
  }
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It closed by itself.
  }
}
