import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText, encodeText } from "../../../devices/message_session/text.ts";
import { named } from "../_tcp_instrument.ts";

Deno.test("decodeText() undoes encodeText() in every encoding", () => {
  const text = fc.string({ unit: "binary", maxLength: 400 });
  fc.assert(fc.property(text, (text) => {
    assert.equal(decodeText(encodeText(text, "utf-8"), "utf-8", "TEST"), text);
    assert.deepEqual(encodeText(text, "utf-8"), new TextEncoder().encode(text));
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
    assert.deepEqual(encodeText(decodeText(bytes, "latin1", "TEST"), "latin1"), bytes);
    const ascii = bytes.map((byte) => byte & 0x7f);
    assert.deepEqual(encodeText(decodeText(ascii, "ascii", "TEST"), "ascii"), ascii);
  }));
  const long = Uint8Array.from({ length: 20_000 }, (_, i) => i & 0xff);
  assert.deepEqual(encodeText(decodeText(long, "latin1", "TEST"), "latin1"), long);
});

Deno.test("decodeText() and encodeText() refuse what the encoding has not, short or long", () => {
  for (const length of [0, 500]) {
    const before = "x".repeat(length);
    assert.throws(() => encodeText(`${before}\u00b5`, "ascii"), named("RangeError", /"µ"/));
    assert.throws(() => encodeText(`${before}\u0100`, "latin1"), named("RangeError", /"Ā"/));
    const bytes = new TextEncoder().encode(`${before}\u00b5`);
    assert.throws(() => decodeText(bytes, "ascii", "TEST"), named("ProtocolError"));
    assert.throws(() => decodeText(bytes.subarray(0, -1), "utf-8", "TEST"), named("ProtocolError"));
  }
});
