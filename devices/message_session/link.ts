/**
 * The link of a message session: whose turn it is, and whether it is in order.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { milliseconds } from "../../time/duration.ts";
import { LinkError, UnsupportedError } from "../transports/errors.ts";
import type { Io, Transport } from "../transports/transport.ts";
import { Turns } from "../transports/turns.ts";
import type { CallOptions, LinkState, MessageSessionOptions } from "./options.ts";
import { Supervisor } from "./supervisor.ts";

/** What an operation needs of the link before its own work: one in order, or one in whatever order. */
export type Needs = "order" | "link";

/** A transport that several tasks share, one operation after the other, and that is put in order between them. */
export class Link {
  readonly #options: MessageSessionOptions;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #recoveryTimeout: number;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();
  readonly #restart: () => void;
  readonly #followers = new Set<(transport: Transport, io: Io) => Promise<void>>();
  readonly #ending = new Set<() => void>();
  /** Who brings the link back; absent where a lost link stays lost. */
  readonly #supervisor: Supervisor | undefined;
  #transport: Transport;
  #stale = false;
  /** Whether the current operation has used the link. */
  #used = false;
  #closed: Promise<void> | undefined;

  /** @param restart Is called when the link is in order again: what came before belongs to nobody. */
  constructor(
    transport: Transport,
    options: MessageSessionOptions,
    clock: Clock,
    restart: () => void,
  ) {
    this.#transport = transport;
    this.#options = options;
    this.#clock = clock;
    this.#timeout = milliseconds(options.timeout ?? "2s");
    this.#recoveryTimeout = milliseconds(options.recoveryTimeout ?? "5s");
    this.#restart = restart;
    if (options.reopen !== undefined) this.#supervisor = this.#supervise(options.reopen);
  }

