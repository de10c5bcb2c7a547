/**
 * Parameters of commands, taken one after the other.
 *
 * @module
 */

import { ScpiError } from "./error.ts";
import { isWord } from "./header.ts";

/** What a number may be. */
export interface NumberLimits {
  /** The least; the word `MINimum` stands for it. */
  readonly min: number;
  /** The greatest; the word `MAXimum` stands for it. */
  readonly max: number;
  /** What the word `DEFault` and a missing parameter stand for; without it the parameter must be there. */
  readonly default?: number;
  /** The unit that may be written behind it: `"V"`. */
  readonly unit?: string;
}

/** SCPI's prefixes, in the order in which they are tried: `MA` is mega, as `M` is milli. */
const PREFIXES: readonly (readonly [prefix: string, factor: number])[] = [
  ["", 1],
  ["MA", 1e6],
  ["M", 1e-3],
  ["K", 1e3],
  ["U", 1e-6],
  ["N", 1e-9],
  ["P", 1e-12],
  ["G", 1e9],
];

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:\s*E\s*[+-]?\d+)?)\s*([A-Z]*)$/;

/** A command's parameters. What takes one throws a {@linkcode ScpiError} if it is missing or of another kind. */
export class ScpiParameters {
  readonly #texts: readonly string[];
  #taken = 0;

  /**
   * The parameters of one command.
   *
   * @param texts As they were written.
   */
  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  /** How many there are that have not been taken. */
  get left(): number {
    return this.#texts.length - this.#taken;
  }

  /** A number within limits, or a word for one. */
  number(limits: NumberLimits): number {
    const value = this.numberOrWord(limits, []);
    if (typeof value === "number") return value;
    throw new ScpiError(-104, value);
  }

  /** A number within limits, or one of these words. */
  numberOrWord<W extends string>(limits: NumberLimits, words: readonly W[]): number | W {
    const { min, max, default: usual, unit } = limits;
    if (this.left === 0 && usual !== undefined) return usual;
    const text = this.#next();
    const word = words.find((name) => isWord(text, name));
    if (word !== undefined) return word;
    if (isWord(text, "MINimum")) return min;
    if (isWord(text, "MAXimum")) return max;
    if (isWord(text, "DEFault") && usual !== undefined) return usual;
    const [, digits, suffix = ""] = NUMBER.exec(text.toUpperCase()) ?? [];
    if (digits === undefined) throw new ScpiError(-104, text);
    const value = Number(digits.replaceAll(/\s/g, "")) * factor(suffix, unit);
    if (!(value >= min && value <= max)) throw new ScpiError(-222, text);
    return value;
  }

  /** A whole number within limits; another one is rounded, as IEEE 488.2 says. */
  integer(limits: NumberLimits): number {
    return Math.round(this.number(limits));
  }

  /** `ON`, `OFF`, or a number that is zero or not. */
  boolean(): boolean {
    const text = this.#next();
    if (isWord(text, "ON")) return true;
    if (isWord(text, "OFF")) return false;
    if (NUMBER.test(text.toUpperCase())) return Math.round(Number(text)) !== 0;
    throw new ScpiError(-104, text);
  }

  /** One of these words, each written as `IMMediate`. */
  word<W extends string>(words: readonly W[]): W {
    const text = this.#next();
    const word = words.find((name) => isWord(text, name));
    if (word === undefined) throw new ScpiError(-224, text);
    return word;
  }

  /** Text between quotes. */
  string(): string {
    const text = this.#next();
    const quote = text.charAt(0);
    if ((quote !== '"' && quote !== "'") || text.length < 2 || !text.endsWith(quote)) {
      throw new ScpiError(-104, text);
    }
    return text.slice(1, -1);
  }

  /** The data of a block. */
  block(): Uint8Array<ArrayBuffer> {
    const text = this.#next();
    if (!/^#\d/.test(text)) throw new ScpiError(-104, text.slice(0, 40));
    return Uint8Array.from(text.slice(2 + Number(text.charAt(1))), (one) => one.charCodeAt(0));
  }

  /** Refuses parameters that nobody took. */
  end(): void {
    const text = this.#texts[this.#taken];
    if (text !== undefined) throw new ScpiError(-108, text.slice(0, 40));
  }

  #next(): string {
    const text = this.#texts[this.#taken];
    if (text === undefined || text === "") throw new ScpiError(-109);
    this.#taken++;
    return text;
  }
}

function factor(suffix: string, unit: string | undefined): number {
  if (suffix === "") return 1;
  const found = unit === undefined
    ? undefined
    : PREFIXES.find(([prefix]) => suffix === prefix + unit.toUpperCase());
  if (found === undefined) throw new ScpiError(-131, suffix);
  return found[1];
}
