/**
 * Text as bytes and back, without a character that is silently another one.
 *
 * @module
 */

import { ProtocolError } from "../transports/errors.ts";
import type { TextEncoding } from "./options.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Up to so many characters, a loop over ASCII is faster than a call of the system's coder. */
const SHORT = 32;

/**
 * Text as bytes.
 *
 * @throws {RangeError} If the encoding has no such character.
 */
export function encodeText(text: string, encoding: TextEncoding): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8" && text.length > SHORT) return encoder.encode(text);
  const most = encoding === "latin1" ? 0xff : 0x7f;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > most) {
      if (encoding === "utf-8") return encoder.encode(text);
      throw new RangeError(
        `Cannot write a message as ${encoding}, as it has a character that is not in it: ` +
          `${JSON.stringify(text[i])}. Choose another writeEncoding.`,
      );
    }
    bytes[i] = code;
  }
  return bytes;
}

/**
 * Bytes as text.
 *
 * @throws {ProtocolError} If the bytes are no text in this encoding.
 */
export function decodeText(bytes: Uint8Array, encoding: TextEncoding, resource: string): string {
  const short = bytes.length <= SHORT ? ascii(bytes) : undefined;
  if (short !== undefined) return short;
  if (encoding !== "utf-8") {
    let text = "";
    // A call with too many arguments would overflow the stack.
    for (let i = 0; i < bytes.length; i += 8192) {
      text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    // deno-lint-ignore no-control-regex -- ASCII is just this range
    if (encoding === "latin1" || /^[\x00-\x7f]*$/.test(text)) return text;
  } else {
    try {
      return decoder.decode(bytes);
    } catch {
      // Said below.
    }
  }
  throw new ProtocolError(
    `Cannot read an answer of ${resource} as ${encoding}, as it has other bytes in it: ` +
      `${excerpt(bytes)}. Choose another readEncoding, or look at the cable and the baud rate.`,
    resource,
  );
}

/** A few bytes as text; undefined if one of them is not ASCII. */
function ascii(bytes: Uint8Array): string | undefined {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The beginning of what came, for a message. */
export function excerpt(bytes: Uint8Array): string {
  const text = JSON.stringify(String.fromCharCode(...bytes.subarray(0, 40)));
  return bytes.length > 40 ? `${text} … (${bytes.length} bytes)` : text;
}
