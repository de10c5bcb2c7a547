import assert from "node:assert/strict";
import fc from "fast-check";
import { find } from "../../../devices/message_session/bytes.ts";

/** The same by the plainest means. */
function search(bytes: Uint8Array, terminator: Uint8Array, from: number, end: number): number {
  for (let at = from; at + terminator.length <= end; at++) {
    if (terminator.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

Deno.test("find() finds the first terminator among few bytes and among many", () => {
  const few = fc.uint8Array({ maxLength: 80, max: 3 });
  const many = fc.tuple(fc.nat(300), few).map(([zeros, bytes]) =>
    Uint8Array.from([...new Uint8Array(zeros).fill(9), ...bytes])
  );
  fc.assert(fc.property(
    fc.oneof(few, many),
    fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 }),
    fc.nat(100),
    fc.nat(40),
    (bytes, terminator, from, behind) => {
      const end = Math.max(0, bytes.length - behind);
      const start = Math.min(from, end);
      assert.equal(
        find(bytes, terminator, start, end),
        search(bytes, terminator, start, end),
      );
    },
  ));
});
