/**
 * What is done on a new link before the tasks get it: who is at its other end, and the set-up.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { milliseconds } from "../time/duration.ts";
import type { MessageSession } from "./message_session.ts";
import type { MessageSessionOptions } from "./message_session/options.ts";
import { LinkError, ProtocolError, TimeoutError } from "./transports/errors.ts";
import { overlaid } from "./transports/overlaid.ts";
import type { Transport } from "./transports/transport.ts";

/** What a link has that is not closed by who uses it. */
const LENT = { [Symbol.asyncDispose]: (): Promise<void> => Promise.resolve() };

/**
 * What is done on a new link.
 *
 * @typeParam S The session on it.
 */
export interface PreparationOptions<S extends MessageSession = MessageSession> {
  /**
   * Brings the instrument to where the experiment wants it: range, units, triggers. It is done after the opening,
   * and again each time when a lost link was opened anew, before any task is served. The session is for its
   * duration only.
   */
  readonly setup?: (session: S, signal: AbortSignal) => void | Promise<void>;
  /**
   * How an instrument that comes back is known to be the same: by its answer to a query, or by what a function
   * makes out; `true` asks `*IDN?` and compares maker, model and serial number. Another instrument is not used.
   * By default `*IDN?` is asked where the bus's standard demands that it is answered (HiSLIP, VXI-11, USBTMC), and
   * an instrument that doesn't answer it is taken as it is.
   */
  readonly identify?: boolean | string | ((session: S) => string | Promise<string>);
}

/** Makes a session on a link. */
export type SessionMaker<S> = (link: Transport, options: MessageSessionOptions) => S;

/** What a preparation works with. */
export interface PreparationParts<S extends MessageSession> extends PreparationOptions<S> {
  /** The resource name. */
  readonly resource: string;
  /** Whether the bus's standard demands that `*IDN?` is answered. */
  readonly answersIdn: boolean;
  /** Makes a session on a link. */
  readonly make: SessionMaker<S>;
  /** How the tasks' session talks. */
  readonly talk: MessageSessionOptions;
  /** What deadlines are on. */
  readonly clock: Clock;
}

/** Prepares each link to one instrument. */
export class Preparation<S extends MessageSession> {
  readonly #parts: PreparationParts<S>;
  /** Who was there the first time; undefined if that can't be found out. */
  #identity: string | undefined;
  #opened = false;

  constructor(parts: PreparationParts<S>) {
    this.#parts = parts;
  }

  /**
   * Prepares a link. It is still the caller's.
   *
   * @throws {LinkError} If another instrument is at its end than the first time.
   * @throws What the set-up throws.
   */
  async run(transport: Transport, signal: AbortSignal): Promise<void> {
    const { setup, make, talk, clock } = this.#parts;
    const session = make(overlaid(transport, LENT), talk);
    const abort = (): void => void session.close();
    signal.addEventListener("abort", abort, { once: true });
    try {
      await this.#check(session);
      await setup?.(session, signal);
      // Half an answer must not be left to the tasks.
      if (session.stale) {
        const deadline = clock.monotonic() + milliseconds(talk.recoveryTimeout ?? "5s");
        await transport.recover({ deadline, signal });
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
      await session.close();
    }
  }

  async #check(session: S): Promise<void> {
    const { resource } = this.#parts;
    if (this.#opened && this.#identity === undefined) return;
    const identity = await this.#ask(session);
    if (!this.#opened) this.#identity = identity;
    this.#opened = true;
    if (identity === this.#identity) return;
    throw new LinkError(
      `Cannot go on with ${resource}, as another instrument is there: ` +
        `${identity ?? "one that does not say what it is"} instead of ${this.#identity}. ` +
        `Connect the one that the run began with.`,
      resource,
    );
  }

  /** Who is there, or undefined if nobody wants to know or it can't say. */
  async #ask(session: S): Promise<string | undefined> {
    const { identify = this.#parts.answersIdn } = this.#parts;
    if (identify === false) return undefined;
    if (typeof identify === "function") return await identify(session);
    if (typeof identify === "string") return await session.query(identify);
    try {
      // IEEE 488.2, 10.14: maker, model, serial number and firmware, which may be a newer one.
      const [maker, model, serial, firmware] = (await session.query("*IDN?")).split(",");
      return firmware === undefined ? undefined : `${maker},${model},${serial}`;
    } catch (error) {
      if (this.#parts.identify === true || this.#opened) throw error;
      if (error instanceof TimeoutError || error instanceof ProtocolError) return undefined;
      throw error;
    }
  }
}
