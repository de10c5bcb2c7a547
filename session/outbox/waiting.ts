/**
 * The messages that wait, without what they say.
 *
 * @module
 */

import type { OutboxChange, OutboxMessage } from "../store/outbox_types.ts";
import { rankOf } from "./message.ts";

/** A message that waits. */
export interface Waiting extends OutboxMessage {
  /** How many it stands for. */
  standsFor: number;
  /** How often its delivery was tried. */
  attempts: number;
  /** It is not tried earlier, monotonic milliseconds. */
  retryAt: number;
  /** Whether it is on disk: it is not delivered before. */
  stored: boolean;
  /** Whether it is being delivered: it stays what it is meanwhile. */
  underWay: boolean;
}

/** How much may wait. */
export interface Room {
  /** Messages, counted once for each channel. */
  readonly messages: number;
  /** Bytes of what they say, counted once for each channel. */
  readonly bytes: number;
}

/** All messages that wait, in the order in which they came. */
export class WaitingList {
  readonly #all = new Map<string, Waiting>();
  #bytes = 0;

  /** How many wait. */
  get size(): number {
    return this.#all.size;
  }

  /** Those that wait, in the order in which they came. */
  all(): IterableIterator<Waiting> {
    return this.#all.values();
  }

  /** Those for a channel. */
  of(channel: string): Waiting[] {
    return [...this.#all.values()].filter((one) => one.channel === channel);
  }

  /** Adds one. */
  add(one: Waiting): void {
    this.#all.set(one.id, one);
    this.#bytes += one.bytes;
  }

  /** Takes one off. */
  remove(one: Waiting): void {
    if (this.#all.delete(one.id)) this.#bytes -= one.bytes;
  }

  /** Those that one of this name for this channel would stand for. */
  covered({ channel, coalesceKey }: Pick<OutboxMessage, "channel" | "coalesceKey">): Waiting[] {
    if (coalesceKey === null) return [];
    return this.of(channel).filter((one) => one.coalesceKey === coalesceKey && !one.underWay);
  }

  /** The one that came after another and stands for the same. */
  successor(of: Waiting): Waiting | undefined {
    return this.covered(of).findLast((one) => one !== of);
  }

  /**
   * Those that must go for another to have room, the least important and oldest first; undefined if it is itself the
   * least important.
   */
  victims(coming: Pick<OutboxMessage, "kind" | "bytes">, room: Room): Waiting[] | undefined {
    let messages = this.#all.size + 1 - room.messages;
    let bytes = this.#bytes + coming.bytes - room.bytes;
    const victims: Waiting[] = [];
    if (messages <= 0 && bytes <= 0) return victims;
    const rank = rankOf(coming.kind);
    const candidates = [...this.#all.values()]
      .filter((one) => !one.underWay && rankOf(one.kind) <= rank)
      // A stable order: of those that matter alike, the oldest comes first.
      .toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
    for (const one of candidates) {
      if (messages <= 0 && bytes <= 0) break;
      victims.push(one);
      messages -= 1;
      bytes -= one.bytes;
    }
    return messages <= 0 && bytes <= 0 ? victims : undefined;
  }
}

/** That another message stands for one. */
export function coalesced({ id }: Waiting, settled: number): OutboxChange {
  return { id, state: "coalesced", settled };
}
