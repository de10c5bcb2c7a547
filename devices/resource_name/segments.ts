/**
 * The parts of a resource name between its double colons.
 *
 * @module
 */

/** A part of a name and where it stands. */
export interface Segment {
  /** Its text. */
  readonly text: string;
  /** Its place, counted from 1. */
  readonly place: number;
}

/** Parts of one name, taken from the front; what doesn't fit is refused with its place. */
export class Segments {
  readonly #name: string;
  readonly #parts: Segment[];

  /** @param name The whole name, for messages. */
  constructor(name: string, parts: readonly string[]) {
    this.#name = name;
    this.#parts = parts.map((text, index) => ({ text, place: index + 1 }));
  }

  /** How many are left. */
  get left(): number {
    return this.#parts.length;
  }

  /** The first that is left, which stays. */
  get next(): Segment | undefined {
    return this.#parts[0];
  }

  /** Takes the next one. */
  take(expected: string): Segment {
    const segment = this.#parts.shift();
    if (segment !== undefined) return segment;
    throw this.#refusal(`it ends where ${expected} should follow`);
  }

  /** Takes the last one if it is one of these words, in upper case. */
  takeClass<C extends string>(words: readonly C[]): C | undefined {
    const last = this.#parts.at(-1);
    const word = words.find((one) => one === last?.text.toUpperCase());
    if (word !== undefined) this.#parts.pop();
    return word;
  }

  /** Refuses what is left. */
  end(expected: string): void {
    const segment = this.#parts[0];
    if (segment !== undefined) throw this.wrong(segment, expected);
  }

  /** An error that points at a part. */
  wrong({ text, place }: Segment, expected: string): SyntaxError {
    return this.#refusal(`part ${place} must be ${expected}, not ${JSON.stringify(text)}`);
  }

  /** A whole number in decimal, or in hexadecimal after `0x`. */
  integer(segment: Segment, from: number, to: number, what: string): number {
    const value = /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(segment.text) ? Number(segment.text) : NaN;
    if (value >= from && value <= to) return value;
    throw this.wrong(segment, `${what} from ${from} to ${to}`);
  }

  #refusal(why: string): SyntaxError {
    return new SyntaxError(
      `Cannot read the resource name ${JSON.stringify(this.#name)}, as ${why}.`,
    );
  }
}

/** Cuts at `::`, but not within square brackets, where an IPv6 address has them. */
export function splitOutsideBrackets(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "[") depth++;
    else if (text[i] === "]") depth = Math.max(0, depth - 1);
    else if (depth === 0 && text[i] === ":" && text[i + 1] === ":") {
      parts.push(text.slice(start, i));
      start = i + 2;
      i++;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** A host as in a resource name: an IPv6 address needs brackets there. */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Reads a host name or an address, with its brackets if it is IPv6; undefined if it is none. */
export function readHost(text: string): string | undefined {
  const six = /^\[([0-9a-f:.]{2,45})(%[\w.-]{1,32})?\]$/i.exec(text);
  if (six !== null) {
    const [, address = "", zone = ""] = six;
    return address.includes(":") ? address.toLowerCase() + zone : undefined;
  }
  return /^[a-z0-9_](?:[\w.-]{0,252})$/i.test(text) ? text.toLowerCase() : undefined;
}
