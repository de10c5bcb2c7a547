/**
 * Brings a lost link back.
 *
 * @module
 */

import { type Clock, sleep } from "../../time/clock.ts";
import { formatDuration, milliseconds } from "../../time/duration.ts";
import { LinkError } from "../transports/errors.ts";
import type { Io, Transport } from "../transports/transport.ts";
import { within } from "../transports/within.ts";
import type { Reopening, SessionEvent } from "./options.ts";

/** How often an idle link is looked at, in milliseconds. */
const WATCH = 1_000;
/** Pause after the first attempt that failed, in milliseconds; it doubles. */
const FIRST_PAUSE = 250;

/** What a supervisor has of the link. */
export interface Supervised {
  /** The resource name. */
  readonly resource: string;
  /** False once the link is lost. */
  present(): boolean;
  /** Gives back what is left of a lost link. */
  drop(): Promise<void>;
  /** Puts a new link in the place of the lost one, or closes it and throws. */
  replace(transport: Transport, io: Io): Promise<void>;
}

/** What a supervisor works with. */
export interface SupervisorParts {
  /** The link. */
  readonly link: Supervised;
  /** Opens it anew. */
  readonly reopen: (io: Io) => Promise<Transport>;
  /** How patient it is. */
  readonly reopening: Reopening;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** What pauses are on. */
  readonly clock: Clock;
  /** Aborts when the session is closed. */
  readonly closing: AbortSignal;
  /** Ends the waits for a lost link; nobody waits afterwards. */
  readonly stopping: AbortSignal | undefined;
  /** Is told of losses and returns. */
  readonly onEvent: (event: SessionEvent) => void;
}

interface Loss {
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Wall-clock microseconds. */
  readonly from: number;
  readonly why: string;
  readonly over: PromiseWithResolvers<void>;
  attempts: number;
  last: unknown;
}

/** Opens a link anew when it is lost, as often as it takes, with growing pauses between the attempts. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #wait: number;
  readonly #longestPause: number;
  readonly #watching: Promise<void>;
  #loss: Loss | undefined;
  #restoring: Promise<void> | undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#wait = milliseconds(parts.reopening.wait ?? "1min");
    this.#longestPause = milliseconds(parts.reopening.longestPause ?? "10s");
    this.#watching = this.#watch();
  }

  /** True from the loss until a new link is in its place. */
  get lost(): boolean {
    return this.#loss !== undefined;
  }

  /** Monotonic milliseconds until which an operation that begins now may wait for a lost link. */
  get patience(): number {
    return this.#parts.clock.monotonic() + this.#wait;
  }

  /** The link is lost: from now on it is being opened anew. */
  lose(error?: unknown): void {
    const { closing, clock, link, onEvent } = this.#parts;
    if (this.#loss !== undefined || closing.aborted) return;
    const why = error === undefined ? "it is there no more" : sentence(error);
    const loss: Loss = {
      since: clock.monotonic(),
      from: clock.wall(),
      why,
      over: Promise.withResolvers(),
      attempts: 0,
      last: error,
    };
    loss.over.promise.catch(() => {});
    this.#loss = loss;
    onEvent({ kind: "lost", message: `${link.resource} is lost: ${why}. It is opened anew.` });
    this.#restoring = this.#restore(loss);
  }

  /**
   * Waits until the link is back.
   *
   * @param until Monotonic milliseconds.
   * @throws {LinkError} If it is not back in time, or the session is closed.
   */
  async back(until: number, signal: AbortSignal | undefined): Promise<void> {
    const loss = this.#loss;
    if (loss === undefined) return;
    const { clock, link, stopping } = this.#parts;
    const ends = signal === undefined ? [] : [signal];
    const stopped = stopping?.aborted === true;
    if (stopping !== undefined && !stopped) ends.push(stopping);
    const deadline = stopped ? clock.monotonic() : until;
    const io = { deadline, signal: AbortSignal.any(ends) };
    await within(loss.over.promise, io, clock, () => {
      const lost = formatDuration(Math.round(clock.monotonic() - loss.since));
      const attempts = `${loss.attempts} ${loss.attempts === 1 ? "attempt" : "attempts"}`;
      return new LinkError(
        `Cannot use ${link.resource}, as it has been lost for ${lost} (${loss.why}) and did not ` +
          `come back in ${attempts}: ${sentence(loss.last)}. Look at its plug and its power; it ` +
          `is opened anew as soon as that is possible.`,
        link.resource,
        { cause: loss.last },
      );
    });
  }

  /** Waits until nothing is under way any more, once the session is closed. */
  async end(): Promise<void> {
    await this.#watching;
    await this.#restoring;
  }

  /** A link that nobody uses is lost as well, and with it the service requests that somebody waits for. */
  async #watch(): Promise<void> {
    const { clock, closing, link } = this.#parts;
    while (!closing.aborted) {
      if (!link.present()) this.lose();
      try {
        await sleep(clock, WATCH, closing);
      } catch {
        return;
      }
    }
  }

  async #restore(loss: Loss): Promise<void> {
    const { closing, clock, link, onEvent } = this.#parts;
    try {
      await link.drop().catch(() => {});
      await this.#untilReopened(loss);
      this.#loss = undefined;
      const lost = formatDuration(Math.round(clock.monotonic() - loss.since));
      onEvent({
        kind: "reopened",
        message: `${link.resource} was lost for ${lost} and has been opened anew.`,
      });
      this.#tellGap(loss);
      loss.over.resolve();
    } catch (error) {
      this.#tellGap(loss);
      loss.over.reject(closing.reason ?? error);
    }
  }

  async #untilReopened(loss: Loss): Promise<void> {
    const { clock, closing, link, onEvent, reopen, timeout } = this.#parts;
    for (let pause = FIRST_PAUSE;; pause = Math.min(2 * pause, this.#longestPause)) {
      closing.throwIfAborted();
      loss.attempts++;
      try {
        const io = { deadline: clock.monotonic() + timeout, signal: closing };
        await link.replace(await reopen(io), io);
        return;
      } catch (error) {
        if (closing.aborted) throw error;
        if (loss.attempts === 1 || sentence(error) !== sentence(loss.last)) {
          const message = `${link.resource} is not back yet: ${sentence(error)}.`;
          onEvent({ kind: "note", message });
        }
        loss.last = error;
      }
      await sleep(clock, Math.min(pause, this.#longestPause), closing);
    }
  }

  #tellGap({ since, from, why, attempts }: Loss): void {
    const { clock, link, onEvent } = this.#parts;
    const lost = formatDuration(Math.round(clock.monotonic() - since));
    onEvent({
      kind: "gap",
      message: `nothing can have come from ${link.resource} for ${lost}: ${why}`,
      data: { from, to: clock.wall(), attempts },
    });
  }
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\.$/, "");
}
