/**
 * Bytes by requests that never wait: transfers are begun, and the wait that all ports share tells when to look at
 * them. Headers and tags are ours then; the driver carries bytes only.
 *
 * @module
 */

import { LinkError, ProtocolError, TimeoutError } from "../errors.ts";
import type { Io, ReadIo, ReadResult } from "../transport.ts";
import type { DeviceFile } from "./file.ts";
import {
  type Answer,
  decodeAnswer,
  encodeOut,
  encodeRequest,
  HEADER_SIZE,
  nextTag,
} from "./header.ts";
import type { Abilities, Pipes } from "./pipes.ts";
import {
  ERROR,
  fixed,
  FLAG,
  MESSAGE_SIZE,
  MOST_PIECES,
  packMessage,
  PIECE,
  REQUEST,
  transferred,
  word,
  wordOf,
} from "./requests.ts";

/** Bytes that are handed to the driver at once: as many as it sends or receives at a time. */
const SCRATCH = PIECE * MOST_PIECES;

/** An answer that the instrument was asked for. */
interface Incoming {
  readonly tag: number;
  readonly asked: number;
  /** Once its header came. */
  answer?: Answer;
  /** Bytes of it that have not come yet. */
  rest: number;
  /** The part of the scratch that was not read yet. */
  start: number;
  end: number;
  /** Whether its last packet came. */
  whole: boolean;
}

/** What an operation needs for its errors. */
interface Doing {
  readonly what: "read from" | "write to";
  readonly start: number;
}

/** The pipes of a driver that knows the requests without waiting. */
export class AsyncPipes implements Pipes {
  readonly #file: DeviceFile;
  readonly #abilities: Abilities;
  readonly #message = fixed(MESSAGE_SIZE);
  readonly #out = fixed(SCRATCH);
  readonly #in = fixed(SCRATCH);
  readonly #outAt: bigint;
  readonly #inAt: bigint;
  #tag = 0;
  #incoming: Incoming | undefined;
  /** A transfer was left in the middle. */
  #spoiled = false;

  constructor(file: DeviceFile, abilities: Abilities) {
    this.#file = file;
    this.#abilities = abilities;
    this.#outAt = file.calls.addressOf(this.#out);
    this.#inAt = file.calls.addressOf(this.#in);
  }

