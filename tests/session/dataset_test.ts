import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type DatasetInput,
  decodeDataset,
  encodeDataset,
  type NumericArray,
} from "../../session/dataset.ts";

const ARRAYS: [string, (bytes: ArrayBuffer) => NumericArray][] = [
  ["float64", (bytes) => new Float64Array(bytes)],
  ["float32", (bytes) => new Float32Array(bytes)],
  ["int8", (bytes) => new Int8Array(bytes)],
  ["uint8", (bytes) => new Uint8Array(bytes)],
  ["int16", (bytes) => new Int16Array(bytes)],
  ["uint16", (bytes) => new Uint16Array(bytes)],
  ["int32", (bytes) => new Int32Array(bytes)],
  ["uint32", (bytes) => new Uint32Array(bytes)],
  ["int64", (bytes) => new BigInt64Array(bytes)],
  ["uint64", (bytes) => new BigUint64Array(bytes)],
];

for (const [dtype, make] of ARRAYS) {
  Deno.test(`encodeDataset() keeps every bit of ${dtype}`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const whole = bytes.slice(0, bytes.length - bytes.length % 8);
      const array = make(whole.slice().buffer);
      const encoded = encodeDataset("d", array);
      assert.equal(encoded.dtype, dtype);
      assert.deepEqual(encoded.shape, [array.length]);
      const back = decodeDataset(encoded) as NumericArray;
      assert.deepEqual(new Uint8Array(back.buffer), whole);
      assert.equal(back.constructor, array.constructor);
    }));
  });
}

Deno.test("encodeDataset() copies only the part that a view shows", () => {
  const view = new Float64Array([1, 2, 3, 4]).subarray(1, 3);
  const encoded = encodeDataset("d", view);
  view[0] = 9;
  assert.deepEqual(decodeDataset(encoded), new Float64Array([2, 3]));
});

Deno.test("encodeDataset() takes nested arrays with their shape", () => {
  const table: [DatasetInput, number[], number[]][] = [
    [[1, 2, 3], [3], [1, 2, 3]],
    [[[1, 2, 3], [4, 5, NaN]], [2, 3], [1, 2, 3, 4, 5, NaN]],
    [[[[1], [2]], [[3], [4]]], [2, 2, 1], [1, 2, 3, 4]],
    [[], [0], []],
    [{ data: new Float64Array([1, 2, 3, 4]), shape: [2, 2] }, [2, 2], [1, 2, 3, 4]],
  ];
  for (const [input, shape, data] of table) {
    const encoded = encodeDataset("d", input);
    assert.deepEqual(encoded.shape, shape);
    assert.deepEqual(decodeDataset(encoded), new Float64Array(data));
  }
});

Deno.test("encodeDataset() takes any JSON value and gives it back", () => {
  const values = fc.jsonValue().map((value) =>
    // −0 is refused, as JSON loses its sign.
    JSON.parse(JSON.stringify(value))
  ).filter((value) => !hasOnlyNumbers(value) && !hasNegativeZero(value));
  fc.assert(fc.property(values, (value) => {
    const encoded = encodeDataset("d", value as DatasetInput);
    assert.equal(encoded.dtype, "json");
    assert.deepEqual(decodeDataset(encoded), value);
  }));
});

function hasNegativeZero(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some(hasNegativeZero);
  }
  return Object.is(value, -0) || (typeof value === "string" && !value.isWellFormed());
}

function hasOnlyNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.flat(Infinity).every((leaf) => typeof leaf === "number");
}

Deno.test("encodeDataset() refuses what it could not give back", () => {
  const circular: Record<string, unknown> = {};
  circular.inner = { list: [1, () => 1] };
  const table: [unknown, RegExp][] = [
    [[[1, 2], [3]], /rows differ in length: 2 and 1/],
    [{ data: new Float64Array(3), shape: [2, 2] }, /does not hold 3 elements: \[2,2\]/],
    [{ data: new Float64Array(4), shape: [-2, -2] }, /does not hold/],
    [{ a: NaN }, /value\.a \(NaN\)/],
    [{ a: [1, undefined] }, /value\.a\[1\] \(undefined\)/],
    [circular, /value\.inner\.list\[1\] \(function\)/],
    [new Map(), /value \(Map\)/],
    [{ when: new Date(0) }, /value\.when \(Date\)/],
    [10n, /value \(bigint\)/],
    [undefined, /value \(undefined\)/],
  ];
  for (const [input, message] of table) {
    assert.throws(() => encodeDataset("d", input as DatasetInput), message);
  }
});
