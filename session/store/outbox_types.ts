/**
 * Messages to people, as the file keeps them until they are delivered.
 *
 * @module
 */

import type { Json, Level } from "./types.ts";

/**
 * How a message stands: it waits; it was accepted by its channel; it was given up, as another attempt is of no use or
 * there was no room for it; it was no longer worth delivering; a later message stands for it.
 */
export type OutboxState = "waiting" | "sent" | "failed" | "expired" | "coalesced";

/** A message for one channel; times are integer microseconds since 1970. */
export interface OutboxMessage {
  /** Its own, in all files: what it is sent with at every attempt. */
  readonly id: string;
  /** The channel's name. */
  readonly channel: string;
  /** What the channel is, such as `"mail"`. */
  readonly channelKind: string;
  /** Where the channel leads, without any secret. */
  readonly settings: Json;
  /** What the message is about. */
  readonly kind: string;
  /** How grave it is. */
  readonly level: Level;
  /** One line. */
  readonly subject: string;
  /** When it was handed over. */
  readonly created: number;
  /** It is not sent earlier. */
  readonly notBefore: number;
  /** It is not sent later. */
  readonly expires: number;
  /** Messages of one name become one while they wait. */
  readonly coalesceKey: string | null;
  /** How much room what it says takes. */
  readonly bytes: number;
}

/** A message and how it stands. */
export interface OutboxRow extends OutboxMessage {
  /** Its place in the order of everything stored. */
  readonly seq: number;
  /** How it stands. */
  readonly state: OutboxState;
  /** How many messages it stands for, itself among them. */
  readonly standsFor: number;
  /** How often its delivery was tried. */
  readonly attempts: number;
  /** When it stopped waiting. */
  readonly settled: number | null;
  /** Why the last attempt failed. */
  readonly lastError: string | null;
}

/** A file that goes with a message. */
export interface OutboxAttachment {
  /** Its name. */
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  /** How the HTML names it. */
  readonly cid?: string;
  /** How many bytes of {@linkcode OutboxPayload.data} are its own, behind those of the ones before it. */
  readonly length: number;
}

/** What a message says. */
export interface OutboxPayload {
  /** In plain text. */
  readonly text: string;
  /** In HTML. */
  readonly html?: string;
  /** The files. */
  readonly attachments: readonly OutboxAttachment[];
  /** What the files hold, one behind the other. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A message in its first state: waiting, or settled at once where there is no room for it. */
export interface OutboxAddition extends OutboxMessage {
  /** How many messages it stands for. */
  readonly standsFor: number;
  /** How it begins. */
  readonly state: OutboxState;
  /** Why it was given up, if it was. */
  readonly lastError: string | null;
}

/** What became of a message; what is left out stays as it is. */
export interface OutboxChange {
  /** Which. */
  readonly id: string;
  /** How it stands. What a message says is forgotten once it waits for no channel. */
  readonly state?: OutboxState;
  /** How many messages it stands for. */
  readonly standsFor?: number;
  /** How often its delivery was tried. */
  readonly attempts?: number;
  /** When it stopped waiting. */
  readonly settled?: number;
  /** Why the last attempt failed. */
  readonly lastError?: string;
}

/** Messages that come and what becomes of others, all in one transaction. */
export interface OutboxRecord {
  /** When, integer microseconds since 1970. */
  readonly t: number;
  /** One message, for each of its channels. */
  readonly add?: readonly OutboxAddition[];
  /** What it says. It belongs to the store from now on. */
  readonly payload?: OutboxPayload;
  /** What becomes of others. */
  readonly changes?: readonly OutboxChange[];
}

/** How many messages there are and ever were, by how they stand, and why the latest attempt that failed did. */
export interface OutboxTotals extends Readonly<Record<OutboxState, number>> {
  /** The latest reason, of a message that waits or was given up. */
  readonly lastError?: string;
}