  get unsettled(): boolean {
    return this.#spoiled || this.#incoming !== undefined;
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    if (data.length === 0) return;
    const doing: Doing = { what: "write to", start: this.#file.clock.monotonic() };
    this.#tag = nextTag(this.#tag);
    this.#spoiled = true;
    const total = HEADER_SIZE + data.length;
    this.#out.set(encodeOut(this.#tag, data.length, end));
    for (let given = 0; given < total;) {
      const header = given === 0 ? HEADER_SIZE : 0;
      const part = data.subarray(given + header - HEADER_SIZE, given + SCRATCH - HEADER_SIZE);
      this.#out.set(part, header);
      await this.#submit(header + part.length, given > 0, io, doing);
      given += header + part.length;
    }
    const sent = word(0);
    for (;;) {
      this.#check(this.#file.ask(REQUEST.WRITE_RESULT, sent), doing);
      if (wordOf(sent) >= total) break;
      await this.#wait("write", io, doing);
    }
    this.#spoiled = false;
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    const doing: Doing = { what: "read from", start: this.#file.clock.monotonic() };
    for (;;) {
      const incoming = this.#incoming ??= this.#ask(target.length, io.stopAt, doing);
      const had = Math.min(target.length, incoming.end - incoming.start);
      target.set(this.#in.subarray(incoming.start, incoming.start + had));
      incoming.start += had;
      if (incoming.whole && incoming.start === incoming.end) {
        this.#incoming = undefined;
        const end = incoming.answer?.end === true;
        if (had > 0 || end) return { count: had, end };
      } else if (had > 0) return { count: had, end: false };
      else if (!this.#receive(incoming, doing)) await this.#wait("read", io, doing);
    }
  }

  discard(): number {
    const incoming = this.#incoming;
    if (incoming === undefined || incoming.answer === undefined) return 0;
    const count = incoming.end - incoming.start;
    if (incoming.whole) this.#incoming = undefined;
    else incoming.start = incoming.end;
    return count;
  }

  restart(): void {
    this.#spoiled = false;
    this.#incoming = undefined;
  }

  fail(): void {
    this.#file.ask(REQUEST.CANCEL_IO, fixed(4));
    this.#file.ask(REQUEST.CLEANUP_IO, fixed(4));
    this.#spoiled = true;
    this.#incoming = undefined;
  }

  /** Asks the instrument for an answer. */
  #ask(size: number, stopAt: number | undefined, doing: Doing): Incoming {
    const tag = this.#tag = nextTag(this.#tag);
    this.#out.set(encodeRequest(tag, size, this.#abilities.stopsAt ? stopAt : undefined));
    this.#check(this.#transfer(REQUEST.WRITE, HEADER_SIZE, FLAG.ASYNC, this.#outAt), doing);
    return { tag, asked: size, rest: 0, start: 0, end: 0, whole: false };
  }

  /** Takes what came of an answer; false if that is nothing yet. */
  #receive(incoming: Incoming, doing: Doing): boolean {
    const { answer } = incoming;
    const size = answer === undefined ? PIECE : Math.min(incoming.rest, SCRATCH);
    const flags = answer === undefined ? FLAG.ASYNC : FLAG.ASYNC | FLAG.IGNORE_TRAILER;
    const result = this.#transfer(REQUEST.READ, size, flags, this.#inAt);
    if (result === -ERROR.AGAIN) {
      // The question itself may have failed.
      this.#check(this.#file.ask(REQUEST.WRITE_RESULT, word(0)), doing);
      return false;
    }
    this.#check(result, doing);
    const got = transferred(this.#message);
    incoming.whole = result === 1;
    if (answer === undefined) {
      const read = decodeAnswer(this.#in.subarray(0, got), incoming.tag, incoming.asked);
      if (typeof read === "string") throw this.#broken(read);
      incoming.answer = read;
      incoming.start = HEADER_SIZE;
      incoming.end = Math.min(got, HEADER_SIZE + read.size);
      incoming.rest = read.size - (incoming.end - incoming.start);
    } else {
      incoming.start = 0;
      incoming.end = Math.min(got, incoming.rest);
      incoming.rest -= incoming.end;
    }
    if (incoming.whole && incoming.rest > 0) {
      const { size = 0 } = incoming.answer ?? {};
      throw this.#broken(`it has the ${size} bytes of its header: ${size - incoming.rest} came`);
    }
    return true;
  }

  /** Hands bytes to the driver, as soon as it has room for them. */
  async #submit(size: number, append: boolean, io: Io, doing: Doing): Promise<void> {
    for (let given = 0; given < size;) {
      const flags = append || given > 0 ? FLAG.ASYNC | FLAG.APPEND : FLAG.ASYNC;
      const at = this.#outAt + BigInt(given);
      const result = this.#transfer(REQUEST.WRITE, size - given, flags, at);
      if (result === -ERROR.AGAIN) {
        await this.#wait("write", io, doing);
        continue;
      }
      this.#check(result, doing);
      given += transferred(this.#message);
    }
  }

  #transfer(request: number, size: number, flags: number, address: bigint): number {
    packMessage(this.#message, size, flags, address);
    return this.#file.ask(request, this.#message);
  }

  #wait(direction: "read" | "write", io: Io, { what, start }: Doing): Promise<void> {
    const { resource, clock } = this.#file;
    return this.#file.ready(
      direction,
      io,
      () => new TimeoutError(`${what} ${resource}`, resource, clock.monotonic() - start),
    );
  }

  #check(result: number, { what }: Doing): void {
    if (result >= 0) return;
    const { resource } = this.#file;
    this.fail();
    if (result === -ERROR.PIPE) {
      throw new ProtocolError(
        `Cannot ${what} ${resource}, as the instrument refused the transfer: its pipe is halted. ` +
          "Look at what was sent to it.",
        resource,
      );
    }
    const why = new LinkError(
      `Cannot ${what} ${resource}, as a USB transfer failed: the system says error ${-result}. ` +
        "Look at its plug and its cable, and open it anew.",
      resource,
    );
    throw this.#file.lose(why);
  }

  #broken(rule: string): ProtocolError {
    const { resource } = this.#file;
    this.fail();
    return new ProtocolError(`Cannot read from ${resource}, as ${rule}.`, resource);
  }
}
