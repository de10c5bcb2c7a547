/**
 * Python's format strings, and reading text by them backwards.
 *
 * @module
 */

import { type FormatSpec, formatValue, parseFormatSpec } from "./format_spec.ts";
import type { PythonValue } from "./value.ts";

/** A part of a format string: text as it is, or a field. */
type Part = string | { readonly name: string; readonly spec: FormatSpec };

const FIELD = /\{\{|\}\}|\{([^{}:!]*)(?:!([a-z]))?(?::([^{}]*))?\}|[{}]/g;

/**
 * Takes a format string apart.
 *
 * @throws {SyntaxError} If a brace has no partner, or a field has a form that is not known here.
 */
function parts(template: string): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(FIELD)) {
    found.push(template.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, name, conversion, spec = ""] = match;
    if (whole === "{{" || whole === "}}") found.push(whole.charAt(0));
    else if (name === undefined || conversion !== undefined || !/^\w*$/.test(name)) {
      throw new SyntaxError(`${JSON.stringify(template)} has braces that can't be read`);
    } else found.push({ name, spec: parseFormatSpec(spec) });
  }
  found.push(template.slice(at));
  return found.filter((part) => part !== "");
}

/** The field that stands for the number of a channel. */
const CHANNEL = "ch_id";

/** A format string that text is made by. */
export class FormatTemplate {
  readonly #parts: readonly Part[];

  /**
   * @param template Its fields are `{}`, `{0}` and `{ch_id}`.
   * @throws {SyntaxError} If it can't be read.
   */
  constructor(template: string) {
    this.#parts = parts(template);
    const counted = this.#parts.filter((part) => typeof part !== "string" && part.name === "");
    if (counted.length > 1) {
      throw new SyntaxError(
        `${JSON.stringify(template)} has {} more than once, but there is one value: write {0}`,
      );
    }
    for (const part of this.#parts) {
      if (typeof part === "string" || ["", "0", CHANNEL].includes(part.name)) continue;
      throw new SyntaxError(
        `${JSON.stringify(template)} has a field that there is not: ${part.name}`,
      );
    }
  }

  /**
   * The text.
   *
   * @throws {ValueError} If a field's format is none of the value's type.
   */
  format(value: PythonValue, channel = ""): string {
    return this.#parts.map((part) =>
      typeof part === "string"
        ? part
        : formatValue(part.name === CHANNEL ? channel : value, part.spec)
    ).join("");
  }
}

/** What was read. */
export interface Parsed {
  /** The value. */
  readonly value: PythonValue;
  /** The channel's number as it was written, if the format string has one. */
  readonly channel: string | undefined;
}

const NUMBER = String.raw`(?:[0-9]+\.?[0-9]*|\.[0-9]+)`;

interface Reading {
  readonly pattern: string;
  readonly read: (text: string) => PythonValue;
}

/** Signed digits of a base as an integer. */
function integer(text: string, prefix: string): bigint {
  const sign = text.startsWith("-") ? -1n : 1n;
  const digits = text.replace(/^[-+ ]/, "").replace(/^0[box]/i, "");
  return sign * BigInt(prefix + digits);
}

const READINGS: Readonly<Record<string, Reading>> = {
  "": { pattern: "[^\\n]*?", read: (text) => text },
  s: { pattern: "[^\\n]*?", read: (text) => text },
  d: { pattern: "[0-9]+", read: (text) => integer(text, "") },
  b: { pattern: "[01]+", read: (text) => integer(text, "0b") },
  o: { pattern: "[0-7]+", read: (text) => integer(text, "0o") },
  x: { pattern: "[0-9a-f]+", read: (text) => integer(text, "0x") },
  X: { pattern: "[0-9A-F]+", read: (text) => integer(text, "0x") },
  e: { pattern: `${NUMBER}(?:e[-+]?[0-9]+)?`, read: Number },
  E: { pattern: `${NUMBER}(?:E[-+]?[0-9]+)?`, read: Number },
  f: { pattern: NUMBER, read: Number },
  F: { pattern: NUMBER, read: Number },
  g: { pattern: `${NUMBER}(?:[eE][-+]?[0-9]+)?`, read: Number },
  G: { pattern: `${NUMBER}(?:[eE][-+]?[0-9]+)?`, read: Number },
  "%": { pattern: `${NUMBER}%`, read: (text) => Number(text.slice(0, -1)) / 100 },
};

/** Signs that may stand before a number, by what the format says. */
const SIGNS = { "": "-?", "-": "-?", "+": "[-+]", " ": "[- ]" } as const;

/**
 * A format string that text is read by: `VOLT {:.3f}` takes `VOLT 2.5`. Fill, width and precision don't count, as
 * with Python's `stringparser`; unlike it, this takes numbers of one digit.
 */
export class ParseTemplate {
  readonly #pattern: RegExp;
  readonly #fields: readonly { readonly name: string; readonly read: Reading["read"] }[];

  /**
   * @param template It has one field `{}` or `{0}`, and may have one `{ch_id}`.
   * @throws {SyntaxError} If it can't be read.
   */
  constructor(template: string) {
    const fields: { name: string; read: Reading["read"] }[] = [];
    let pattern = "";
    for (const part of parts(template)) {
      if (typeof part === "string") {
        pattern += part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
        continue;
      }
      const reading = READINGS[part.spec.type];
      if (reading === undefined) {
        throw new SyntaxError(
          `${JSON.stringify(template)} has a field that can't be read: ${part.spec.type}`,
        );
      }
      const isText = part.spec.type === "" || part.spec.type === "s";
      const prefix = part.spec.alternate ? `0${part.spec.type}` : "";
      pattern += `(${isText ? "" : SIGNS[part.spec.sign]}${prefix}${reading.pattern})`;
      fields.push({ name: part.name === "0" ? "" : part.name, read: reading.read });
    }
    const names = fields.map(({ name }) => name).sort().join();
    if (names !== "" || fields.length !== 1) {
      if (names !== `,${CHANNEL}` || fields.length !== 2) {
        throw new SyntaxError(
          `${
            JSON.stringify(template)
          } must have one field {} for the value, and for a channel one ` +
            `{${CHANNEL}} beside it`,
        );
      }
    }
    this.#pattern = new RegExp(`^${pattern}$`, "u");
    this.#fields = fields;
  }

  /** What is in a text; undefined if it has not this form. */
  parse(text: string): Parsed | undefined {
    const match = this.#pattern.exec(text);
    if (match === null) return undefined;
    let value: PythonValue = "";
    let channel: string | undefined;
    for (const [at, { name, read }] of this.#fields.entries()) {
      const written = match[at + 1] ?? "";
      if (name === CHANNEL) channel = String(read(written));
      else value = read(written);
    }
    return { value, channel };
  }
}
