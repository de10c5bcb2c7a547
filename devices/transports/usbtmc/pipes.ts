/**
 * How bytes go to an instrument and come from it.
 *
 * @module
 */

import type { Io, ReadIo, ReadResult } from "../transport.ts";

/** The two ways of an instrument's bytes, as a driver has them. */
export interface Pipes {
  /** Whether what is under way must be cleared before a message may be sent. */
  readonly unsettled: boolean;
  /** Sends bytes. */
  write(data: Uint8Array, end: boolean, io: Io): Promise<void>;
  /** Reads what there is; waits for the first byte. */
  read(target: Uint8Array, io: ReadIo): Promise<ReadResult>;
  /** Throws away what came and was not read. How many bytes that were. */
  discard(): number;
  /** Begins anew: the instrument has been cleared. */
  restart(): void;
  /** A transfer failed that nobody waits for. */
  fail(): void;
}

/** What an instrument and its driver can do. */
export interface Abilities {
  /** Whether the instrument stops an answer at a byte. */
  readonly stopsAt: boolean;
}
