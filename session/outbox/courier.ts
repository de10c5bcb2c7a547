/**
 * Brings the messages of one channel to it, one after the other.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { formatDuration } from "../../time/duration.ts";
import { withoutSecrets } from "../secrets.ts";
import { asError } from "../stopped.ts";
import type { OutboxChange, OutboxPayload } from "../store/outbox_types.ts";
import type { Level } from "../store/types.ts";
import { backOff } from "./back_off.ts";
import { oneLine, rankOf, unpack } from "./message.ts";
import { type Channel, DeliveryError, type DeliveryReceipt } from "./types.ts";
import { coalesced, type Waiting, type WaitingList } from "./waiting.ts";

/** How long one attempt may take, in milliseconds. */
const ATTEMPT = 120_000;
/** How attempts are spaced, in milliseconds. */
const USUALLY = { first: 10_000, most: 900_000 } as const;
/** The same while the run waits for them to end. */
const AT_THE_END = { first: 2_000, most: 8_000 } as const;
/** The longest that a channel may ask to be left alone, in milliseconds. */
const LONGEST_PAUSE = 86_400_000;

/** What a courier works with. */
export interface CourierContext {
  /** What it takes its time from. */
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The session's name. */
  readonly session: string;
  /** The messages of all channels. */
  readonly waiting: WaitingList;
  /** What a message says. */
  payload(id: string): OutboxPayload | undefined;
  /** Writes what became of messages. */
  write(changes: readonly OutboxChange[]): void;
  /** Records what happened to a channel. */
  report(level: Level, channel: string, message: string): void;
}

/** Brings messages to a channel until it is told to end. What goes wrong is recorded and never thrown. */
export class Courier {
  /** Where it brings them. */
  readonly channel: Channel;
  readonly #context: CourierContext;
  readonly #stop = new AbortController();
  /** Attempts that failed since one succeeded. */
  #failures = 0;
  /** When the channel is tried again after failures, monotonic milliseconds. */
  #holdUntil = -Infinity;
  /** Until when the channel asked to be left alone. */
  #askedUntil = -Infinity;
  /** What was said of messages that were given up, so that it is said once. */
  #said = new Set<string>();
  #wake = Promise.withResolvers<void>();
  /** When it ends at the latest, monotonic milliseconds. */
  #end = Infinity;
  #ended: Promise<void>;

  /** Begins at once. */
  constructor(channel: Channel, context: CourierContext) {
    this.channel = channel;
    this.#context = context;
    this.#ended = this.#run();
  }

  /** Looks again: something has come, or it is to end. */
  wake(): void {
    this.#wake.resolve();
  }

