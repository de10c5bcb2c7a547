/**
 * A link by VXI-11, as everybody else sees a link.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, UnsupportedError } from "../errors.ts";
import type { RpcAddress } from "../rpc/connection.ts";
import type {
  Io,
  LockRequest,
  ReadIo,
  ReadResult,
  Transport,
  TransportEvent,
} from "../transport.ts";
import { Aborts } from "./aborts.ts";
import { type CoreLink, RefusedError } from "./core.ts";
import { Code, Proc, Reason } from "./protocol.ts";
import { ServiceRequests } from "./service_requests.ts";

/** What a link is made of. */
export interface Vxi11Parts {
  /** The resource name. */
  readonly resource: string;
  /** What deadlines are on. */
  readonly clock: Clock;
  /** The link as it was opened. */
  readonly core: CoreLink;
  /** Opens another one to the same device. */
  readonly reopen: (io: Io) => Promise<CoreLink>;
  /** The instrument's address with a port. */
  readonly at: (port: number) => RpcAddress;
  /** Milliseconds for last answers. */
  readonly margin: number;
  /** Milliseconds between serial polls. */
  readonly pollInterval: number;
  /** Hears how the link fares. */
  readonly onEvent: (event: TransportEvent) => void;
}

/** A link by VXI-11. */
export class Vxi11Transport implements Transport {
  readonly resource: string;
  readonly hasEnd = true;
  readonly #parts: Vxi11Parts;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #serviceRequests: ServiceRequests;
  #core: CoreLink;
  #connections = 1;
  #aborts: Aborts;
  #recovery: Promise<string> | undefined;
  #locked = false;
  #closed: Promise<void> | undefined;

