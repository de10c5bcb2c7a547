/**
 * Messages of the stream as bytes, made once for all viewers.
 *
 * @module
 */

import type { StreamMessages } from "../protocol.ts";

const encoder = new TextEncoder();

/** A comment: it keeps a connection alive that nothing else is sent over. */
export const HEARTBEAT: Uint8Array<ArrayBuffer> = encoder.encode(":\n\n");

/** What a stream begins with: after how many milliseconds a browser that lost it tries again. */
export const PREAMBLE: Uint8Array<ArrayBuffer> = encoder.encode("retry: 1000\n\n");

/** Messages that belong together. */
export class Frame {
  readonly #messages: string[] = [];

  /** Adds a message. */
  add<Name extends keyof StreamMessages>(name: Name, data: StreamMessages[Name]): void {
    this.#messages.push(`event: ${name}\ndata: ${JSON.stringify(data)}\n`);
  }

  /** Whether nothing was added. */
  get empty(): boolean {
    return this.#messages.length === 0;
  }

  /**
   * The bytes. The last message alone has the place in the order: whoever loses the connection before it gets all of
   * them again.
   *
   * @param seq Up to where a viewer who has all of it knows everything.
   */
  bytes(seq: number): Uint8Array<ArrayBuffer> {
    const last = this.#messages.length - 1;
    return encoder.encode(
      this.#messages.map((message, n) => n === last ? `${message}id: ${seq}\n\n` : `${message}\n`)
        .join(""),
    );
  }
}