  /**
   * Ends when nothing is left to be done until `end`, and then at the latest.
   *
   * @param end Monotonic milliseconds.
   */
  async finish(end: number, hurry: AbortSignal): Promise<void> {
    this.#end = end;
    this.#failures = 0;
    this.#holdUntil = -Infinity;
    for (const one of this.#context.waiting.of(this.channel.name)) one.retryAt = -Infinity;
    this.wake();
    const { clock } = this.#context;
    const over = new AbortController();
    const late = clock.sleepUntil(end, AbortSignal.any([over.signal, hurry])).catch(() => {});
    await Promise.race([this.#ended, late]);
    over.abort();
    this.#stop.abort(new DOMException("the run ends", "AbortError"));
    this.wake();
    await this.#ended;
  }

  get #name(): string {
    return this.channel.name;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#wake = Promise.withResolvers();
      this.#dropExpired();
      const { next, at } = this.#choose();
      const now = this.#context.clock.monotonic();
      if (next !== undefined && at <= now) await this.#attempt(next);
      else if (this.#end < Infinity && at >= this.#end) return;
      else await this.#pause(Math.min(at, this.#nextExpiry()));
    }
  }

  /** Waits until a moment, or until it is woken. */
  async #pause(until: number): Promise<void> {
    if (until === Infinity) return await this.#wake.promise;
    const over = new AbortController();
    const timer = this.#context.clock.sleepUntil(until, over.signal).catch(() => {});
    await Promise.race([this.#wake.promise, timer]);
    over.abort();
  }

  /** The message that is due first, and when; of several that are due, the one that matters most. */
  #choose(): { readonly next: Waiting | undefined; readonly at: number } {
    const { clock, waiting } = this.#context;
    const now = clock.monotonic();
    let next: Waiting | undefined;
    let at = Infinity;
    for (const one of waiting.of(this.#name)) {
      if (!one.stored || one.underWay) continue;
      const due = Math.max(now, this.#due(one));
      const better = due < at ||
        (due === at && next !== undefined && rankOf(one.kind) > rankOf(next.kind));
      if (better) [next, at] = [one, due];
    }
    return { next, at };
  }

  #due(one: Waiting): number {
    const { clock } = this.#context;
    const wanted = clock.monotonic() + (one.notBefore - clock.wall()) / 1e3;
    // What is urgent and new does not wait for what failed before it.
    const urgent = rankOf(one.kind) >= rankOf("end") && one.attempts === 0;
    return Math.max(
      wanted,
      one.retryAt,
      this.#askedUntil,
      urgent ? -Infinity : this.#holdUntil,
    );
  }

  #nextExpiry(): number {
    const { clock, waiting } = this.#context;
    let first = Infinity;
    for (const { expires } of waiting.of(this.#name)) first = Math.min(first, expires);
    return clock.monotonic() + Math.max(0, first - clock.wall()) / 1e3;
  }

  #dropExpired(): void {
    const { clock, waiting, write, report } = this.#context;
    const now = clock.wall();
    const expired = waiting.of(this.#name).filter((one) =>
      one.stored && !one.underWay && one.expires <= now
    );
    if (expired.length === 0) return;
    for (const one of expired) waiting.remove(one);
    write(expired.map(({ id }) => ({ id, state: "expired", settled: now })));
    for (const { subject, standsFor } of expired) {
      const others = standsFor > 1 ? ` (with ${standsFor - 1} before it)` : "";
      report(
        "warning",
        this.#name,
        `given up, as it could not be delivered in time: ${subject}${others}`,
      );
    }
  }

  async #attempt(one: Waiting): Promise<void> {
    const { payload, session, clock } = this.#context;
    one.underWay = true;
    try {
      const said = payload(one.id);
      if (said === undefined) {
        throw new DeliveryError("what it says is damaged in the file", { permanent: true });
      }
      const receipt = await this.#send(unpack(one, said, session));
      this.#delivered(one, clock.wall(), receipt);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(one, error);
    } finally {
      one.underWay = false;
    }
  }

  /** Sends, and gives up when the time is over, whatever the channel does then. */
  async #send(delivery: ReturnType<typeof unpack>): Promise<DeliveryReceipt | void> {
    const { clock } = this.#context;
    const deadline = Math.min(clock.monotonic() + ATTEMPT, this.#end);
    const over = new AbortController();
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, this.#stop.signal]);
    const given = Promise.withResolvers<never>();
    const abort = (): void => given.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const late = (): void =>
      limit.abort(new DeliveryError(`there was no answer within ${formatDuration(ATTEMPT)}`));
    clock.sleepUntil(deadline, over.signal).then(late, () => {});
    const sending = (async () => await this.channel.send(delivery, { signal, deadline, clock }))();
    sending.catch(() => {});
    try {
      return await Promise.race([sending, given.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
      over.abort();
    }
  }

  #delivered(one: Waiting, now: number, receipt: DeliveryReceipt | void): void {
    const { waiting, write, report } = this.#context;
    waiting.remove(one);
    write([{ id: one.id, state: "sent", attempts: one.attempts + 1, settled: now }]);
    report("debug", this.#name, `sent: ${one.subject}`);
    for (const warning of receipt?.warnings ?? []) this.#sayOnce("warning", warning);
    if (this.#failures > 0) report("info", this.#name, "messages get through again");
    if (this.#failures > 0 || (receipt?.warnings ?? []).length === 0) this.#said.clear();
    this.#failures = 0;
    this.#holdUntil = -Infinity;
  }

  #failed(one: Waiting, error: unknown): void {
    const { clock, random, waiting, write, report } = this.#context;
    const why = withoutSecrets(oneLine(asError(error).message));
    const { permanent, retryAfter } = error instanceof DeliveryError
      ? error
      : { permanent: false, retryAfter: undefined };
    one.attempts += 1;
    const settled = clock.wall();
    const { id, attempts } = one;
    if (permanent) {
      waiting.remove(one);
      write([{ id, state: "failed", attempts, settled, lastError: why }]);
      this.#sayOnce("error", `a message was given up, as no further attempt is of use: ${why}`);
      return;
    }
    this.#failures += 1;
    const now = clock.monotonic();
    const spacing = this.#end < Infinity ? AT_THE_END : USUALLY;
    this.#holdUntil = now + backOff(spacing, this.#failures, random());
    one.retryAt = now + backOff(spacing, attempts, random());
    if (retryAfter !== undefined && retryAfter > 0) {
      this.#askedUntil = now + Math.min(retryAfter, LONGEST_PAUSE);
    }
    if (this.#failures === 1 && this.#end === Infinity) {
      report(
        "warning",
        this.#name,
        `a message is not delivered yet and will be tried again: ${why}`,
      );
    }
    const successor = waiting.successor(one);
    if (successor === undefined) return write([{ id, attempts, lastError: why }]);
    waiting.remove(one);
    successor.standsFor += one.standsFor;
    write([
      { ...coalesced(one, settled), attempts, lastError: why },
      { id: successor.id, standsFor: successor.standsFor },
    ]);
  }

  #sayOnce(level: Level, message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#context.report(level, this.#name, message);
  }
}
