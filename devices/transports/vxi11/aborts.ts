/**
 * Aborts of what is under way on a link by VXI-11.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { nextTurn } from "../../../time/turn.ts";
import { LinkError, TimeoutError } from "../errors.ts";
import type { RpcAddress } from "../rpc/connection.ts";
import { within } from "../within.ts";
import type { Io, TransportEvent } from "../transport.ts";
import { AbortChannel } from "./abort_channel.ts";
import type { CoreLink } from "./core.ts";

/** How long an aborted call may take to answer before it is aborted again; doubles. Milliseconds. */
const FIRST_PAUSE = 10;

/** What aborts need. */
export interface AbortParts {
  /** The resource name. */
  readonly resource: string;
  /** What deadlines are on. */
  readonly clock: Clock;
  /** The instrument's address with a port. */
  readonly at: (port: number) => RpcAddress;
  /** Milliseconds for last answers. */
  readonly margin: number;
  /** Hears why an abort failed. */
  readonly onEvent: (event: TransportEvent) => void;
}

/** Aborts the calls of one link, one at a time. */
export class Aborts implements AsyncDisposable {
  readonly #parts: AbortParts;
  readonly #core: CoreLink;
  readonly #channel: AbortChannel;
  readonly #stop = new AbortController();
  #aborting: Promise<void> | undefined;

  constructor(parts: AbortParts, core: CoreLink) {
    this.#parts = parts;
    this.#core = core;
    this.#channel = new AbortChannel(parts.at(core.abortPort));
  }

  /** True while an abort is under way: a call that began before its end could be hit by it. */
  get underWay(): boolean {
    return this.#aborting !== undefined;
  }

  /** Aborts what is under way; that ends when it has answered, or after a while. */
  start(): void {
    this.#aborting ??= this.#untilQuiet().catch((error) => {
      if (error instanceof TimeoutError || error instanceof LinkError) {
        this.#parts.onEvent({ kind: "note", message: error.message });
      }
    }).finally(() => this.#aborting = undefined);
  }

  /**
   * Waits for an abort that is under way.
   *
   * @throws {TimeoutError} If the deadline passes.
   */
  async ended(io: Io): Promise<void> {
    if (this.#aborting === undefined) return;
    const { clock, resource } = this.#parts;
    const start = clock.monotonic();
    await within(
      this.#aborting,
      io,
      clock,
      () => new TimeoutError(`use ${resource}`, resource, clock.monotonic() - start),
    );
  }

  /** Closes the abort channel. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort("closed");
    await this.#aborting;
    await this.#channel[Symbol.asyncDispose]();
  }

  async #untilQuiet(): Promise<void> {
    const { clock, margin, resource } = this.#parts;
    const { rpc, id } = this.#core;
    const { signal } = this.#stop;
    // Whoever gave up hears of it first: an instrument on this computer may take the processor from it.
    await nextTurn();
    const deadline = clock.monotonic() + margin;
    for (let pause = FIRST_PAUSE; rpc.busy; pause *= 2) {
      await this.#channel.abort(id, { deadline, signal });
      const until = Math.min(clock.monotonic() + pause, deadline);
      try {
        // On its own connection the abort may have overtaken the call that it is for.
        await rpc.quiet(`abort ${resource}`, { deadline: until, signal });
      } catch (error) {
        if (!(error instanceof TimeoutError) || until >= deadline) return;
      }
    }
  }
}
