/**
 * Datasets between JavaScript's values and bytes.
 *
 * @module
 */

import type { Dtype, EncodedDataset, Json } from "./store/types.ts";

/** The arrays that hold a dataset's elements. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Numbers in rows, rows in planes, and so on; all rows of one length. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** What can be stored as a dataset. */
export type DatasetInput =
  | NumericArray
  | NestedNumbers
  | { readonly data: NumericArray; readonly shape: readonly number[] }
  | Json;

/** A dataset as it is read back. */
export interface Dataset {
  /** Its name. */
  readonly name: string;
  /** When it was stored, Unix seconds. */
  readonly t: number;
  /** Element type; `"json"` for a JSON value. */
  readonly dtype: Dtype;
  /** Length along each axis, outermost first; empty for JSON. */
  readonly shape: readonly number[];
  /** The elements in row-major order, or the JSON value. */
  readonly data: NumericArray | Json;
}

type ArrayClass = {
  new (buffer: ArrayBuffer): NumericArray;
  readonly BYTES_PER_ELEMENT: number;
};

const CLASSES: Readonly<Record<Exclude<Dtype, "json">, ArrayClass>> = {
  float64: Float64Array,
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

function dtypeOf(array: unknown): Exclude<Dtype, "json"> | undefined {
  if (array instanceof Uint8ClampedArray) return "uint8";
  for (const [dtype, type] of Object.entries(CLASSES)) {
    if (array instanceof type) return dtype as Exclude<Dtype, "json">;
  }
  return undefined;
}

function fromArray(array: NumericArray, dtype: Dtype, shape: readonly number[]): EncodedDataset {
  const bytes = new Uint8Array(array.byteLength);
  bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return { dtype, shape, bytes };
}

function numbersOnly(value: unknown): boolean {
  return Array.isArray(value) ? value.every(numbersOnly) : typeof value === "number";
}

/** The shape of nested arrays whose leaves are all numbers; undefined if a leaf is none. */
function shapeOf(value: readonly unknown[], name: string): number[] | undefined {
  if (!numbersOnly(value)) return undefined;
  const shape: number[] = [];
  let first: unknown = value;
  while (Array.isArray(first)) {
    shape.push(first.length);
    first = first[0];
  }
  const check = (part: unknown, depth: number): boolean => {
    if (depth === shape.length) return typeof part === "number";
    if (!Array.isArray(part)) return false;
    if (part.length !== shape[depth]) {
      throw new RangeError(
        `Cannot store the dataset ${JSON.stringify(name)}, as its rows differ in length: ` +
          `${shape[depth]} and ${part.length} along axis ${depth}`,
      );
    }
    return part.every((inner) => check(inner, depth + 1));
  };
  return check(value, 0) ? shape : undefined;
}

/** Where in a value something is that JSON would lose or change; undefined if nowhere. */
function notJson(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  if (typeof value === "string") return value.isWellFormed() ? undefined : `${path} (broken text)`;
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? undefined : `${path} (${value})`;
  }
  if (typeof value !== "object") return `${path} (${typeof value})`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    return `${path} (${(value as object).constructor?.name ?? "object"})`;
  }
  for (const [key, inner] of Object.entries(value)) {
    const found = notJson(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The bytes of a dataset.
 *
 * @param name Its name, for errors.
 * @param value Typed arrays keep their element type; nested arrays of numbers become `float64` with their
 *   shape; anything else must be a JSON value.
 * @throws {RangeError} If rows differ in length or a shape does not fit.
 * @throws {TypeError} If the value can't be stored without loss.
 */
export function encodeDataset(name: string, value: DatasetInput): EncodedDataset {
  const dtype = dtypeOf(value);
  if (dtype !== undefined) {
    const array = value as NumericArray;
    return fromArray(array, dtype, [array.length]);
  }
  if (Array.isArray(value)) {
    const shape = shapeOf(value, name);
    if (shape !== undefined) {
      const flat = (value as unknown[]).flat(Infinity) as number[];
      return fromArray(Float64Array.from(flat), "float64", shape);
    }
  } else if (value !== null && typeof value === "object" && "data" in value && "shape" in value) {
    const inner = dtypeOf(value.data);
    if (inner !== undefined) {
      return shaped(name, value.data as NumericArray, inner, value.shape as readonly number[]);
    }
  }
  const place = notJson(value, "value");
  if (place !== undefined) {
    throw new TypeError(
      `Cannot store the dataset ${JSON.stringify(name)}, as JSON would lose ${place}. ` +
        `Give a typed array, nested arrays of numbers, or plain JSON values.`,
    );
  }
  return { dtype: "json", shape: [], bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

function shaped(
  name: string,
  array: NumericArray,
  dtype: Dtype,
  shape: readonly number[],
): EncodedDataset {
  const whole = Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0);
  if (!whole || shape.reduce((product, n) => product * n, 1) !== array.length) {
    throw new RangeError(
      `Cannot store the dataset ${JSON.stringify(name)}, as its shape does not hold ` +
        `${array.length} elements: ${JSON.stringify(shape)}`,
    );
  }
  return fromArray(array, dtype, [...shape]);
}

/** The value that {@linkcode encodeDataset} encoded. */
export function decodeDataset(encoded: EncodedDataset): NumericArray | Json {
  if (encoded.dtype === "json") return JSON.parse(new TextDecoder().decode(encoded.bytes)) as Json;
  // A copy, as the bytes may begin where the element type may not.
  return new CLASSES[encoded.dtype](encoded.bytes.slice().buffer);
}
