/**
 * Messages on a line that has no mark for their end.
 *
 * @module
 */

/** How messages are told apart. */
export interface MessageEnds {
  /** What ends a message to the instrument, any of these. @default ["\r\n", "\n"] */
  readonly ends?: readonly string[];
  /** What is put behind an answer that does not end with it already. @default "\n" */
  readonly answerEnd?: string;
  /** Takes what is in a definite block of IEEE 488.2 for data, whatever bytes it has. @default true */
  readonly blocks?: boolean;
  /** Longest message, in bytes. @default 16777216 */
  readonly mostMessage?: number;
}

/** A message became longer than it may. */
export class OverlongMessage extends RangeError {}

const HASH = 0x23;
const QUOTES: readonly number[] = [0x22, 0x27];

/**
 * Bytes of text as protocols of instruments take them: each character is a byte.
 *
 * @throws {RangeError} If a character is none.
 */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code > 255) {
      throw new RangeError(`Cannot send ${JSON.stringify(character)}, as it is more than a byte`);
    }
    return code;
  });
}

/** Cuts a stream of bytes into messages. */
export class MessageSplitter {
  readonly #ends: readonly Uint8Array[];
  readonly #blocks: boolean;
  readonly #most: number;
  #buffer = new Uint8Array(256);
  #length = 0;
  /** Where text begins that an end may be in: not within a block. */
  #textFrom = 0;
  /** Which quote is open, if one is: a hash in a string begins no block. */
  #quote: number | undefined;
  /** What was read of a block's header: how many digits of its length follow, and the length. */
  #header: { left: number; length: number } | "hash" | undefined;
  /** Bytes of a block's data that have not come. */
  #data = 0;

  constructor({ ends = ["\r\n", "\n"], blocks = true, mostMessage = 2 ** 24 }: MessageEnds = {}) {
    if (ends.length === 0 || ends.includes("")) {
      throw new RangeError(
        `Cannot tell messages apart, as their end must have a character: ${JSON.stringify(ends)}`,
      );
    }
    // The longest first: what ends with "\r\n" ends with "\n" too.
    this.#ends = ends.map(latin1).toSorted((a, b) => b.length - a.length);
    this.#blocks = blocks;
    this.#most = mostMessage;
  }

  /**
   * Takes bytes.
   *
   * @returns The messages that they end, without their ends.
   * @throws {OverlongMessage} If a message is too long; it is thrown away as far as it has come.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.#data > 0) {
        const part = bytes.subarray(at, at + this.#data);
        this.#append(part);
        at += part.length;
        this.#data -= part.length;
        if (this.#data === 0) this.#textFrom = this.#length;
        continue;
      }
      const byte = bytes[at++] ?? 0;
      this.#append(byte);
      const end = this.#endLength();
      if (end > 0) {
        messages.push(this.#buffer.slice(0, this.#length - end));
        this.reset();
      } else if (this.#blocks) this.#look(byte);
    }
    return messages;
  }

  /** Forgets a message that has come in part. */
  reset(): void {
    // A large message's memory is not kept for the small ones after it.
    if (this.#buffer.length > 65_536) this.#buffer = new Uint8Array(256);
    this.#length = this.#textFrom = this.#data = 0;
    this.#quote = this.#header = undefined;
  }

  #append(bytes: Uint8Array | number): void {
    const count = typeof bytes === "number" ? 1 : bytes.length;
    const length = this.#length + count;
    if (length > this.#most) {
      this.reset();
      throw new OverlongMessage(
        `Cannot take a message, as it may have ${this.#most} bytes: ${length}. Is its end missing?`,
      );
    }
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    if (typeof bytes === "number") this.#buffer[this.#length] = bytes;
    else this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** How many bytes of an end there are at the end of what has come; zero if there is none. */
  #endLength(): number {
    const found = this.#ends.find((end) => {
      const start = this.#length - end.length;
      return start >= this.#textFrom && end.every((byte, i) => byte === this.#buffer[start + i]);
    });
    return found?.length ?? 0;
  }

  /** Looks for the header of a block: `#`, the number of digits, the digits of the length. */
  #look(byte: number): void {
    const header = this.#header;
    this.#header = undefined;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : undefined;
    if (header === "hash" && digit !== undefined && digit > 0) {
      this.#header = { left: digit, length: 0 };
    } else if (typeof header === "object" && digit !== undefined) {
      const length = 10 * header.length + digit;
      if (header.left > 1) this.#header = { left: header.left - 1, length };
      else this.#data = length;
      this.#textFrom = this.#length;
    } else if (QUOTES.includes(byte)) {
      if (this.#quote === undefined) this.#quote = byte;
      else if (this.#quote === byte) this.#quote = undefined;
    } else if (byte === HASH && this.#quote === undefined) this.#header = "hash";
  }
}
