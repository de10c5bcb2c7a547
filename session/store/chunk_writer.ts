/**
 * Turns entries of the tail into a chunk.
 *
 * @module
 */

import {
  bytesOf,
  checksum,
  chunkCheck,
  columnCheck,
  encodeSeqs,
  encodeTimes,
  extent,
  summarize,
} from "./codec.ts";
import { COLUMN_SPACE, SEQ_COLUMN, TIME_COLUMN } from "./schema.ts";
import type { Statements } from "./statements.ts";
import { CHUNK_ROWS, type TailBuffer } from "./tail_buffer.ts";

let scratch = new Float64Array(CHUNK_ROWS);

/**
 * Writes the first `n` entries of a buffer as a chunk and deletes them from the tail.
 *
 * @param batchFirst First place in the order of the present batch: its entries are not in the tail yet.
 * @returns The place in the order of the chunk's last entry.
 */
export function writeChunk(
  sql: Statements,
  id: number,
  buffer: TailBuffer,
  n: number,
  batchFirst: number,
): number {
  const { stream, width } = buffer;
  const base = id * COLUMN_SPACE;
  const seqs = buffer.seqs(n);
  const times = buffer.times(n);
  const first = seqs[0] as number;
  const last = seqs[n - 1] as number;
  const [t0, t1] = extent(times);
  const { stride, data } = encodeSeqs(seqs);
  const check = chunkCheck(id, stream, n, t0, t1, first, last, stride);
  sql.insertChunk.get(id, stream, n, t0, t1, first, last, stride, check);
  writeColumn(sql, base + TIME_COLUMN, encodeTimes(times, t0, t1), null);
  if (scratch.length < n) scratch = new Float64Array(n);
  const column = scratch.subarray(0, n);
  for (let index = 0; index < width; index++) {
    buffer.column(index, n, column);
    writeColumn(sql, base + 1 + index, bytesOf(column), column);
  }
  if (data !== null) writeColumn(sql, base + SEQ_COLUMN, data, null);
  deleteTail(sql, seqs, batchFirst);
  return last;
}

function writeColumn(
  sql: Statements,
  id: number,
  data: Uint8Array,
  values: Float64Array | null,
): void {
  const { lo, hi, sum, finite } = values === null
    ? { lo: null, hi: null, sum: null, finite: 0 }
    : summarize(values);
  const crc = checksum(data);
  const check = columnCheck(id, lo, hi, sum, finite, crc);
  sql.insertColumn.get(id, lo, hi, sum, finite, crc, check, data);
}

/** Deletes rows of earlier batches from the tail, a range of consecutive numbers at a time. */
function deleteTail(sql: Statements, seqs: Float64Array, batchFirst: number): void {
  for (let i = 0; i < seqs.length;) {
    const from = seqs[i] as number;
    if (from >= batchFirst) return;
    let to = from;
    for (i += 1; i < seqs.length && seqs[i] === to + 1 && to + 1 < batchFirst; i++) to += 1;
    sql.deleteTail.get(from, to);
  }
}
