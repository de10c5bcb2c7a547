/**
 * The bytes that go over a link, and who is told of them.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io, ReadIo, ReadResult, Transport } from "../transports/transport.ts";
import type { MessageOptions, Traffic } from "./options.ts";

/** What carries the bytes of a session over whichever link there is. */
export class Wire {
  readonly #transport: () => Transport;
  readonly #clock: Clock;
  readonly #traffic: ((traffic: Traffic) => void) | undefined;
  readonly #writeChunk: number;

  /**
   * @param transport Gives the link that there is now.
   * @param clock What pieces are dated by.
   */
  constructor(
    transport: () => Transport,
    clock: Clock,
    options: Pick<MessageOptions, "traffic" | "writeChunk">,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#traffic = options.traffic;
    this.#writeChunk = options.writeChunk ?? Infinity;
  }

  /** Reads, and tells of it. */
  read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    const reading = this.#transport().read(target, io);
    if (this.#traffic === undefined) return reading;
    return reading.then((result) => {
      this.#tell("read", target.subarray(0, result.count));
      return result;
    });
  }

  /** Writes a message in pieces, and tells of it. */
  write(data: Uint8Array, io: Io): Promise<void> {
    if (this.#traffic === undefined && data.length <= this.#writeChunk) {
      return this.#transport().write(data, true, io);
    }
    return this.#writeParts(data, io);
  }

  async #writeParts(data: Uint8Array, io: Io): Promise<void> {
    for (let at = 0; at < data.length || at === 0;) {
      const part = data.subarray(at, at + this.#writeChunk);
      at += Math.max(1, part.length);
      await this.#transport().write(part, at >= data.length, io);
      this.#tell("write", part);
    }
  }

  #tell(direction: Traffic["direction"], bytes: Uint8Array): void {
    this.#traffic?.({ direction, bytes: bytes.slice(), time: this.#clock.wall() });
  }
}
