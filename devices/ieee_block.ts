/**
 * Blocks of binary data as IEEE 488.2 sections 7.7.6 and 8.7.9 frame them, and what instruments make of it.
 *
 * @module
 */

/** What stands before the data of a block. */
export type BlockHeader =
  /** So many bytes follow. */
  | { readonly kind: "definite"; readonly length: number }
  /** The data goes on to the end of the message. */
  | { readonly kind: "indefinite" };

/** How a header is read. */
export interface BlockHeaderOptions {
  /** Text that may stand before the `#`, such as an echoed command, in bytes. @default 256 */
  readonly longestPreamble?: number;
  /**
   * What `#A` means: `"length"` is HP's form with two bytes of length after it, most significant first;
   * `"digits"` a hexadecimal count of digits, as are `#B` to `#F` then.
   * @default "length"
   */
  readonly letterA?: "length" | "digits";
}

const HASH = 0x23;
const SEEN = 24;

/**
 * Reads the header of a block byte by byte, wherever the bytes come from: `#n…`, `#0`, `#(digits)` and HP's
 * `#A`. Text before it is passed over.
 */
export class BlockHeaderReader {
  readonly #longestPreamble: number;
  readonly #letterA: "length" | "digits";
  readonly #seen: number[] = [];
  #state: "before" | "kind" | "digits" | "parenthesis" | "binary" = "before";
  #before = 0;
  #left = 0;
  #length = 0;

  /**
   * A reader at the beginning of a header.
   *
   * @param options Limits and readings.
   */
  constructor(options: BlockHeaderOptions = {}) {
    this.#longestPreamble = options.longestPreamble ?? 256;
    this.#letterA = options.letterA ?? "length";
  }

