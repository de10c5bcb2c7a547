/**
 * Columns of a chunk as bytes, and the checksums of rows.
 *
 * Everything is little-endian, as is every machine that Deno runs on.
 *
 * @module
 */

import { crc32 } from "node:zlib";

/** Least, greatest and sum of a column's finite values. */
export interface Summary {
  /** Least finite value, or null if there is none. */
  readonly lo: number | null;
  /** Greatest finite value, or null if there is none. */
  readonly hi: number | null;
  /** Sum of the finite values; null if there is none or the sum itself is not a number. */
  readonly sum: number | null;
  /** How many values are finite. */
  readonly finite: number;
}

/** The bytes under a typed array. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** CRC-32 of a column's or dataset's bytes. */
export function checksum(bytes: Uint8Array): number {
  return crc32(bytes);
}

const scratch = new Float64Array(9);
const scratchBytes = [...scratch.keys()].map((n) => new Uint8Array(scratch.buffer, 0, n * 8));

function checkNumbers(n: number): number {
  return crc32(scratchBytes[n] ?? new Uint8Array(scratch.buffer));
}

/** Adding zero makes −0 the zero that SQLite returns; NaN and null are stored alike, as NULL. */
function plain(value: number | null): number {
  return value === null || Number.isNaN(value) ? 0 : value + 0;
}

/** Checksum of a row of `tail`. */
export function tailCheck(seq: number, stream: number, t: number, vals: Uint8Array): number {
  scratch[0] = seq;
  scratch[1] = stream;
  scratch[2] = t;
  return crc32(vals, checkNumbers(3));
}

/** Checksum of a row of `chunk`. */
export function chunkCheck(
  id: number,
  stream: number,
  n: number,
  t0: number,
  t1: number,
  firstSeq: number,
  lastSeq: number,
  stride: number,
): number {
  scratch[0] = id;
  scratch[1] = stream;
  scratch[2] = n;
  scratch[3] = t0;
  scratch[4] = t1;
  scratch[5] = firstSeq;
  scratch[6] = lastSeq;
  scratch[7] = stride;
  return checkNumbers(8);
}

/** Checksum of a row of `chunk_data` without its data. */
export function columnCheck(
  id: number,
  lo: number | null,
  hi: number | null,
  sum: number | null,
  finite: number,
  crc: number,
): number {
  scratch[0] = id;
  scratch[1] = plain(lo);
  scratch[2] = plain(hi);
  scratch[3] = plain(sum);
  scratch[4] = finite;
  scratch[5] = crc;
  return checkNumbers(6);
}

const encoder = new TextEncoder();

/** Checksum of a stream's meaning: which column holds which variable. */
export function streamCheck(id: number, ids: readonly number[], names: readonly string[]): number {
  return crc32(encoder.encode(JSON.stringify([id, ids, names])));
}

/** Checksum of a row of texts and finite numbers. */
export function rowCheck(...fields: (string | number | null)[]): number {
  return crc32(encoder.encode(JSON.stringify(fields)));
}

/** Checksum of a parameter's row. */
export function parameterCheck(seq: number, t: number, name: string, bits: Uint8Array): number {
  return crc32(bits, rowCheck(seq, t, name));
}

/** Checksum of a dataset, its description included. */
export function datasetCheck(
  seq: number,
  name: string,
  t: number,
  dtype: string,
  shape: string,
  data: Uint8Array,
): number {
  return crc32(data, crc32(encoder.encode(JSON.stringify([seq, name, t, dtype, shape]))));
}

/** The summary of a column of values. */
export function summarize(values: Float64Array): Summary {
  let lo = Infinity;
  let hi = -Infinity;
  let sum = 0;
  let finite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value - value !== 0) continue; // NaN or infinite
    if (value < lo) lo = value;
    if (value > hi) hi = value;
    sum += value;
    finite += 1;
  }
  return finite === 0
    ? { lo: null, hi: null, sum: null, finite }
    : { lo: lo + 0, hi: hi + 0, sum: Number.isNaN(sum) ? null : sum + 0, finite };
}

/** Least and greatest of one or more numbers. */
export function extent(values: Float64Array): [number, number] {
  let lo = Infinity;
  let hi = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return [lo, hi];
}