  #supervise(reopen: (io: Io) => Promise<Transport>): Supervisor {
    return new Supervisor({
      link: {
        resource: this.resource,
        present: () => this.#transport.alive,
        drop: () => this.#transport[Symbol.asyncDispose](),
        replace: (transport, io) => this.#replace(transport, io),
      },
      reopen,
      reopening: this.#options.reopening ?? {},
      timeout: this.#recoveryTimeout,
      clock: this.#clock,
      closing: this.#closing.signal,
      stopping: this.#options.stopping,
      onEvent: (event) => this.#options.onEvent?.(event),
    });
  }

  /** The resource name. */
  get resource(): string {
    return this.#transport.resource;
  }

  /** True if what the link holds is unknown. */
  get stale(): boolean {
    return this.#stale;
  }

  /** False once it is closed or lost. */
  get alive(): boolean {
    return this.#closed === undefined && this.#transport.alive;
  }

  /** Where it stands. */
  get state(): LinkState {
    if (this.#closed !== undefined) return "closed";
    if (!this.#transport.alive || this.#supervisor?.lost === true) return "lost";
    return this.#stale ? "stale" : "open";
  }

  /** Whether a lost link is opened anew. */
  get returns(): boolean {
    return this.#supervisor !== undefined && this.#closed === undefined;
  }

  /** The transport that there is now. */
  get transport(): Transport {
    this.#used = true;
    return this.#transport;
  }

  /** Milliseconds that a call may take. */
  timeout(call: CallOptions | undefined): number {
    return call?.timeout === undefined ? this.#timeout : milliseconds(call.timeout);
  }

  /**
   * Does something with the link when it is its turn. What fails after the link was used leaves it stale.
   *
   * @param act Gets the deadline and the signal.
   */
  async run<T>(
    call: CallOptions | undefined,
    needs: Needs,
    act: (io: Io) => T | Promise<T>,
  ): Promise<T> {
    const entering = this.#enter(call, needs);
    if (entering !== undefined) await entering;
    try {
      return await act(this.io(call));
    } catch (error) {
      if (this.#used && !(error instanceof UnsupportedError)) this.#stale = true;
      if (!this.#transport.alive) this.#supervisor?.lose(error);
      throw error;
    } finally {
      this.#turns.give();
    }
  }

  /** Waits for the turn and puts the link in order; disposing hands the turn on. */
  async begin(call: CallOptions | undefined, needs: Needs): Promise<Disposable> {
    await this.#enter(call, needs);
    return { [Symbol.dispose]: () => this.#turns.give() };
  }

  /** Takes the turn with a link that is in order; nothing is waited for where both are so at once. */
  #enter(call: CallOptions | undefined, needs: Needs): Promise<void> | undefined {
    const signal = call?.signal;
    signal?.throwIfAborted();
    this.#checkOpen();
    const turn = this.#turns.take(signal);
    if (turn !== undefined || this.#lost() || (needs === "order" && this.#stale)) {
      return this.#enterLate(turn, signal, needs);
    }
    this.#used = false;
    return undefined;
  }

  async #enterLate(
    first: Promise<void> | undefined,
    signal: AbortSignal | undefined,
    needs: Needs,
  ): Promise<void> {
    const patience = this.#supervisor?.patience ?? Infinity;
    for (let turn = first;; turn = this.#turns.take(signal)) {
      if (turn !== undefined) await turn;
      try {
        signal?.throwIfAborted();
        this.#checkOpen();
        const ordered = needs === "link" || !this.#stale;
        if (!this.#lost() && (ordered || await this.#order(signal))) {
          this.#used = false;
          return;
        }
      } catch (error) {
        this.#turns.give();
        throw error;
      }
      // Whoever waits for a lost link lets the others wait beside it, not behind it.
      this.#turns.give();
      await this.#supervisor?.back(patience, signal);
    }
  }

  /** Whether the link is lost and will be brought back. */
  #lost(): boolean {
    const supervisor = this.#supervisor;
    if (supervisor === undefined) return false;
    if (!this.#transport.alive) supervisor.lose();
    return supervisor.lost;
  }

  /** Deadline and signal of an operation that begins now. */
  io(call: CallOptions | undefined): Io {
    const deadline = this.#clock.monotonic() + this.timeout(call);
    return call?.signal === undefined ? { deadline } : { deadline, signal: call.signal };
  }

  /** The link was cleared by the instrument's own means. */
  cleared(): void {
    this.#stale = false;
    this.#restart();
  }

  /** A link that was used and left in the middle. */
  spoil(): void {
    this.#stale = true;
  }

  /** Waits during a turn. */
  async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const closing = this.#closing.signal;
    const either = signal === undefined ? closing : AbortSignal.any([signal, closing]);
    await this.#clock.sleepUntil(this.#clock.monotonic() + ms, either);
  }

  /** Has `follow` called with each new link that takes the place of this one, until the result is disposed. */
  follow(follow: (transport: Transport, io: Io) => Promise<void>, end: () => void): Disposable {
    this.#followers.add(follow);
    this.#ending.add(end);
    return {
      [Symbol.dispose]: () => {
        this.#followers.delete(follow);
        this.#ending.delete(end);
      },
    };
  }

  /** Puts the link in order; false if it is lost by that. */
  async #order(signal: AbortSignal | undefined): Promise<boolean> {
    if (!this.#transport.alive) return true;
    const either = signal === undefined
      ? this.#closing.signal
      : AbortSignal.any([signal, this.#closing.signal]);
    const io = { deadline: this.#clock.monotonic() + this.#recoveryTimeout, signal: either };
    const { connections } = this.#transport;
    let done: string | undefined;
    try {
      if (this.#options.recover ?? true) done = await this.#transport.recover(io);
      if (this.#transport.connections !== connections) {
        await this.#options.renew?.(this.#transport, io);
      }
    } catch (error) {
      // A link that can't be put in order in its time is as good as lost.
      if (this.#supervisor === undefined || either.aborted) throw error;
      this.#supervisor.lose(error);
      return false;
    }
    this.cleared();
    if (done !== undefined) {
      const message = `${this.resource} was put in order: ${done}.`;
      this.#options.onEvent?.({ kind: "recovered", message });
    }
    return true;
  }

  /** Puts a new link in the place of a lost one, with all that was asked of it for good. */
  async #replace(transport: Transport, io: Io): Promise<void> {
    try {
      this.#checkOpen();
      for (const follow of this.#followers) await follow(transport, io);
      const turn = this.#turns.take(io.signal);
      if (turn !== undefined) await turn;
      try {
        this.#checkOpen();
        this.#transport = transport;
        this.cleared();
      } finally {
        this.#turns.give();
      }
    } catch (error) {
      await transport[Symbol.asyncDispose]();
      throw error;
    }
  }

  #checkOpen(): void {
    this.#closing.signal.throwIfAborted();
  }

  /** Closes the link; whoever waits learns it, in the order of waiting. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(
      new LinkError(`Cannot use ${this.resource}, as it was closed.`, this.resource),
    );
    try {
      await this.#transport[Symbol.asyncDispose]();
      // What it opened in the last moment is closed as well.
      if (this.#supervisor !== undefined) await this.#supervisor.end();
    } finally {
      // The last in the queue: all others have been told when it is its turn.
      await this.#turns.take();
      for (const end of this.#ending) end();
    }
  }
}