  /**
   * Takes the next byte.
   *
   * @returns The header, once this byte is its last.
   * @throws {SyntaxError} If this is no header; the message ends with what was seen.
   */
  push(byte: number): BlockHeader | undefined {
    if (this.#seen.length < SEEN) this.#seen.push(byte);
    switch (this.#state) {
      case "before":
        if (byte === HASH) this.#state = "kind";
        else if (++this.#before > this.#longestPreamble) {
          throw this.#wrong(`no "#" is among its first ${this.#before} bytes`);
        }
        return undefined;
      case "kind":
        return this.#kind(byte);
      case "digits":
        this.#digit(byte);
        return --this.#left === 0 ? { kind: "definite", length: this.#length } : undefined;
      case "parenthesis":
        if (byte === 0x29 && this.#left < 15) return { kind: "definite", length: this.#length };
        if (this.#left-- === 0) throw this.#wrong("its length has more than 15 digits");
        this.#digit(byte);
        return undefined;
      case "binary":
        this.#length = this.#length * 256 + byte;
        return --this.#left === 0 ? { kind: "definite", length: this.#length } : undefined;
    }
  }

  #kind(byte: number): BlockHeader | undefined {
    const sign = String.fromCharCode(byte);
    if (sign === "0") return { kind: "indefinite" };
    if (sign === "(") {
      this.#state = "parenthesis";
      this.#left = 15;
    } else if (sign >= "1" && sign <= "9") {
      this.#state = "digits";
      this.#left = byte - 0x30;
    } else if (this.#letterA === "digits" && sign >= "A" && sign <= "F") {
      this.#state = "digits";
      this.#left = byte - 0x41 + 10;
    } else if (sign === "A") {
      this.#state = "binary";
      this.#left = 2;
    } else {
      throw this.#wrong(`after "#" must come a digit, "(" or "A", not ${JSON.stringify(sign)}`);
    }
    return undefined;
  }

  #digit(byte: number): void {
    if (byte < 0x30 || byte > 0x39) throw this.#wrong("its length must be written in digits");
    this.#length = this.#length * 10 + byte - 0x30;
  }

  #wrong(why: string): SyntaxError {
    const seen = JSON.stringify(String.fromCharCode(...this.#seen));
    return new SyntaxError(
      `Cannot read a block, as ${why}: it begins with ${seen}${
        this.#seen.length === SEEN ? " …" : ""
      }.`,
    );
  }
}

/** The kinds of numbers that a block may hold, and the arrays that they become. */
export interface BlockArrays {
  /** Bytes. */
  readonly uint8: Uint8Array<ArrayBuffer>;
  /** Signed bytes. */
  readonly int8: Int8Array<ArrayBuffer>;
  /** Integers of 2 bytes. */
  readonly uint16: Uint16Array<ArrayBuffer>;
  /** Signed integers of 2 bytes. */
  readonly int16: Int16Array<ArrayBuffer>;
  /** Integers of 4 bytes. */
  readonly uint32: Uint32Array<ArrayBuffer>;
  /** Signed integers of 4 bytes. */
  readonly int32: Int32Array<ArrayBuffer>;
  /** Integers of 8 bytes. */
  readonly uint64: BigUint64Array<ArrayBuffer>;
  /** Signed integers of 8 bytes. */
  readonly int64: BigInt64Array<ArrayBuffer>;
  /** IEEE 754 numbers of 4 bytes. */
  readonly float32: Float32Array<ArrayBuffer>;
  /** IEEE 754 numbers of 8 bytes. */
  readonly float64: Float64Array<ArrayBuffer>;
}

/** The name of a kind of numbers in a block. */
export type BlockType = keyof BlockArrays;

/** Which byte of a number comes first: `"big"` the most significant, SCPI's `FORMat:BORDer NORMal`. */
export type Endianness = "big" | "little";

const CONSTRUCTORS: {
  readonly [T in BlockType]: {
    new (buffer: ArrayBuffer, offset?: number, length?: number): BlockArrays[T];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
};

const HERE: Endianness = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "little" : "big";

/**
 * The numbers in a block's data. Where the data begins at a multiple of a number's size in its buffer, they are
 * a view of it, and the bytes are put into this machine's order in place: the data belongs to the result then.
 *
 * @param data The bytes between header and terminator.
 * @param type The kind of numbers.
 * @param endianness Which byte of a number comes first. @default "big"
 * @throws {RangeError} If the data ends within a number.
 *
 * @example
 * ```ts
 * import { decodeBlock } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const data = new Uint8Array([0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]);
 * assert.deepEqual(decodeBlock(data, "float32"), new Float32Array([1, -2]));
 * ```
 */
export function decodeBlock<T extends BlockType>(
  data: Uint8Array<ArrayBuffer>,
  type: T,
  endianness: Endianness = "big",
): BlockArrays[T] {
  const Numbers = CONSTRUCTORS[type];
  const size = Numbers.BYTES_PER_ELEMENT;
  if (data.length % size !== 0) {
    throw new RangeError(
      `Cannot read a block as ${type}, as its length must be a multiple of ${size}: ` +
        `${data.length} bytes. Check the instrument's format.`,
    );
  }
  const bytes = data.byteOffset % size === 0 ? data : data.slice();
  if (endianness !== HERE) swap(bytes, size);
  return new Numbers(bytes.buffer, bytes.byteOffset, bytes.length / size);
}

/** Turns the order of bytes round in each number. The bytes begin at a multiple of the size. */
function swap({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>, size: number): void {
  if (size === 2) {
    const words = new Uint16Array(buffer, byteOffset, length / 2);
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? 0;
      words[i] = (word << 8) | (word >>> 8);
    }
  } else if (size >= 4) {
    const words = new Uint32Array(buffer, byteOffset, length / 4);
    for (let i = 0; i < words.length; i++) words[i] = turned(words[i] ?? 0);
    if (size === 8) {
      for (let i = 0; i < words.length; i += 2) {
        const first = words[i] ?? 0;
        words[i] = words[i + 1] ?? 0;
        words[i + 1] = first;
      }
    }
  }
}

function turned(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** What {@linkcode encodeBlock} can be told. */
export interface EncodeBlockOptions {
  /** Which byte of a number comes first. @default "big" */
  readonly endianness?: Endianness;
  /** An indefinite block has no length and must be the end of its message. @default "definite" */
  readonly form?: "definite" | "indefinite";
}

/**
 * A block with its header, to be sent behind a command.
 *
 * @param data Bytes, or numbers.
 * @param options Order of bytes, form.
 *
 * @example
 * ```ts
 * import { encodeBlock } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const block = encodeBlock(new Int16Array([1, 2]));
 * assert.deepEqual(block, new Uint8Array([0x23, 0x31, 0x34, 0, 1, 0, 2]));
 * ```
 */
export function encodeBlock(
  data: BlockArrays[BlockType],
  options: EncodeBlockOptions = {},
): Uint8Array<ArrayBuffer> {
  const { endianness = "big", form = "definite" } = options;
  const digits = String(data.byteLength);
  const head = form === "indefinite"
    ? "#0"
    : digits.length < 10
    ? `#${digits.length}${digits}`
    : `#(${digits})`;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const block = new Uint8Array(head.length + bytes.length);
  new TextEncoder().encodeInto(head, block);
  const body = block.subarray(head.length);
  if (endianness === HERE || data.BYTES_PER_ELEMENT === 1) body.set(bytes);
  else {
    const turned = bytes.slice();
    swap(turned, data.BYTES_PER_ELEMENT);
    body.set(turned);
  }
  return block;
}
