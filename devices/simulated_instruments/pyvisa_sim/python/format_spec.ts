/**
 * Python's format specifications: what stands behind the colon in `{:+.8E}`.
 *
 * @module
 */

import { exponential, fixed, general, reprFloat } from "./float_text.ts";
import { type PythonValue, ValueError } from "./value.ts";

/** A specification taken apart. */
export interface FormatSpec {
  /** What fills the width up. */
  readonly fill: string;
  /** Where the text stands in its width; by itself numbers are on the right. */
  readonly align: "" | "<" | ">" | "=" | "^";
  /** Which signs are written; by itself those below zero. */
  readonly sign: "" | "+" | "-" | " ";
  /** Whether numbers are filled up behind their sign. */
  readonly zero: boolean;
  /** The alternate form. */
  readonly alternate: boolean;
  /** Least width. */
  readonly width: number;
  /** What stands between groups of digits. */
  readonly grouping: "" | "," | "_";
  /** Decimals, digits, or longest text. */
  readonly precision: number | undefined;
  /** The type's letter. */
  readonly type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGosxX%])?$/u;

/** Widths and precisions that no instrument has. */
const MOST = 1000;

/**
 * Takes a specification apart.
 *
 * @throws {SyntaxError} If it is none, or one that is not known here.
 */
export function parseFormatSpec(text: string): FormatSpec {
  const match = SPEC.exec(text);
  if (match === null) throw new SyntaxError(`the format ${JSON.stringify(text)} is not known`);
  const [, fill, align, sign, alternate, zero, width, grouping, precision, type = ""] = match;
  const spec: FormatSpec = {
    fill: fill ?? (zero === undefined ? " " : "0"),
    align: (align ?? "") as FormatSpec["align"],
    sign: (sign ?? "") as FormatSpec["sign"],
    zero: zero !== undefined,
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: (grouping ?? "") as FormatSpec["grouping"],
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
  if (spec.width > MOST || (spec.precision ?? 0) > MOST) {
    throw new SyntaxError(`the format ${JSON.stringify(text)} is wider than ${MOST}`);
  }
  if (spec.grouping !== "" && spec.zero && spec.width > 0) {
    throw new SyntaxError(`the format ${JSON.stringify(text)} has groups filled up by zeros`);
  }
  return spec;
}

/**
 * What Python's `format()` makes of a value.
 *
 * @throws {ValueError} If the type of the format is not the value's.
 */
export function formatValue(value: PythonValue, spec: FormatSpec): string {
  if (typeof value === "string") return formatText(value, spec);
  const { type } = spec;
  const asFloat = typeof value === "number" || /^[eEfFgG%]$/.test(type);
  return asFloat ? formatFloat(Number(value), spec) : formatInteger(BigInt(value), spec);
}

function unknown(type: string, of: string): ValueError {
  return new ValueError(`the format ${JSON.stringify(type)} is none of ${of}`);
}

function formatText(text: string, spec: FormatSpec): string {
  const { type, precision, align, sign, alternate, grouping } = spec;
  const isText = type === "" || type === "s";
  if (!isText || align === "=" || sign !== "" || alternate || grouping !== "") {
    throw unknown(type, "text");
  }
  const characters = [...text];
  return padded("", precision === undefined ? text : characters.slice(0, precision).join(""), {
    ...spec,
    align: align === "" ? "<" : align,
  });
}

function formatInteger(value: bigint, spec: FormatSpec): string {
  const { type, precision, alternate, grouping } = spec;
  const isDecimal = type === "" || type === "d";
  if (type === "s" || precision !== undefined || (grouping === "," && !isDecimal)) {
    throw unknown(type, "an integer");
  }
  const size = value < 0n ? -value : value;
  if (type === "c") return padded("", String.fromCodePoint(Number(size)), spec);
  const base = { b: 2, o: 8, x: 16, X: 16 }[type] ?? 10;
  const digits = size.toString(base);
  const prefix = alternate && base !== 10 ? `0${type}` : "";
  const grouped = group(digits, spec.grouping, base === 10 ? 3 : 4);
  return padded(
    signOf(value < 0n, spec) + prefix,
    type === "X" ? grouped.toUpperCase() : grouped,
    spec,
  );
}

function formatFloat(value: number, spec: FormatSpec): string {
  const { type, alternate } = spec;
  if (type !== "" && !/^[eEfFgG%]$/.test(type)) throw unknown(type, "a number with a fraction");
  const negative = value < 0 || Object.is(value, -0);
  const sign = signOf(negative, spec);
  const upper = /^[EFG]$/.test(type);
  const size = Math.abs(value);
  const text = Number.isFinite(value)
    ? finiteText(size, spec)
    : Number.isNaN(value)
    ? "nan"
    : "inf";
  const pointed = alternate && Number.isFinite(value) && !text.includes(".")
    ? text.replace(/(?=e)|$/, ".")
    : text;
  const [whole = "", ...rest] = pointed.split(/(?=[.e])/);
  const grouped = group(whole, spec.grouping, 3) + rest.join("");
  const ending = type === "%" ? "%" : "";
  return padded(sign, (upper ? grouped.toUpperCase() : grouped) + ending, spec);
}

function finiteText(size: number, { type, precision, alternate }: FormatSpec): string {
  switch (type.toLowerCase()) {
    case "e":
      return exponential(size, precision ?? 6);
    case "f":
      return fixed(size, precision ?? 6);
    case "%":
      return fixed(size * 100, precision ?? 6);
    case "g":
      return general(size, precision ?? 6, { keepZeros: alternate });
    default:
      return precision === undefined
        ? reprFloat(size)
        : general(size, precision, { oneDecimal: true, keepZeros: alternate });
  }
}

function signOf(negative: boolean, { sign }: FormatSpec): string {
  return negative ? "-" : sign === "-" ? "" : sign;
}

function group(digits: string, separator: string, size: number): string {
  if (separator === "" || !/^[0-9a-f]+$/.test(digits)) return digits;
  return digits.replace(new RegExp(String.raw`\B(?=(?:[0-9a-f]{${size}})+$)`, "g"), separator);
}

function padded(sign: string, text: string, spec: FormatSpec): string {
  const { width, fill, align, zero } = spec;
  const missing = width - [...sign, ...text].length;
  if (missing <= 0) return sign + text;
  switch (align === "" && zero ? "=" : align) {
    case "<":
      return sign + text + fill.repeat(missing);
    case "^": {
      const left = Math.floor(missing / 2);
      return fill.repeat(left) + sign + text + fill.repeat(missing - left);
    }
    case "=":
      return sign + fill.repeat(missing) + text;
    default:
      return fill.repeat(missing) + sign + text;
  }
}
