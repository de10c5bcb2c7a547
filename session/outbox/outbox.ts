/**
 * The outbox of a session: messages are kept in its file until they are delivered.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { formatDuration } from "../../time/duration.ts";
import { asError } from "../stopped.ts";
import { ignore } from "../store/draft.ts";
import type { OutboxAddition, OutboxChange, OutboxRow } from "../store/outbox_types.ts";
import type { Reader } from "../store/reader.ts";
import type { Store } from "../store/store.ts";
import type { Level } from "../store/types.ts";
import { Courier, type CourierContext } from "./courier.ts";
import { hurried } from "./hurry.ts";
import { isMessageKind, oneLine, pack } from "./message.ts";
import type { Channel, ChannelOptions, MessageKind, Notifier, OutgoingMessage } from "./types.ts";
import { checkChannel, quote } from "./channel.ts";
import { coalesced, type Room, type Waiting, WaitingList } from "./waiting.ts";

/** Messages that may wait, counted once for each channel. */
const MOST_MESSAGES = 1000;
/** Bytes of what they may say. */
const MOST_BYTES = 64 * 2 ** 20;

/** What an outbox works with. */
export interface OutboxContext {
  /** What it takes its time from. */
  readonly clock: Clock;
  /** Where messages are kept. */
  readonly store: Store;
  /** Reads them back. */
  readonly reader: () => Reader;
  /** The session's name. */
  readonly session: string;
  /** How much may wait. @default 1000 messages, 64 MiB */
  readonly room?: Room;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** Records what happens. */
  report(level: Level, message: string, channel?: string): void;
  /** Tells a person and keeps nothing. */
  print(message: string): void;
}

/** A channel, who brings messages to it, and which it is told of without being named. */
interface Served {
  readonly channel: Channel;
  readonly courier: Courier;
  readonly kinds: readonly MessageKind[] | undefined;
}

/** Queues messages, and has a courier for each channel bring them. It never keeps a run from ending. */
export class Outbox implements Notifier {
  readonly #context: OutboxContext;
  readonly #room: Room;
  readonly #waiting = new WaitingList();
  readonly #channels = new Map<string, Served>();
  readonly #getting = new Set<string>();
  #loaded = false;
  #closed = false;

  /** Reads and sends nothing yet. */
  constructor(context: OutboxContext) {
    this.#context = context;
    this.#room = context.room ?? { messages: MOST_MESSAGES, bytes: MOST_BYTES };
  }

  /** Whether there is a channel of that name. */
  has(name: string): boolean {
    return this.#channels.has(name) || this.#getting.has(name);
  }

  /** Has messages delivered by a channel, once it is ready. */
  async addChannel(channel: Channel, { kinds }: ChannelOptions = {}): Promise<void> {
    checkChannel(channel);
    const { name } = channel;
    const wrong = kinds?.find((kind) => !isMessageKind(kind));
    if (wrong !== undefined) {
      throw new TypeError(
        `Cannot add the channel ${quote(name)}, as there is no kind of message ${quote(wrong)}`,
      );
    }
    if (this.#closed) {
      throw new Error(`Cannot add the channel ${quote(name)}, as the session is closed`);
    }
    if (this.has(name)) {
      throw new TypeError(
        `Cannot add the channel ${quote(name)}, as there is one of that name. ` +
          `Give it another one, by the option name.`,
      );
    }
    this.#getting.add(name);
    try {
      await channel.prepare?.();
      this.#load();
      const courier = new Courier(channel, this.#courierContext());
      this.#channels.set(name, { channel, courier, kinds });
    } finally {
      this.#getting.delete(name);
    }
  }

  /** Queues a message. */
  notify(message: OutgoingMessage, channels?: readonly string[]): Promise<void> {
    const { clock, store, report } = this.#context;
    const now = clock.wall();
    const packed = pack(message, now);
    if (packed.message.bytes > this.#room.bytes) {
      throw new RangeError(
        `Cannot send ${quote(packed.message.subject)}, as it is too large: ` +
          `${packed.message.bytes} bytes, of ${this.#room.bytes} at most. Attach less.`,
      );
    }
    const targets = this.#targets(packed.message.kind as MessageKind, channels);
    if (targets.length === 0) return Promise.resolve();
    this.#load();
    const add: OutboxAddition[] = [];
    const changes: OutboxChange[] = [];
    const coming: Waiting[] = [];
    let given = 0;
    for (const { channel } of targets) {
      const one = {
        ...packed.message,
        id: crypto.randomUUID(),
        channel: channel.name,
        channelKind: channel.kind,
        settings: channel.settings,
      };
      let standsFor = 1;
      for (const covered of this.#waiting.covered(one)) {
        standsFor += covered.standsFor;
        this.#waiting.remove(covered);
        changes.push(coalesced(covered, now));
      }
      const victims = this.#waiting.victims(one, this.#room);
      for (const { id } of victims ?? []) {
        changes.push({ id, state: "failed", settled: now, lastError: "the outbox was full" });
      }
      for (const victim of victims ?? []) this.#waiting.remove(victim);
      given += victims?.length ?? 1;
      if (victims === undefined) {
        add.push({ ...one, standsFor, state: "failed", lastError: "the outbox was full" });
        continue;
      }
      add.push({ ...one, standsFor, state: "waiting", lastError: null });
      const fresh = { ...one, standsFor, attempts: 0, retryAt: 0, stored: false, underWay: false };
      this.#waiting.add(fresh);
      coming.push(fresh);
    }
    if (given > 0) {
      report("error", `${given} of the messages that wait were given up, as there are too many`);
    }
    const stored = this.#stored(
      store.outbox({ t: now, add, payload: packed.payload, changes }),
      coming,
    );
    stored.catch(ignore);
    return stored;
  }

