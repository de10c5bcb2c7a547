/**
 * What goes over the line to a Prologix adapter: data with escapes, commands, addresses.
 *
 * @module
 */

const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const PLUS = 0x2b;

/** Where an instrument is on its bus. */
export interface GpibAddress {
  /** 0 to 30. */
  readonly primary: number;
  /** 0 to 30, if the instrument has one, as in a resource name. */
  readonly secondary?: number;
}

function special(byte: number): boolean {
  return byte === LF || byte === CR || byte === ESC || byte === PLUS;
}

/** Data as the adapter takes them: what means something to it is escaped, and a line feed ends them. */
export function escapeData(data: Uint8Array): Uint8Array<ArrayBuffer> {
  let extra = 1;
  for (const byte of data) if (special(byte)) extra += 1;
  const line = new Uint8Array(data.length + extra);
  let at = 0;
  for (const byte of data) {
    if (special(byte)) line[at++] = ESC;
    line[at++] = byte;
  }
  line[at] = LF;
  return line;
}

/**
 * An address in the words of `++addr`, where secondary ones count from 96.
 *
 * @throws {RangeError} If a part is not an integer from 0 to 30.
 */
export function addressText({ primary, secondary }: GpibAddress): string {
  for (const [name, value] of [["primary", primary], ["secondary", secondary ?? 0]] as const) {
    if (!Number.isInteger(value) || value < 0 || value > 30) {
      throw new RangeError(
        `Cannot take ${value} as a ${name} GPIB address: it must be an integer from 0 to 30`,
      );
    }
  }
  return secondary === undefined ? `${primary}` : `${primary} ${secondary + 96}`;
}

/** What came in at an adapter: a command without its `++`, or data without escapes. */
export type AdapterLine =
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "data"; readonly data: Uint8Array };

/** Takes a line apart as an adapter does. It keeps what is not a whole line yet. */
export class AdapterInput {
  readonly #longest: number;
  #line: number[] = [];
  #escaped = false;
  /** How many plus signs without escape the line begins with. */
  #pluses = 0;
  #tooLong = false;

  /**
   * An empty input.
   *
   * @param longest A longer line is thrown away whole.
   */
  constructor(longest = 16 * 2 ** 20) {
    this.#longest = longest;
  }

  /** The lines that end in these bytes. */
  take(bytes: Uint8Array): AdapterLine[] {
    const lines: AdapterLine[] = [];
    for (const byte of bytes) {
      if (!this.#escaped && byte === ESC) {
        this.#escaped = true;
      } else if (!this.#escaped && (byte === LF || byte === CR)) {
        this.#end(lines);
      } else {
        if (!this.#escaped && byte === PLUS && this.#line.length === this.#pluses) {
          this.#pluses += 1;
        }
        this.#escaped = false;
        if (this.#line.length < this.#longest) this.#line.push(byte);
        else this.#tooLong = true;
      }
    }
    return lines;
  }

  #end(lines: AdapterLine[]): void {
    const data = Uint8Array.from(this.#line);
    if (data.length > 0 && !this.#tooLong) {
      lines.push(
        this.#pluses >= 2
          ? { kind: "command", text: new TextDecoder().decode(data.subarray(2)).trim() }
          : { kind: "data", data },
      );
    }
    this.#line = [];
    this.#pluses = 0;
    this.#tooLong = false;
  }
}