/** Times as 4-byte offsets from the least one where they fit, else as they are. */
export function encodeTimes(times: Float64Array, t0: number, t1: number): Uint8Array {
  if (t1 - t0 > 0xffff_ffff) return bytesOf(times);
  const offsets = new Uint32Array(times.length);
  for (let i = 0; i < times.length; i++) offsets[i] = (times[i] as number) - t0;
  return bytesOf(offsets);
}

/** A typed array over bytes that may be unaligned. */
function aligned(data: Uint8Array, size: number): ArrayBuffer {
  if (data.byteOffset % size === 0 && data.buffer instanceof ArrayBuffer) return data.buffer;
  return data.slice().buffer as ArrayBuffer;
}

function offsetIn(buffer: ArrayBuffer, data: Uint8Array): number {
  return buffer === data.buffer ? data.byteOffset : 0;
}

/** Eight-byte numbers over a blob, without a copy where it is aligned. */
export function float64s(data: Uint8Array): Float64Array {
  const buffer = aligned(data, 8);
  return new Float64Array(buffer, offsetIn(buffer, data), data.byteLength >>> 3);
}

/**
 * Undoes {@linkcode encodeTimes} into `target` from `at`; false if the length is impossible.
 */
export function decodeTimes(
  data: Uint8Array,
  n: number,
  t0: number,
  target: Float64Array,
  at: number,
): boolean {
  if (data.byteLength === n * 8) {
    target.set(float64s(data), at);
    return true;
  }
  if (data.byteLength !== n * 4) return false;
  const buffer = aligned(data, 4);
  const offsets = new Uint32Array(buffer, offsetIn(buffer, data), n);
  for (let i = 0; i < n; i++) target[at + i] = t0 + (offsets[i] as number);
  return true;
}

/** Sequence numbers: the constant stride, or 0 and their differences in the smallest unsigned type. */
export function encodeSeqs(seqs: Float64Array): { stride: number; data: Uint8Array | null } {
  const n = seqs.length;
  if (n < 2) return { stride: 1, data: null };
  const stride = (seqs[1] as number) - (seqs[0] as number);
  let constant = true;
  let greatest = 0;
  const deltas = new Float64Array(n - 1);
  for (let i = 1; i < n; i++) {
    const delta = (seqs[i] as number) - (seqs[i - 1] as number);
    deltas[i - 1] = delta;
    if (delta !== stride) constant = false;
    if (delta > greatest) greatest = delta;
  }
  if (constant) return { stride, data: null };
  if (greatest <= 0xff) return { stride: 0, data: Uint8Array.from(deltas) };
  if (greatest <= 0xffff) return { stride: 0, data: bytesOf(Uint16Array.from(deltas)) };
  if (greatest <= 0xffff_ffff) return { stride: 0, data: bytesOf(Uint32Array.from(deltas)) };
  return { stride: 0, data: bytesOf(deltas) };
}

/** Fills in sequence numbers of a constant stride. */
export function fillSeqs(
  first: number,
  stride: number,
  n: number,
  target: Float64Array,
  at: number,
): void {
  for (let i = 0; i < n; i++) target[at + i] = first + i * stride;
}

/** Undoes {@linkcode encodeSeqs} for differences; false if the length is impossible. */
export function decodeSeqs(
  data: Uint8Array,
  n: number,
  first: number,
  target: Float64Array,
  at: number,
): boolean {
  const size = n < 2 ? 0 : data.byteLength / (n - 1);
  let deltas: ArrayLike<number>;
  if (size === 1) deltas = data;
  else if (size === 2 || size === 4 || size === 8) {
    const buffer = aligned(data, size);
    const offset = offsetIn(buffer, data);
    deltas = size === 2
      ? new Uint16Array(buffer, offset, n - 1)
      : size === 4
      ? new Uint32Array(buffer, offset, n - 1)
      : new Float64Array(buffer, offset, n - 1);
  } else return false;
  let seq = first;
  target[at] = seq;
  for (let i = 1; i < n; i++) {
    seq += deltas[i - 1] as number;
    target[at + i] = seq;
  }
  return true;
}
