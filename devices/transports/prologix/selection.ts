/**
 * What an instrument is to its adapter's line.
 *
 * @module
 */

/** Takes what was read for an instrument while another one was served. */
export interface Sink {
  /** Keeps bytes that came late. */
  keep(bytes: Uint8Array): void;
}

/** What of the adapter's state an operation needs. */
export interface Selection {
  /** As in `++addr`. */
  readonly address: string;
  /** What is put after END when reading. */
  readonly endMark?: number;
}
