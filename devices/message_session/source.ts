/**
 * Where input comes from, and how it is cut.
 *
 * @module
 */

import type { ReadIo, ReadResult } from "../transports/transport.ts";

/** One read of the link: as {@linkcode Transport.read}, on whichever link there is now. */
export type Source = (target: Uint8Array, io: ReadIo) => Promise<ReadResult>;

/** How input is cut. */
export interface InputOptions {
  /** The resource name, for messages. */
  readonly resource: string;
  /** Whether the bus marks the end of a message. */
  readonly hasEnd: boolean;
  /** What ends a message; absent where the mark alone does. */
  readonly terminator: Uint8Array | undefined;
  /** Longest message but a block, in bytes. */
  readonly longestMessage: number;
  /** Most bytes of a block in one read. */
  readonly chunk: number;
}

/** When a read must end: the time without any byte starts anew with each. */
export type Patience = (most?: number) => ReadIo;
