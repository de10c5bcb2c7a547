/**
 * How a message session is set up, and what it tells.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { DurationInput } from "../../time/duration.ts";
import type { BlockHeaderOptions, BlockType, Endianness } from "../ieee_block.ts";
import type { Io, Transport } from "../transports/transport.ts";

/** How text becomes bytes. `"latin1"` is ISO 8859-1, in which each byte is a character. */
export type TextEncoding = "ascii" | "utf-8" | "latin1";

/** A piece of what went over the link. */
export interface Traffic {
  /** Which way it went, as seen from here. */
  readonly direction: "write" | "read";
  /** What went; a copy. */
  readonly bytes: Uint8Array;
  /** When, as the clock's wall time: integer microseconds since 1970. */
  readonly time: number;
}

/** Something that happened to the link. */
export interface SessionEvent {
  /**
   * `"recovered"`: the link was put in order after a time-out; `"lost"`: it is gone, and being opened anew;
   * `"reopened"`: a new link took its place; `"gap"`: for how long there was none; `"discarded"`: bytes that
   * nobody had asked for were thrown away before a query; `"note"`: anything else.
   */
  readonly kind: "recovered" | "lost" | "reopened" | "gap" | "discarded" | "note";
  /** A sentence for a person. */
  readonly message: string;
  /** Facts. Of a gap: `from` and `to` in wall-clock microseconds, and the `attempts` to open it anew. */
  readonly data?: Readonly<Record<string, number>>;
}

/** Where a session's link stands. */
export type LinkState =
  /** It can be used. */
  | "open"
  /** What it holds is unknown, as after a time-out; the next operation puts it in order. */
  | "stale"
  /** It is gone, and being opened anew unless that was turned off. */
  | "lost"
  /** The session was closed. */
  | "closed";

/** How a lost link is opened anew. */
export interface Reopening {
  /**
   * How long an operation waits for a lost instrument to come back before it fails. What was under way at the
   * moment of the loss fails at once.
   *
   * @default "1min"
   */
  readonly wait?: DurationInput;
  /** Longest pause between two attempts. The first are made at once, and after 0.25, 0.5, 1 s. @default "10s" */
  readonly longestPause?: DurationInput;
}

/** How a {@linkcode MessageSession} talks to its instrument. */
export interface MessageOptions {
  /**
   * How long an operation may take from the moment it is its turn; for a block, how long nothing may come.
   * @default "2s"
   */
  readonly timeout?: DurationInput;
  /**
   * What ends an answer. By default a newline, with or without a carriage return before it; on a bus that marks
   * the end of a message, as HiSLIP and GPIB do, that mark alone. `null` takes what comes first.
   */
  readonly readTerminator?: string | null;
  /** What is put behind each message. @default "\n" */
  readonly writeTerminator?: string;
  /** How answers are read. Bytes that can't be are an error. @default "utf-8" */
  readonly readEncoding?: TextEncoding;
  /** How messages are written. Characters that can't be are an error. @default "utf-8" */
  readonly writeEncoding?: TextEncoding;
  /** Least time from one message to the next, for instruments that lose what comes too soon. @default "0s" */
  readonly commandDelay?: DurationInput;
  /** Time between a query's message and the reading of its answer. @default "0s" */
  readonly queryDelay?: DurationInput;
  /** Most bytes that are handed to the bus at once; a message is cut into such pieces. @default no limit */
  readonly writeChunk?: number;
  /** Most bytes of a block that are asked for at once. @default 1048576 */
  readonly readChunk?: number;
  /** Longest answer but a block, in bytes; a longer one is an error. @default 67108864 */
  readonly longestMessage?: number;
  /**
   * `"scpi"` reads 9.91E37 as NaN and ±9.9E37 as ±Infinity, as SCPI-99 writes them; `"plain"` keeps them.
   * @default "scpi"
   */
  readonly numbers?: "scpi" | "plain";
  /** Puts the link in order after a time-out, so that a late answer is never taken for the next. @default true */
  readonly recover?: boolean;
  /** How long putting it in order may take. @default "5s" */
  readonly recoveryTimeout?: DurationInput;
  /** Throws away, before a query, what came unasked. @default true */
  readonly discardUnasked?: boolean;
  /** Is told what went over the link. Nothing is copied without it. */
  readonly traffic?: (traffic: Traffic) => void;
}

/** What a {@linkcode MessageSession} gets beside its transport. */
export interface MessageSessionOptions extends MessageOptions {
  /** What time-outs and delays are on. @default the system's clock */
  readonly clock?: Clock;
  /** Opens the link anew once it is lost, as often as it takes; without it, a lost link stays lost. */
  readonly reopen?: (io: Io) => Promise<Transport>;
  /** Prepares a link that made a new connection to put itself in order. */
  readonly renew?: (transport: Transport, io: Io) => Promise<void>;
  /** Ends the waits for a lost link, by its reason, and lets nobody wait afterwards. */
  readonly stopping?: AbortSignal;
  /** How patient the opening anew is. */
  readonly reopening?: Reopening;
  /** Is told what happened to the link. */
  readonly onEvent?: (event: SessionEvent) => void;
}

/** What each operation can be told. */
export interface CallOptions {
  /** How long it may take from the moment it is its turn. @default the session's */
  readonly timeout?: DurationInput;
  /** Gives it up at once, with a rejection by the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a query for a number can be told. */
export interface NumberOptions extends CallOptions {
  /** What SCPI's numbers for NaN and Infinity mean. @default the session's */
  readonly numbers?: "scpi" | "plain";
}

/** What a query for numbers can be told. */
export interface NumbersOptions extends NumberOptions {
  /** What stands between two numbers; space around them does not matter. @default "," */
  readonly separator?: string | RegExp;
}

/** What a query for a block in pieces can be told. */
export interface ChunkOptions extends CallOptions, BlockHeaderOptions {
  /** The silence that ends an indefinite block on a bus that doesn't mark the end of a message. */
  readonly quietTime?: DurationInput;
}

/**
 * What a query for a block can be told.
 *
 * @typeParam T The kind of numbers.
 */
export interface BlockOptions<T extends BlockType = BlockType> extends ChunkOptions {
  /** The kind of numbers. @default "uint8" */
  readonly type?: T;
  /** Which byte of a number comes first. @default "big" */
  readonly endianness?: Endianness;
  /** Memory for the data; the result is a part of it. @default new memory */
  readonly into?: Uint8Array<ArrayBuffer>;
  /** Longest block that is taken, in bytes. @default 1073741824 */
  readonly longest?: number;
}

/** What locking can be told. */
export interface LockOptions extends CallOptions {
  /** Shares the lock with all who know the key. @default the lock is exclusive */
  readonly key?: string;
}

/** How service requests are waited for. */
export interface ServiceRequestOptions extends CallOptions {
  /** Asks for the status byte at this interval, where the bus doesn't tell of requests by itself. */
  readonly poll?: DurationInput;
}
