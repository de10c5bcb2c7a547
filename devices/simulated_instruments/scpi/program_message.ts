/**
 * Program messages: what an instrument of IEEE 488.2 and SCPI is told.
 *
 * @module
 */

import { ScpiError } from "./error.ts";

/** One command or query of a message. */
export interface ProgramUnit {
  /** The header in capitals, without a question mark: `*IDN`, `:SENS:VOLT`, `VOLT`. */
  readonly header: string;
  /** Whether it asks. */
  readonly query: boolean;
  /** What follows the header, a character a byte, each without the space around it. */
  readonly parameters: readonly string[];
}

/** A message as text in which each character is a byte. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** Where a piece ends that begins at `at` and goes to one of `stops`: strings, lists and blocks are passed over. */
function pieceEnd(text: string, at: number, stops: string): number {
  let depth = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (depth === 0 && stops.includes(character)) return at;
    if (character === '"' || character === "'") {
      const end = text.indexOf(character, at + 1);
      if (end < 0) throw new ScpiError(-151, text.slice(at, at + 40));
      at = end + 1;
    } else if (character === "#" && /^[0-9]/.test(text.slice(at + 1, at + 2))) {
      at = blockEnd(text, at);
    } else {
      if (character === "(") depth++;
      else if (character === ")") depth--;
      at++;
    }
  }
  return text.length;
}

function blockEnd(text: string, at: number): number {
  const digits = Number(text.charAt(at + 1));
  // An indefinite block goes to the end of the message.
  if (digits === 0) return text.length;
  const length = text.slice(at + 2, at + 2 + digits);
  const end = at + 2 + digits + Number(length);
  if (!/^\d+$/.test(length) || length.length < digits || end > text.length) {
    throw new ScpiError(-161, text.slice(at, at + 12));
  }
  return end;
}

function split(text: string, separator: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at <= text.length;) {
    const end = pieceEnd(text, at, separator);
    pieces.push(text.slice(at, end));
    at = end + 1;
  }
  return pieces;
}

/** Space of IEEE 488.2 around a piece, but not the bytes at the end of a block. */
function trimmed(piece: string): string {
  const start = piece.search(/[^\0-\x20]/);
  if (start < 0) return "";
  const rest = piece.slice(start);
  return /^#\d/.test(rest) ? rest.slice(0, blockEnd(rest, 0)) : rest.replace(/[\0-\x20]+$/, "");
}

const HEADER =
  /^[\0-\x20]*((?:\*[A-Za-z]\w*)|(?::?[A-Za-z]\w*(?::[A-Za-z]\w*)*))(\??)(?![^\0-\x20])/;

/**
 * Takes a message apart.
 *
 * @param text The message, a character a byte.
 * @throws {ScpiError} At the first unit that can't be read, after the units before it; at once if a string or a
 * block has no end, as it is not known then what the units are.
 */
export function* parseProgramMessage(text: string): Generator<ProgramUnit> {
  for (const piece of split(text, ";")) {
    if (trimmed(piece) === "") continue;
    const match = HEADER.exec(piece);
    if (match === null) throw new ScpiError(-102, trimmed(piece).slice(0, 40));
    const [head, header = "", mark] = match;
    const rest = trimmed(piece.slice(head.length));
    yield {
      header: header.toUpperCase(),
      query: mark === "?",
      parameters: rest === "" ? [] : split(rest, ",").map(trimmed),
    };
  }
}
