/**
 * Looking for bytes, and making room for them.
 *
 * @module
 */

/** Up to so many bytes, a loop is faster than a call of the system's search. */
const SHORT = 64;

/** Where a terminator begins; -1 if it is not there. */
export function find(
  buffer: Uint8Array,
  terminator: Uint8Array,
  from: number,
  end: number,
): number {
  const first = terminator[0] ?? 0;
  if (terminator.length === 1 && end - from <= SHORT) {
    for (let at = from; at < end; at++) if (buffer[at] === first) return at;
    return -1;
  }
  const filled = buffer.subarray(0, end);
  for (let at = filled.indexOf(first, from); at >= 0 && at + terminator.length <= end;) {
    if (terminator.every((byte, index) => filled[at + index] === byte)) return at;
    at = filled.indexOf(first, at + 1);
  }
  return -1;
}

/** Room for at least `needed` bytes, of which `used` are kept; twice as much each time, up to `most`. */
export function grown(
  data: Uint8Array<ArrayBuffer>,
  used: number,
  needed: number,
  most: number,
): Uint8Array<ArrayBuffer> {
  if (needed <= data.length) return data;
  const larger = new Uint8Array(Math.min(most, Math.max(needed, data.length * 2)));
  larger.set(data.subarray(0, used));
  return larger;
}
