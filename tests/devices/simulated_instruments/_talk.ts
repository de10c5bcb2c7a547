/**
 * Talking to responders in process.
 *
 * @module
 */

import type { Responder } from "../../../devices/transports/responder.ts";

/** A message as bytes, a character a byte. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes as text, a character a byte. */
export function text(message: Uint8Array | undefined): string | undefined {
  return message === undefined ? undefined : String.fromCharCode(...message);
}

/** Sends a message; the answer without its newline, if there is one. */
export async function tell(responder: Responder, message: string): Promise<string | undefined> {
  return text(await responder.receive(bytes(message)))?.replace(/\n$/, "");
}
