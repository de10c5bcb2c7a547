/**
 * Bytes put together and searched.
 *
 * @module
 */

/** Pieces put together. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Where a marker begins in bytes; -1 if nowhere. */
export function find(bytes: Uint8Array, marker: Uint8Array): number {
  const first = marker[0] ?? 0;
  let at = bytes.indexOf(first);
  while (at >= 0 && at + marker.length <= bytes.length) {
    if (marker.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(first, at + 1);
  }
  return -1;
}
