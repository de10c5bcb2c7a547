/**
 * Record marking (RFC 5531, section 11): how RPC messages are told apart on TCP.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { XdrWriter } from "./xdr.ts";

/** Bit of a fragment's header that marks the last one of a record. */
const LAST = 0x80000000;

/** Bytes of a fragment's header. */
export const MARK_SIZE = 4;

/** Size that a record's buffer starts with; it grows with what comes. Bytes. */
const FIRST_SIZE = 4096;

/** Longest chain of empty fragments that is borne. */
const MOST_EMPTY = 1024;

/**
 * Makes what was written a record of one fragment. Its first four bytes are taken for the header.
 *
 * @returns The record, without a copy.
 */
export function sealRecord(writer: XdrWriter): Uint8Array<ArrayBuffer> {
  return writer.patch(0, (LAST | (writer.length - MARK_SIZE)) >>> 0).bytes();
}

/**
 * Puts records together from bytes as they come. It holds one record, which it grows as bytes come in and
 * not by what a header announces.
 */
export class RecordAssembler {
  /** Longest record that is accepted, bytes. It may be changed between records. */
  limit: number;
  readonly #resource: string;
  #record = new Uint8Array(FIRST_SIZE);
  #length = 0;
  #header = 0;
  #headerBytes = 0;
  #left = 0;
  #last = false;
  #inFragment = false;
  #empty = 0;

  /**
   * @param resource Whose bytes these are, for errors.
   * @param limit Longest record that is accepted, bytes.
   */
  constructor(resource: string, limit: number) {
    this.#resource = resource;
    this.limit = limit;
  }

  /** True between two records. */
  get atStart(): boolean {
    return this.#length === 0 && this.#headerBytes === 0 && !this.#inFragment;
  }

  /**
   * Takes bytes.
   *
   * @param take Is called with each whole record, in order; its bytes are valid during the call only.
   * @throws {ProtocolError} If a record is longer than the limit.
   */
  push(bytes: Uint8Array, take: (record: Uint8Array) => void): void {
    if (this.atStart && isRecord(bytes) && bytes.length - MARK_SIZE <= this.limit) {
      this.#empty = 0;
      take(bytes.subarray(MARK_SIZE));
      return;
    }
    let at = 0;
    while (at < bytes.length) {
      if (!this.#inFragment) {
        this.#header = (this.#header << 8) | (bytes[at++] ?? 0);
        if (++this.#headerBytes < MARK_SIZE) continue;
        this.#beginFragment(this.#header >>> 0);
      } else {
        const part = bytes.subarray(at, at + this.#left);
        this.#append(part);
        this.#left -= part.length;
        at += part.length;
      }
      if (this.#left > 0) continue;
      this.#inFragment = false;
      if (!this.#last) continue;
      const record = this.#record.subarray(0, this.#length);
      this.#length = 0;
      this.#last = false;
      take(record);
    }
  }

  #beginFragment(header: number): void {
    this.#header = 0;
    this.#headerBytes = 0;
    this.#last = header >= LAST;
    this.#left = this.#last ? header - LAST : header;
    this.#inFragment = true;
    if (this.#length + this.#left > this.limit) {
      throw this.#error(`of ${this.#length + this.#left} bytes or more where ${this.limit}`);
    }
    this.#empty = this.#left === 0 ? this.#empty + 1 : 0;
    if (this.#empty > MOST_EMPTY) {
      throw this.#error(`of ${this.#empty} empty fragments where ${MOST_EMPTY}`);
    }
  }

  #append(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (needed > this.#record.length) {
      const larger = new Uint8Array(Math.max(needed, this.#record.length * 2));
      larger.set(this.#record.subarray(0, this.#length));
      this.#record = larger;
    }
    this.#record.set(part, this.#length);
    this.#length = needed;
  }

  #error(what: string): ProtocolError {
    return new ProtocolError(
      `Cannot read from ${this.#resource}, as it sends an RPC message ${what} are allowed`,
      this.#resource,
    );
  }
}

/** Whether bytes are just one record in one fragment, as short ones come nearly always. */
function isRecord(bytes: Uint8Array): boolean {
  if (bytes.length <= MARK_SIZE) return false;
  const upper = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const mark = ((upper << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;
  return mark === LAST + bytes.length - MARK_SIZE;
}
