/**
 * A message of the outbox as a person looks at it.
 *
 * @module
 */

import { toSeconds } from "../moment.ts";
import type { OutboxRow, OutboxState } from "../store/outbox_types.ts";
import type { Json, Level } from "../store/types.ts";

/** A message for one channel and how it stands. */
export interface OutboxEntry {
  /** Its own; a mail's Message-ID begins with it. */
  readonly id: string;
  /** The channel's name. */
  readonly channel: string;
  /** What the channel is, such as `"mail"`. */
  readonly channelKind: string;
  /** Where the channel leads. */
  readonly settings: Json;
  /** What the message is about. */
  readonly kind: string;
  /** How grave it is. */
  readonly level: Level;
  /** Its subject. */
  readonly subject: string;
  /** When it was handed over, Unix seconds. */
  readonly created: number;
  /** Until when it is worth delivering, Unix seconds. */
  readonly expires: number;
  /** Whether it waits, was sent, was given up (failed, expired), or another one stands for it (coalesced). */
  readonly state: OutboxState;
  /** How many messages it stands for, itself among them. */
  readonly standsFor: number;
  /** How often its delivery was tried. */
  readonly attempts: number;
  /** When it was delivered or given up, Unix seconds; null while it waits. */
  readonly settled: number | null;
  /** Why the last attempt failed; null if none did. */
  readonly lastError: string | null;
}

/** A stored message as a person looks at it. */
export function outboxEntry(row: OutboxRow): OutboxEntry {
  const { seq: _seq, notBefore: _notBefore, coalesceKey: _key, bytes: _bytes, ...entry } = row;
  return {
    ...entry,
    created: toSeconds(row.created),
    expires: toSeconds(row.expires),
    settled: row.settled === null ? null : toSeconds(row.settled),
  };
}
