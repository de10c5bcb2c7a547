/**
 * What comes over a link, cut into messages and blocks.
 *
 * @module
 */

import { type BlockHeader, type BlockHeaderOptions, BlockHeaderReader } from "../ieee_block.ts";
import { ProtocolError, TimeoutError, UnsupportedError } from "../transports/errors.ts";
import type { ReadIo } from "../transports/transport.ts";
import { find, grown } from "./bytes.ts";
import type { InputOptions, Patience, Source } from "./source.ts";

const SMALL = 65_536;
/** Longest wait for the newline or the END behind a block, in milliseconds. */
const TAIL = 200;
/** Memory that a length on the wire is trusted with; more is taken as the bytes come. */
const TRUSTED = 16 * 1024 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/** Bytes that came, and those that are still to come. */
export class Input {
  readonly #options: InputOptions;
  readonly #read: Source;
  #buffer = new Uint8Array(SMALL);
  #start = 0;
  #end = 0;
  /** Whether the message ends with the last byte in the buffer. */
  #ended = false;
  /** Whether the newline behind a block may come yet. */
  #tail = false;

  /** @param read Where the bytes come from. */
  constructor(options: InputOptions, read: Source) {
    this.#options = options;
    this.#read = read;
  }

  /** Forgets what came. How many bytes that were. */
  reset(): number {
    const count = this.#end - this.#start;
    this.#start = this.#end = 0;
    this.#ended = false;
    if (this.#buffer.length > SMALL) this.#buffer = new Uint8Array(SMALL);
    return count;
  }

  /** Forgets also that something of an old answer may come: the link is in order. */
  restart(): void {
    this.reset();
    this.#tail = false;
  }

  /** The next message without its terminator; a view that holds until the next call. */
  async message(io: ReadIo): Promise<Uint8Array> {
    const { terminator, hasEnd, longestMessage } = this.#options;
    const last = terminator?.[terminator.length - 1];
    const reading = last === undefined ? io : { ...io, stopAt: last };
    let scanned = this.#start;
    while (true) {
      if (this.#tail && this.#skipTail()) scanned = this.#start;
      if (terminator !== undefined) {
        const at = find(this.#buffer, terminator, scanned, this.#end);
        if (at >= 0) return this.#take(at, at + terminator.length);
        scanned = Math.max(this.#start, this.#end - terminator.length + 1);
      } else if (!hasEnd && this.#start < this.#end) return this.#take(this.#end, this.#end);
      if (this.#ended) return this.#take(this.#end, this.#end);
      if (this.#end - this.#start > longestMessage) {
        throw new ProtocolError(
          `Cannot read an answer of ${this.#options.resource}, as it has more than ` +
            `${longestMessage} bytes and no end. Read a block, or set longestMessage.`,
          this.#options.resource,
        );
      }
      const before = this.#start;
      const target = this.#room();
      scanned -= before - this.#start;
      const { count, end } = await this.#read(target, reading);
      this.#end += count;
      this.#ended = end;
    }
  }

  /** Just so many bytes. */
  async bytes(count: number, patience: Patience): Promise<Uint8Array<ArrayBuffer>> {
    const data = await this.#definite(count, undefined, patience, "an answer");
    if (this.#start === this.#end) this.#ended = false;
    return data;
  }

  /**
   * The header of the next block. Anything but one is a {@linkcode ProtocolError}.
   */
  async header(options: BlockHeaderOptions, patience: Patience): Promise<BlockHeader> {
    const reader = new BlockHeaderReader(options);
    while (true) {
      if (this.#tail) this.#skipTail();
      while (this.#start < this.#end) {
        try {
          const header = reader.push(this.#buffer[this.#start++] ?? 0);
          if (header !== undefined) return header;
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          throw new ProtocolError(message, this.#options.resource, { cause: error });
        }
      }
      if (this.#ended) throw this.#truncated("a block", "its header");
      await this.#more(patience());
    }
  }

  /** A block's data, all of it. */
  async block(
    header: BlockHeader,
    into: Uint8Array<ArrayBuffer> | undefined,
    longest: number,
    quiet: number | undefined,
    patience: Patience,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const most = Math.min(longest, into?.length ?? Infinity);
    if (header.kind === "definite") {
      if (header.length > most) throw this.#tooLong(String(header.length), most);
      const data = await this.#definite(header.length, into, patience, "a block");
      await this.#closeBlock(patience);
      return data;
    }
    let data = into ?? new Uint8Array(SMALL);
    let got = 0;
    for await (const chunk of this.chunks(header, quiet, patience)) {
      if (got + chunk.length > most) throw this.#tooLong(`more than ${most}`, most);
      data = grown(data, got, got + chunk.length, Infinity);
      data.set(chunk, got);
      got += chunk.length;
    }
    return data.subarray(0, got);
  }

  /** A block's data, piece by piece. */
  async *chunks(
    header: BlockHeader,
    quiet: number | undefined,
    patience: Patience,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { chunk, hasEnd, resource } = this.#options;
    if (header.kind === "definite") {
      for (let left = header.length; left > 0;) {
        const part = await this.#definite(Math.min(left, chunk), undefined, patience, "a block");
        left -= part.length;
        yield part;
      }
      await this.#closeBlock(patience);
      return;
    }
    if (!hasEnd && quiet === undefined) {
      throw new UnsupportedError(
        "find the end of an indefinite block",
        resource,
        "Have the instrument send a definite one, or set quietTime to the silence that ends it.",
      );
    }
    // Whether the last byte is a newline that ends the block is known with the end only.
    let held: number | undefined;
    while (true) {
      if (this.#start < this.#end) {
        const part = new Uint8Array(this.#end - this.#start + (held === undefined ? 0 : 1));
        if (held !== undefined) part[0] = held;
        part.set(this.#buffer.subarray(this.#start, this.#end), held === undefined ? 0 : 1);
        held = part.at(-1);
        this.#start = this.#end = 0;
        if (part.length > 1) yield part.subarray(0, -1);
      }
      if (this.#ended) break;
      try {
        await this.#more(patience(hasEnd ? undefined : quiet));
      } catch (error) {
        if (hasEnd || !(error instanceof TimeoutError)) throw error;
        break;
      }
    }
    this.#ended = false;
    if (held !== undefined && held !== LF) yield new Uint8Array([held]);
  }

  /** Reads a number of bytes, straight into their place. */
  async #definite(
    length: number,
    into: Uint8Array<ArrayBuffer> | undefined,
    patience: Patience,
    what: string,
  ): Promise<Uint8Array<ArrayBuffer>> {
    let data = into ?? new Uint8Array(Math.min(length, TRUSTED));
    for (let got = 0; got < length;) {
      data = grown(data, got, got + 1, length);
      const room = Math.min(length, data.length);
      const had = Math.min(room - got, this.#end - this.#start);
      if (had > 0) {
        data.set(this.#buffer.subarray(this.#start, this.#start + had), got);
        this.#start += had;
        got += had;
        continue;
      }
      if (this.#ended) throw this.#truncated(what, `byte ${got} of ${length}`);
      const most = Math.min(room, got + this.#options.chunk);
      const { count, end } = await this.#read(data.subarray(got, most), patience());
      got += count;
      this.#ended = end;
    }
    return data.subarray(0, length);
  }

  /** Takes what stands between a block and the end of its message: a newline, an END or nothing. */
  async #closeBlock(patience: Patience): Promise<void> {
    this.#tail = true;
    if (this.#options.hasEnd && !this.#ended && this.#start === this.#end) {
      try {
        await this.#more(patience(TAIL));
      } catch (error) {
        // Some instruments forget it.
        if (!(error instanceof TimeoutError)) throw error;
        return;
      }
    }
    this.#skipTail();
  }

  /** Passes over the newline behind a block if it has come; true once that is settled. */
  #skipTail(): boolean {
    if (this.#start === this.#end) {
      if (this.#ended) this.#ended = this.#tail = false;
      return false;
    }
    let at = this.#start;
    if (this.#buffer[at] === CR) at++;
    if (at === this.#end && !this.#ended) return false;
    this.#tail = false;
    if (this.#buffer[at] !== LF || at === this.#end) return true;
    this.#start = at + 1;
    if (this.#start === this.#end) this.#ended = false;
    return true;
  }

  /** A message that ends at `to`; what follows begins at `next`. */
  #take(to: number, next: number): Uint8Array {
    const { terminator, hasEnd } = this.#options;
    let end = to;
    // The newline that the END comes with is no part of the message, nor is the return before a newline.
    if (next === to && hasEnd && this.#buffer[end - 1] === LF && end > this.#start) end--;
    const newline = next === to ? end < to : terminator?.length === 1 && terminator[0] === LF;
    if (newline && end > this.#start && this.#buffer[end - 1] === CR) end--;
    const message = this.#buffer.subarray(this.#start, end);
    this.#start = next;
    if (this.#start === this.#end) this.#ended = false;
    return message;
  }

  /** Waits for more bytes behind those that there are. */
  async #more(io: ReadIo): Promise<void> {
    const { count, end } = await this.#read(this.#room(), io);
    this.#end += count;
    this.#ended = end;
  }

  /** Where more bytes go: behind those that there are, which may move for it. */
  #room(): Uint8Array<ArrayBuffer> {
    if (this.#start === this.#end) {
      this.#start = this.#end = 0;
      if (this.#buffer.length > SMALL) this.#buffer = new Uint8Array(SMALL);
    } else if (this.#end === this.#buffer.length) {
      const kept = this.#buffer.subarray(this.#start, this.#end);
      const roomy = kept.length > this.#buffer.length / 2;
      const buffer = roomy ? new Uint8Array(this.#buffer.length * 2) : this.#buffer;
      if (roomy) buffer.set(kept);
      else buffer.copyWithin(0, this.#start, this.#end);
      this.#buffer = buffer;
      this.#start = 0;
      this.#end = kept.length;
    }
    return this.#end === 0 ? this.#buffer : this.#buffer.subarray(this.#end);
  }

  #truncated(what: string, where: string): ProtocolError {
    const { resource } = this.#options;
    return new ProtocolError(
      `Cannot read ${what} of ${resource}, as the message ends in it, at ${where}.`,
      resource,
    );
  }

  #tooLong(length: string, most: number): ProtocolError {
    const { resource } = this.#options;
    return new ProtocolError(
      `Cannot read a block of ${resource}, as there is room for ${most} bytes: it has ${length}. ` +
        `Set longest, give a larger target, or read it in pieces by queryChunks().`,
      resource,
    );
  }
}