  constructor(parts: Vxi11Parts) {
    this.#parts = parts;
    this.resource = parts.resource;
    this.#clock = parts.clock;
    this.#core = parts.core;
    this.#aborts = new Aborts(parts, parts.core);
    this.#serviceRequests = new ServiceRequests({
      ...parts,
      core: () => this.#core,
      idle: () => this.alive && !this.#core.rpc.busy && this.#recovery === undefined,
      perform: (io, act) => this.#perform(io, act),
    });
  }

  get alive(): boolean {
    return this.#closed === undefined && (this.#recovery !== undefined || this.#core.rpc.alive);
  }

  get connections(): number {
    return this.#connections;
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    const core = this.#ready(io) ?? await this.#readyLater(io);
    try {
      let taken = await core.write(data, end, io);
      while (taken < data.length) taken += await core.write(data.subarray(taken), end, io);
    } catch (error) {
      this.#failed(core, error, io);
      throw error;
    }
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    if (target.length === 0) return { count: 0, end: false };
    const core = this.#ready(io) ?? await this.#readyLater(io);
    try {
      for (;;) {
        const { count, reason } = await core.read(target, io.stopAt, io);
        const end = (reason & Reason.end) !== 0;
        // An instrument whose own buffer was empty just then is asked again.
        if (count > 0 || end) return { count, end };
      }
    } catch (error) {
      this.#failed(core, error, io);
      throw error;
    }
  }

  clear(io: Io): Promise<void> {
    return this.#generic(Proc.deviceClear, "clear", io);
  }

  readStatusByte(io: Io): Promise<number> {
    return this.#perform(io, (core) => core.readStatusByte(io));
  }

  trigger(io: Io): Promise<void> {
    return this.#generic(Proc.deviceTrigger, "trigger", io);
  }

  setRemote(remote: boolean, io: Io): Promise<void> {
    return remote
      ? this.#generic(Proc.deviceRemote, "put under remote control", io)
      : this.#generic(Proc.deviceLocal, "give back the front panel of", io);
  }

  async lock(request: LockRequest): Promise<void> {
    if (request.key !== undefined) {
      throw new UnsupportedError(
        "share a lock by its key",
        this.resource,
        "Leave the key away for an exclusive lock, or use HiSLIP.",
      );
    }
    await this.#perform(request, (core) => core.lock(request));
    this.#locked = true;
  }

  async unlock(io: Io): Promise<void> {
    await this.#perform(
      io,
      (core) => core.plain(Proc.deviceUnlock, "unlock", (writer) => writer.u32(core.id), io),
    );
    this.#locked = false;
  }

  onServiceRequest(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable> {
    return this.#serviceRequests.add(listener, io);
  }

  async recover(io: Io): Promise<string> {
    if (!this.alive) {
      throw new LinkError(
        `Cannot recover ${this.resource}, as the link is lost or closed. Open it anew.`,
        this.resource,
      );
    }
    const { signal } = this.#closing;
    const bound = {
      deadline: io.deadline,
      signal: io.signal === undefined ? signal : AbortSignal.any([io.signal, signal]),
    };
    bound.signal.throwIfAborted();
    this.#recovery = this.#recover(bound);
    try {
      return await this.#recovery;
    } finally {
      this.#recovery = undefined;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #recover(io: Io): Promise<string> {
    try {
      const message = await this.#clearUp(io) ?? await this.#reopen(io);
      this.#parts.onEvent({ kind: "recovered", message });
      return message;
    } catch (error) {
      if (io.signal?.aborted || error instanceof LinkError) throw error;
      throw new LinkError(
        `Cannot recover ${this.resource}: ${error instanceof Error ? error.message : error}. ` +
          `Open it anew.`,
        this.resource,
        { cause: error },
      );
    }
  }

  /** Aborts and clears; what was done, or nothing if the instrument didn't answer. */
  async #clearUp(io: Io): Promise<string | undefined> {
    const now = this.#clock.monotonic();
    const soon = {
      ...io,
      deadline: Math.min(now + this.#parts.margin, (now + io.deadline) / 2),
    };
    const core = this.#core;
    const aborts = core.rpc.busy;
    try {
      if (aborts) {
        this.#aborts.start();
        await core.rpc.quiet(`recover ${this.resource}`, soon);
      }
      await this.#aborts.ended(soon);
      await core.generic(Proc.deviceClear, "clear", soon);
      const what = aborts ? "what was under way was aborted, and " : "";
      return `${this.resource}: ${what}the device was cleared`;
    } catch (error) {
      io.signal?.throwIfAborted();
      if (error instanceof RefusedError && error.code === Code.locked) throw error;
      return undefined;
    }
  }

  async #reopen(io: Io): Promise<string> {
    const why = `Cannot go on with ${this.resource}, as its link is opened anew`;
    this.#core.rpc.close(new LinkError(why, this.resource));
    await this.#core.rpc[Symbol.asyncDispose]();
    await this.#aborts[Symbol.asyncDispose]();
    this.#core = await this.#parts.reopen(io);
    this.#connections++;
    this.#closing.signal.throwIfAborted();
    this.#aborts = new Aborts(this.#parts, this.#core);
    if (this.#locked) await this.#core.lock(io);
    try {
      await this.#core.generic(Proc.deviceClear, "clear", io);
    } catch (error) {
      // A new link to an instrument that has no device clear is as much as can be had.
      if (!(error instanceof UnsupportedError)) {
        this.#core.rpc.close(new LinkError(why, this.resource));
        throw error;
      }
    }
    await this.#serviceRequests.restart(io);
    return `${this.resource}: the instrument didn't answer, and its link was opened anew`;
  }

  async #close(): Promise<void> {
    const closed = new LinkError(
      `Cannot go on with ${this.resource}, as the link was closed`,
      this.resource,
    );
    this.#closing.abort(closed);
    await this.#recovery?.catch(() => {});
    const core = this.#core;
    const io = { deadline: this.#clock.monotonic() + this.#parts.margin };
    try {
      if (core.rpc.busy) {
        core.rpc.abandon(closed);
        this.#aborts.start();
        await core.rpc.quiet("close", io);
      }
      await this.#aborts.ended(io);
      await this.#serviceRequests.stop(io);
      await core.plain(Proc.destroyLink, "close", (writer) => writer.u32(core.id), io);
    } catch {
      // An instrument that doesn't answer notices that its connection is gone.
    }
    await this.#serviceRequests[Symbol.asyncDispose]();
    await this.#aborts[Symbol.asyncDispose]();
    await this.#core.rpc[Symbol.asyncDispose]();
  }

  #generic(procedure: number, doing: string, io: Io): Promise<void> {
    return this.#perform(io, (core) => core.generic(procedure, doing, io));
  }

  async #perform<T>(io: Io, act: (core: CoreLink) => Promise<T>): Promise<T> {
    const core = this.#ready(io) ?? await this.#readyLater(io);
    try {
      return await act(core);
    } catch (error) {
      this.#failed(core, error, io);
      throw error;
    }
  }

  /** The link, unless an abort is under way that could hit a call; throws if it may not be used any more. */
  #ready(io: Io): CoreLink | undefined {
    this.#closing.signal.throwIfAborted();
    io.signal?.throwIfAborted();
    return this.#aborts.underWay ? undefined : this.#core;
  }

  async #readyLater(io: Io): Promise<CoreLink> {
    await this.#aborts.ended(io);
    this.#closing.signal.throwIfAborted();
    return this.#core;
  }

  /** What a call that failed leaves to be done. */
  #failed(core: CoreLink, error: unknown, io: Io): void {
    if (io.signal?.aborted && core.rpc.busy && core === this.#core) this.#aborts.start();
    if (error instanceof RefusedError && error.code === Code.invalidLink) core.rpc.close(error);
  }
}
