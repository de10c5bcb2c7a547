/**
 * The end of an answer on a line that has no mark for it.
 *
 * @module
 */

import { BlockHeaderReader } from "../../ieee_block.ts";

const HASH = 0x23;

/**
 * An answer with its end: as it is, if it has that already. A block whose last byte of data looks like the end has
 * none.
 *
 * @param answer What the instrument says.
 * @param end The end.
 */
export function withEnd(answer: Uint8Array, end: Uint8Array): Uint8Array {
  const start = answer.length - end.length;
  const has = start >= 0 && end.every((byte, i) => byte === answer[start + i]);
  if (has && (end.length === 0 || blockLength(answer) !== answer.length)) return answer;
  const whole = new Uint8Array(answer.length + end.length);
  whole.set(answer);
  whole.set(end, answer.length);
  return whole;
}

/** How long the definite block is with which an answer begins; undefined if it begins with none. */
function blockLength(answer: Uint8Array): number | undefined {
  if (answer[0] !== HASH) return undefined;
  const reader = new BlockHeaderReader();
  try {
    for (const [at, byte] of answer.entries()) {
      const header = reader.push(byte);
      if (header !== undefined) {
        return header.kind === "definite" ? at + 1 + header.length : undefined;
      }
    }
  } catch {
    // It is text that begins with a hash.
  }
  return undefined;
}
