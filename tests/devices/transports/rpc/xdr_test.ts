import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../../../devices/transports/errors.ts";
import { XdrReader, XdrWriter } from "../../../../devices/transports/rpc/xdr.ts";

const hex = (bytes: Uint8Array): string => bytes.toHex();

const LAYOUTS: readonly (readonly [string, (writer: XdrWriter) => unknown, string])[] = [
  ["u32", (w) => w.u32(0xFFFFFFFF), "ffffffff"],
  ["a negative integer", (w) => w.u32(-2), "fffffffe"],
  ["bool", (w) => w.bool(true).bool(false), "0000000100000000"],
  ["empty opaque", (w) => w.opaque(new Uint8Array()), "00000000"],
  ["opaque of 1", (w) => w.opaque(Uint8Array.of(7)), "0000000107000000"],
  ["opaque of 4", (w) => w.opaque(Uint8Array.of(1, 2, 3, 4)), "0000000401020304"],
  ["string", (w) => w.string("inst0"), "00000005696e737430000000"],
  ["patch", (w) => w.u32(0).u32(1).patch(0, 9), "0000000900000001"],
];

for (const [name, write, expected] of LAYOUTS) {
  Deno.test(`XdrWriter writes ${name} as RFC 4506 has it`, () => {
    const writer = new XdrWriter(1);
    write(writer);
    assert.equal(hex(writer.bytes()), expected);
  });
}

Deno.test("XdrReader reads what XdrWriter wrote", () => {
  const value = fc.oneof(
    fc.record({ kind: fc.constant("u32"), value: fc.nat(0xFFFFFFFF) }),
    fc.record({ kind: fc.constant("i32"), value: fc.integer() }),
    fc.record({ kind: fc.constant("bool"), value: fc.boolean() }),
    fc.record({ kind: fc.constant("opaque"), value: fc.uint8Array({ maxLength: 50 }) }),
  );
  fc.assert(fc.property(fc.array(value), (values) => {
    const writer = new XdrWriter();
    for (const { value } of values) {
      if (typeof value === "number") writer.u32(value);
      else if (typeof value === "boolean") writer.bool(value);
      else writer.opaque(value);
    }
    assert.equal(writer.length % 4, 0);
    const reader = new XdrReader(writer.bytes(), "R");
    for (const { kind, value } of values) {
      const got = kind === "u32"
        ? reader.u32()
        : kind === "i32"
        ? reader.i32()
        : kind === "bool"
        ? reader.bool()
        : reader.opaque().slice();
      assert.deepEqual(got, value);
    }
    assert.equal(reader.left, 0);
  }));
});

Deno.test("XdrReader says what is missing, and forgives missing padding only", () => {
  const reader = (...bytes: number[]) => new XdrReader(Uint8Array.from(bytes), "R");
  assert.throws(() => reader(0, 0, 0).u32(), /R, as its message ends 1 bytes too early/);
  assert.throws(() => reader(0, 0, 0, 2, 1).opaque(), /too early|5 are allowed/);
  assert.throws(() => reader(0, 0, 0, 3, 1, 2, 3, 0).opaque(2), /field of 3 bytes where 2/);
  assert.throws(() => reader(255, 255, 255, 255).opaque(), ProtocolError);
  const short = reader(0, 0, 0, 2, 104, 105);
  assert.equal(short.string(2), "hi");
  assert.equal(short.left, 0);
});
