import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type BlockHeader,
  type BlockHeaderOptions,
  BlockHeaderReader,
  type BlockType,
  decodeBlock,
  encodeBlock,
} from "../../devices/ieee_block.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The header that bytes begin with and how many of them it takes. */
function read(
  bytes: Uint8Array,
  options: BlockHeaderOptions = {},
): { header: BlockHeader | undefined; used: number } {
  const reader = new BlockHeaderReader(options);
  for (let at = 0; at < bytes.length; at++) {
    const header = reader.push(bytes[at] ?? 0);
    if (header !== undefined) return { header, used: at + 1 };
  }
  return { header: undefined, used: bytes.length };
}

const definite = (length: number): BlockHeader => ({ kind: "definite", length });

Deno.test("BlockHeaderReader reads every form of header", () => {
  const table:
    readonly (readonly [string, BlockHeader | undefined, number, BlockHeaderOptions?])[] = [
      ["#15hello", definite(5), 3],
      ["#210", definite(10), 4],
      ["#9000000003abc", definite(3), 11],
      ["#0abc", { kind: "indefinite" }, 2],
      ["#(10000000000)x", definite(10_000_000_000), 14],
      ["#A\x01\x02xyz", definite(258), 4],
      ["#A0000000012", definite(12), 12, { letterA: "digits" }],
      ["CURV #13abc", definite(3), 8],
      ["#", undefined, 1],
      ["#3", undefined, 2],
      ["#312", undefined, 4],
      ["#(12", undefined, 4],
      ["#10", definite(0), 3],
    ];
  for (const [text, header, used, options] of table) {
    assert.deepEqual(read(bytesOf(text), options), { header, used }, text);
  }
});

Deno.test("BlockHeaderReader refuses what is no header, with what it saw", () => {
  const table: readonly (readonly [string, RegExp, BlockHeaderOptions?])[] = [
    ["#x12", /after "#" must come.*not "x": it begins with "#x"/],
    ["#B1", /after "#" must come/],
    ["#2a1", /written in digits: it begins with "#2a"/],
    ["#()x", /written in digits/],
    ["#(1234567890123456)", /more than 15 digits/],
    ["+1.0E0\n", /no "#" is among its first 5 bytes/, { longestPreamble: 4 }],
    ["a".repeat(300), /no "#".*"a{24}" …/],
  ];
  for (const [text, message, options] of table) {
    assert.throws(() => read(bytesOf(text), options), { name: "SyntaxError", message }, text);
  }
});

Deno.test("BlockHeaderReader never needs more than its limit of bytes, whatever they are", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    try {
      const { header, used } = read(bytes);
      if (header === undefined) assert.ok(used <= 256 + 18);
      else if (header.kind === "definite") assert.ok(Number.isSafeInteger(header.length));
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
    }
  }));
});

Deno.test("decodeBlock() undoes encodeBlock() for every kind of number and either order", () => {
  const types: readonly (readonly [BlockType, number])[] = [
    ["uint8", 1],
    ["int8", 1],
    ["uint16", 2],
    ["int16", 2],
    ["uint32", 4],
    ["int32", 4],
    ["uint64", 8],
    ["int64", 8],
    ["float32", 4],
    ["float64", 8],
  ];
  fc.assert(fc.property(
    fc.constantFrom(...types),
    fc.constantFrom("big" as const, "little" as const),
    fc.uint8Array({ maxLength: 64 }),
    fc.integer({ min: 0, max: 7 }),
    ([type, size], endianness, random, offset) => {
      const bytes = random.slice(0, random.length - random.length % size);
      const numbers = decodeBlock(bytes.slice(), type, endianness);
      assert.equal(numbers.length, bytes.length / size);
      const block = encodeBlock(numbers, { endianness });
      const { header, used } = read(block);
      assert.deepEqual(header, definite(bytes.length));
      assert.deepEqual(block.slice(used), bytes, "bits survive, NaNs included");
      const elsewhere = new Uint8Array(offset + bytes.length);
      elsewhere.set(bytes, offset);
      const view = elsewhere.subarray(offset);
      assert.deepEqual(decodeBlock(view, type, endianness), numbers, "at any place in memory");
    },
  ));
});

Deno.test("decodeBlock() agrees with DataView", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => (index * 37 + 200) & 0xff);
  const view = new DataView(bytes.buffer);
  for (const little of [false, true]) {
    const order = little ? "little" : "big";
    assert.equal(decodeBlock(bytes.slice(), "float64", order)[1], view.getFloat64(8, little));
    assert.equal(decodeBlock(bytes.slice(), "float32", order)[1], view.getFloat32(4, little));
    assert.equal(decodeBlock(bytes.slice(), "int16", order)[3], view.getInt16(6, little));
    assert.equal(decodeBlock(bytes.slice(), "uint32", order)[2], view.getUint32(8, little));
    assert.equal(decodeBlock(bytes.slice(), "int64", order)[1], view.getBigInt64(8, little));
  }
  assert.equal(decodeBlock(bytes.slice(), "int16")[0], view.getInt16(0, false), "big by default");
});

Deno.test("decodeBlock() refuses data that ends within a number", () => {
  assert.throws(() => decodeBlock(new Uint8Array(7), "float32"), {
    name: "RangeError",
    message: /must be a multiple of 4: 7 bytes/,
  });
});

Deno.test("encodeBlock() writes the header that the form asks for", () => {
  const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
  assert.equal(text(encodeBlock(bytesOf("abc"))), "#13abc");
  assert.equal(text(encodeBlock(new Uint8Array(0))), "#10");
  assert.equal(text(encodeBlock(bytesOf("abc"), { form: "indefinite" })), "#0abc");
  assert.equal(text(encodeBlock(bytesOf("0123456789"))), "#2100123456789");
});
