/**
 * The entries of one stream that are in the tail, kept in memory until they become a chunk.
 *
 * @module
 */

/** Rows of a chunk at most, whatever their width. */
export const CHUNK_ROWS = 1000;

const FEWEST_ROWS = 64;
const CHUNK_BYTES = 4 * 2 ** 20;

/** How many entries of a width make a chunk: fewer of wide ones, so that a chunk is written quickly. */
export function chunkRows(width: number, most: number): number {
  const fit = Math.floor(CHUNK_BYTES / (8 * width));
  return Math.min(most, Math.max(fit, Math.min(FEWEST_ROWS, most)));
}

/** Entries in the order of their sequence numbers. */
export class TailBuffer {
  /** The stream's number in the file. */
  readonly stream: number;
  /** Values of an entry. */
  readonly width: number;
  /** Entries that make a full chunk. */
  readonly full: number;
  /** Entries held. */
  n = 0;
  #seqs = new Float64Array(16);
  #times = new Float64Array(16);
  #rows: Float64Array;

  /** An empty buffer. */
  constructor(stream: number, width: number, full: number) {
    this.stream = stream;
    this.width = width;
    this.full = full;
    this.#rows = new Float64Array(16 * width);
  }

  /** Bytes that the values held take. */
  get bytes(): number {
    return this.n * this.width * 8;
  }

  /** Adds an entry whose values are in `words` from `at`. */
  push(seq: number, t: number, words: Float64Array, at: number): void {
    const { n, width } = this;
    if (n === this.#seqs.length) this.#grow();
    this.#seqs[n] = seq;
    this.#times[n] = t;
    const rows = this.#rows;
    const to = n * width;
    if (width < 16) {
      for (let i = 0; i < width; i++) rows[to + i] = words[at + i] as number;
    } else rows.set(words.subarray(at, at + width), to);
    this.n = n + 1;
  }

  #grow(): void {
    const capacity = this.#seqs.length * 2;
    const widen = (old: Float64Array, length: number): Float64Array<ArrayBuffer> => {
      const wide = new Float64Array(length);
      wide.set(old);
      return wide;
    };
    this.#seqs = widen(this.#seqs, capacity);
    this.#times = widen(this.#times, capacity);
    this.#rows = widen(this.#rows, capacity * this.width);
  }

  /** Sequence numbers of the first `n` entries. */
  seqs(n: number): Float64Array {
    return this.#seqs.slice(0, n);
  }

  /** Times of the first `n` entries. */
  times(n: number): Float64Array {
    return this.#times.slice(0, n);
  }

  /** One column of the first `n` entries, into `target`. */
  column(column: number, n: number, target: Float64Array): void {
    const { width } = this;
    const rows = this.#rows;
    for (let i = 0, at = column; i < n; i++, at += width) target[i] = rows[at] as number;
  }

  /** Forgets the first `n` entries. */
  drop(n: number): void {
    this.#seqs.copyWithin(0, n, this.n);
    this.#times.copyWithin(0, n, this.n);
    this.#rows.copyWithin(0, n * this.width, this.n * this.width);
    this.n -= n;
  }
}