  /**
   * Waits for what is being sent, but not long. What is left goes out at the next run.
   *
   * @param most Milliseconds.
   * @param pressed Aborts when a person is in a hurry: two seconds are left then.
   */
  async close(most: number, pressed: AbortSignal): Promise<void> {
    this.#closed = true;
    if (this.#channels.size === 0) return;
    const { clock, store, report, print } = this.#context;
    using limit = hurried(clock, pressed);
    const hurry = limit.signal;
    // What was queued a moment ago is on its way to the disk.
    const flushed = new AbortController();
    const late = AbortSignal.any([hurry, flushed.signal]);
    await Promise.race([
      store.flush().catch(ignore),
      clock.sleepUntil(clock.monotonic() + most, late).catch(ignore),
    ]);
    // A timer that is left would keep the program from ending.
    flushed.abort();
    const before = this.#deliverable();
    if (before > 0) {
      print(
        `sending ${inWords(before)}, for ${formatDuration(most)} at most; ` +
          `Ctrl-C twice leaves the rest to the next run`,
      );
    }
    const end = clock.monotonic() + most;
    await Promise.all([...this.#channels.values()].map(async ({ channel, courier }) => {
      await courier.finish(end, hurry);
      try {
        await channel.close?.();
      } catch (error) {
        report("warning", `closing it: ${oneLine(asError(error).message)}`, channel.name);
      }
    }));
    this.#tellWhatIsLeft();
  }

  #deliverable(): number {
    return [...this.#waiting.all()].filter(({ channel }) => this.#channels.has(channel)).length;
  }

  #tellWhatIsLeft(): void {
    const { store, report } = this.#context;
    const left = new Map<string, number>();
    for (const { channel } of this.#waiting.all()) {
      left.set(channel, (left.get(channel) ?? 0) + 1);
    }
    for (const [channel, count] of left) {
      const fate = store.path === ":memory:"
        ? "lost, as the session is in memory"
        : this.#channels.has(channel)
        ? `sent at the next run of ${store.path}`
        : `sent when a run of ${store.path} has this channel again`;
      report("warning", `${inWords(count)} not delivered: ${fate}`, channel);
    }
  }

  /** The channels that a message goes to. */
  #targets(kind: MessageKind, names: readonly string[] | undefined): Served[] {
    if (names === undefined) {
      return [...this.#channels.values()].filter(({ kinds }) => kinds?.includes(kind) ?? true);
    }
    return [...new Set(names)].map((name) => {
      const found = this.#channels.get(name);
      if (found === undefined) {
        const known = [...this.#channels.keys()].map(quote).join(", ");
        throw new RangeError(
          `Cannot send to an unknown channel: ${quote(name)}. ` +
            (known === "" ? "There is no channel yet." : `There are ${known}.`),
        );
      }
      return found;
    });
  }

  async #stored(written: Promise<void>, coming: readonly Waiting[]): Promise<void> {
    try {
      await written;
    } catch (error) {
      for (const one of coming) this.#waiting.remove(one);
      throw error;
    }
    for (const one of coming) one.stored = true;
    for (const { channel } of coming) this.#channels.get(channel)?.courier.wake();
  }

  /** Takes over what earlier runs left. */
  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    const now = this.#context.clock.wall();
    const expired: OutboxRow[] = [];
    for (const row of this.#context.reader().outbox({ states: ["waiting"] })) {
      if (row.expires <= now) expired.push(row);
      else this.#waiting.add({ ...row, retryAt: 0, stored: true, underWay: false });
    }
    if (expired.length === 0) return;
    this.#write(expired.map(({ id }) => ({ id, state: "expired", settled: now })));
    this.#context.report(
      "warning",
      `${inWords(expired.length)} of earlier runs given up, as they could not be delivered in time`,
    );
  }

  #write(changes: readonly OutboxChange[]): void {
    // What can't be stored is said loudly by the store itself.
    this.#context.store.outbox({ t: this.#context.clock.wall(), changes }).catch(ignore);
  }

  #courierContext(): CourierContext {
    const { clock, session, reader, report, random = Math.random } = this.#context;
    return {
      clock,
      random,
      session,
      waiting: this.#waiting,
      payload: (id) => reader().outboxPayload(id),
      write: (changes) => this.#write(changes),
      report: (level, channel, message) => report(level, message, channel),
    };
  }
}

function inWords(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}
