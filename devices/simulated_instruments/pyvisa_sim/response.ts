/**
 * Texts of a file as the bytes that go over a line.
 *
 * @module
 */

import { FormatTemplate } from "./python/template.ts";
import type { PythonValue } from "./python/value.ts";
import type { YamlPart } from "./yaml_file.ts";

/** Makes an answer from the value of a property; what has none gets an empty text. */
export type Response = (value: PythonValue, channel: string) => string;

const RANDOM = /RANDOM\(\s*([-+\d.eE]+)\s*,\s*([-+\d.eE]+)\s*,\s*(\d+)\s*\)/;

/**
 * Bytes of a text, a character a byte: in UTF-8, but those of `BYTES(\xaa\xbb)` as they are written.
 *
 * A backslash with `n` or `r` behind it, which YAML leaves alone in single quotes, means the character.
 */
export function wire(text: string): string {
  const plain = text.replaceAll("\\r", "\r").replaceAll("\\n", "\n");
  return plain.split(/(BYTES\((?:\\x[0-9a-fA-F]{2})*\))/).map((piece) =>
    piece.startsWith("BYTES(")
      ? piece.slice(6, -1).replace(
        /\\x(..)/g,
        (_, digits) => String.fromCharCode(parseInt(digits, 16)),
      )
      : utf8(piece)
  ).join("");
}

/** A text's bytes in UTF-8, a character a byte. */
export function utf8(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** An answer that is always the same, or has random numbers. */
export function dialogueResponse(part: YamlPart, random: () => number): Response {
  const text = part.text().replace(/^ +| +$/g, "");
  if (text.includes("RANDOM")) return randomResponse(part, text, random);
  const bytes = wire(text);
  return (_, channel) => bytes.replaceAll("{ch_id}", channel);
}

/** An answer with a property's value. */
export function getterResponse(part: YamlPart, random: () => number): Response {
  const text = part.text().replace(/^ +| +$/g, "");
  if (text.includes("RANDOM")) return randomResponse(part, text, random);
  const template = compiled(part, () => new FormatTemplate(text));
  return (value, channel) => utf8(template.format(value, channel));
}

/** Compiles a format string, with an error that names its place. */
export function compiled<T>(part: YamlPart, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof SyntaxError) throw part.fails(error.message, error);
    throw error;
  }
}

function randomResponse(part: YamlPart, text: string, random: () => number): Response {
  const [whole, min, max, count] = RANDOM.exec(text) ?? [];
  const from = Number(min);
  const to = Number(max);
  if (whole === undefined || !Number.isFinite(from) || !Number.isFinite(to)) {
    throw part.fails(`random numbers are written as {RANDOM(0.0, 1.0, 3):.5f}: ${text}`);
  }
  const template = compiled(part, () => new FormatTemplate(text.replaceAll(whole, "")));
  return (_, channel) =>
    utf8(
      Array.from(
        { length: Number(count) },
        () => template.format(from + (to - from) * random(), channel),
      ).join(", "),
    );
}
