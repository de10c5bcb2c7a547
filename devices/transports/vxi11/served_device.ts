/**
 * An instrument behind a VXI-11 server, and who holds its lock.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import type { Responder } from "../responder.ts";
import { within } from "../within.ts";
import { Code } from "./protocol.ts";

/** Ends a call with a code of the protocol. */
export class Refusal extends Error {
  /** The code. */
  readonly code: number;

  constructor(code: number) {
    super(`VXI-11 error ${code}`);
    this.code = code;
  }
}

/** An instrument that several links share. */
export class ServedDevice {
  /** What takes its messages. */
  readonly responder: Responder;
  readonly #clock: Clock;
  #holder: object | undefined;
  #released = Promise.withResolvers<void>();

  constructor(responder: Responder, clock: Clock) {
    this.responder = responder;
    this.#clock = clock;
  }

  /**
   * Waits until no other link holds the lock.
   *
   * @param link Who wants to go on.
   * @param wait How long, milliseconds.
   * @throws {Refusal} If another link holds it for longer.
   */
  async enter(link: object, wait: number, signal: () => AbortSignal): Promise<void> {
    const deadline = this.#clock.monotonic() + wait;
    while (this.#holder !== undefined && this.#holder !== link) {
      if (wait <= 0) throw new Refusal(Code.locked);
      await within(
        this.#released.promise,
        { deadline, signal: signal() },
        this.#clock,
        () => new Refusal(Code.locked),
      );
    }
  }

  /** True if another link holds the lock. */
  lockedFor(link: object): boolean {
    return this.#holder !== undefined && this.#holder !== link;
  }

  /** Takes the lock; a link that holds it already is refused like any other. */
  async lock(link: object, wait: number, signal: () => AbortSignal): Promise<void> {
    if (this.#holder === link) throw new Refusal(Code.locked);
    await this.enter(link, wait, signal);
    this.#holder = link;
  }

  /** Gives the lock back; whether the link held it. */
  unlock(link: object): boolean {
    if (this.#holder !== link) return false;
    this.#holder = undefined;
    this.#released.resolve();
    this.#released = Promise.withResolvers<void>();
    return true;
  }
}
