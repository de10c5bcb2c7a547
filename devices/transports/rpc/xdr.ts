/**
 * External data representation (RFC 4506): everything is a multiple of four bytes, big-endian.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** Size that a new writer starts with; it grows by doubling. Bytes. */
const FIRST_SIZE = 256;

/** Puts values one after the other. */
export class XdrWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** @param room How many bytes will be written, if that is known. */
  constructor(room: number = FIRST_SIZE) {
    this.#bytes = new Uint8Array(room);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** Forgets what was written; its memory is written over. */
  reset(): this {
    this.#length = 0;
    return this;
  }

  /** Writes an integer of 32 bits, signed or unsigned. */
  u32(value: number): this {
    this.#grow(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
    return this;
  }

  /** Writes a truth value. */
  bool(value: boolean): this {
    return this.u32(value ? 1 : 0);
  }

  /** Writes bytes with their length before them and zeros after them. */
  opaque(bytes: Uint8Array): this {
    this.u32(bytes.length);
    this.raw(bytes);
    const padding = -bytes.length & 3;
    return padding === 0 ? this : this.zeros(padding);
  }

  /** Writes a text as opaque UTF-8. */
  string(text: string): this {
    return this.opaque(new TextEncoder().encode(text));
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Writes zeros. */
  zeros(count: number): this {
    this.#grow(count);
    this.#bytes.fill(0, this.#length, this.#length + count);
    this.#length += count;
    return this;
  }

  /** Overwrites an integer that was written before. */
  patch(offset: number, value: number): this {
    this.#view.setUint32(offset, value);
    return this;
  }

  /** What was written, without a copy: valid until the next write. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Takes values one after the other. What is missing is a {@linkcode ProtocolError}. */
export class XdrReader {
  readonly #bytes: Uint8Array;
  readonly #resource: string;
  #offset = 0;

  /** @param resource Whose bytes these are, for errors. */
  constructor(bytes: Uint8Array, resource: string) {
    this.#bytes = bytes;
    this.#resource = resource;
  }

  /** How many bytes have not been read. */
  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Reads an unsigned integer. */
  u32(): number {
    this.#need(4);
    const bytes = this.#bytes;
    const at = this.#offset;
    this.#offset += 4;
    // A DataView made for each message would cost more than this.
    const upper = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    return ((upper << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
  }

  /** Reads a signed integer. */
  i32(): number {
    return this.u32() | 0;
  }

  /** Reads a truth value; whatever is not zero is true. */
  bool(): boolean {
    return this.u32() !== 0;
  }

  /**
   * Reads bytes with their length before them, without a copy. Padding that the end of the message cuts
   * off is forgiven.
   *
   * @param most How many bytes there may be.
   */
  opaque(most: number = this.#bytes.length): Uint8Array {
    const start = this.#offset + 4;
    const length = this.skipOpaque(most);
    return this.#bytes.subarray(start, start + length);
  }

  /** Passes over such bytes; how many they were. */
  skipOpaque(most: number = this.#bytes.length): number {
    const length = this.u32();
    if (length > most) {
      throw new ProtocolError(
        `Cannot read from ${this.#resource}, as its message has a field of ${length} bytes where ` +
          `${most} are allowed`,
        this.#resource,
      );
    }
    this.#need(length);
    this.#offset = Math.min(this.#bytes.length, this.#offset + length + (-length & 3));
    return length;
  }

  /**
   * Reads a text.
   *
   * @param most How many bytes there may be.
   */
  string(most: number): string {
    return new TextDecoder().decode(this.opaque(most));
  }

  #need(count: number): void {
    if (count <= this.left) return;
    throw new ProtocolError(
      `Cannot read from ${this.#resource}, as its message ends ${
        count - this.left
      } bytes too early`,
      this.#resource,
    );
  }
}
