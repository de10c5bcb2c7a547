/**
 * A link through a VISA library.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, ProtocolError, TimeoutError, UnsupportedError } from "../errors.ts";
import type { Io, LockRequest, ReadIo, ReadResult, Transport } from "../transport.ts";
import { CLOSE_TIMEOUT, type VisaLibrary } from "./library.ts";
import type { VisaRequest, VisaResult } from "./messages.ts";
import { STATUS } from "./visa.ts";

/** How long a line must be silent to be empty, where there is no device clear. Milliseconds. */
const QUIET = 100;

/** `VI_GPIB_REN_ASSERT_ADDRESS` and `VI_GPIB_REN_ADDRESS_GTL`. */
const REMOTE = 3;
const LOCAL = 6;

/** Milliseconds until a deadline as the library takes them. */
export function timeoutOf(clock: Clock, deadline: number): number {
  return Math.min(0x7fffffff, Math.max(1, Math.ceil(deadline - clock.monotonic())));
}

/** The error of a result, or undefined if it is none. */
export function errorOf(
  { status, text, missing }: VisaResult,
  doing: string,
  resource: string,
  elapsed: number,
): Error | undefined {
  if (status < 0x80000000) return undefined;
  if (status === STATUS.TMO) return new TimeoutError(`${doing} ${resource}`, resource, elapsed);
  if (status === STATUS.NSUP_OPER) {
    const why = missing === undefined ? "" : ` The library has no ${missing}.`;
    return new UnsupportedError(`${doing} it`, resource, `Do without.${why}`);
  }
  const code = `0x${status.toString(16).toUpperCase()}`;
  const message = `Cannot ${doing} ${resource}, as the VISA library says: ${
    text || "nothing"
  } (${code}).`;
  const protocol = status >= STATUS.RAW_WR_PROT_VIOL && status <= STATUS.BERR;
  return protocol ? new ProtocolError(message, resource) : new LinkError(message, resource);
}

/** What a link is made of. */
export interface VisaLinkParts {
  /** The library that opened it. */
  readonly library: VisaLibrary;
  /** What deadlines are on. */
  readonly clock: Clock;
  /** Its number in the library. */
  readonly session: number;
  /** Its resource name. */
  readonly resource: string;
  /** Whether the bus marks ends. */
  readonly hasEnd: boolean;
}

/** A session of the library. */
export class VisaLink implements Transport {
  readonly resource: string;
  readonly hasEnd: boolean;
  readonly #parts: VisaLinkParts;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(statusByte: number | undefined) => void>();
  #lost = false;

  /** @param parts The session. */
  constructor(parts: VisaLinkParts) {
    this.#parts = parts;
    this.resource = parts.resource;
    this.hasEnd = parts.hasEnd;
  }

  get alive(): boolean {
    return !this.#lost && !this.#closing.signal.aborted && this.#parts.library.alive;
  }

  async #ask(doing: string, request: VisaRequest, io: Io): Promise<VisaResult> {
    const { clock, library } = this.#parts;
    const start = clock.monotonic();
    const elapsed = () => clock.monotonic() - start;
    const closing = this.#closing.signal;
    const signal = io.signal === undefined ? closing : AbortSignal.any([io.signal, closing]);
    const late = () => new TimeoutError(`${doing} ${this.resource}`, this.resource, elapsed());
    const result = await library.ask(request, { deadline: io.deadline, signal }, late);
    // A part of an answer that came in time is no time-out.
    if (result.status === STATUS.TMO && (result.data?.length ?? 0) > 0) return result;
    const error = errorOf(result, doing, this.resource, elapsed());
    if (error === undefined) return result;
    if (result.status === STATUS.CONN_LOST || result.status === STATUS.INV_OBJECT) {
      this.#lost = true;
    }
    throw error;
  }

  #timeout(io: Io): number {
    return timeoutOf(this.#parts.clock, io.deadline);
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    const { session } = this.#parts;
    const timeout = this.#timeout(io);
    // A copy, since it goes over to the Worker.
    const request: VisaRequest = { kind: "write", session, data: data.slice(), end, timeout };
    await this.#ask("write to", request, io);
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    const { session, hasEnd } = this.#parts;
    const { status, data } = await this.#ask("read from", {
      kind: "read",
      session,
      most: target.length,
      stopAt: io.stopAt,
      timeout: this.#timeout(io),
    }, io);
    if (data !== undefined) target.set(data);
    return { count: data?.length ?? 0, end: hasEnd && status === 0 };
  }

  async recover(io: Io): Promise<string> {
    try {
      await this.clear(io);
      return `cleared ${this.resource}`;
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw this.#unrecovered(error, io);
    }
    const scratch = new Uint8Array(65_536);
    const { clock } = this.#parts;
    for (let count = 0;;) {
      const deadline = Math.min(io.deadline, clock.monotonic() + QUIET);
      try {
        count += (await this.read(scratch, { ...io, deadline })).count;
      } catch (error) {
        if (!(error instanceof TimeoutError) || clock.monotonic() >= io.deadline) {
          throw this.#unrecovered(error, io);
        }
        return `threw ${count} bytes away that came late from ${this.resource}`;
      }
    }
  }

  /** An instrument that can't be cleared in time must be opened anew. */
  #unrecovered(error: unknown, io: Io): unknown {
    if (!(error instanceof TimeoutError) || io.signal?.aborted) return error;
    this.#lost = true;
    return new LinkError(
      `Cannot recover ${this.resource}, as the VISA library did not clear it in time. Open it anew.`,
      this.resource,
      { cause: error },
    );
  }

  async clear(io: Io): Promise<void> {
    await this.#signal("clear", "clear", io);
  }

  async trigger(io: Io): Promise<void> {
    await this.#signal("trigger", "trigger", io);
  }

  async readStatusByte(io: Io): Promise<number> {
    return (await this.#signal("read the status byte of", "statusByte", io)).value ?? 0;
  }

  #signal(doing: string, kind: "clear" | "trigger" | "statusByte", io: Io): Promise<VisaResult> {
    const { session } = this.#parts;
    return this.#ask(doing, { kind, session, timeout: this.#timeout(io) }, io);
  }

  async lock(request: LockRequest): Promise<void> {
    const { session } = this.#parts;
    const timeout = this.#timeout(request);
    await this.#ask("lock", { kind: "lock", session, key: request.key, timeout }, request);
  }

  async unlock(io: Io): Promise<void> {
    await this.#ask("unlock", { kind: "unlock", session: this.#parts.session }, io);
  }

  async setRemote(remote: boolean, io: Io): Promise<void> {
    const { session } = this.#parts;
    const mode = remote ? REMOTE : LOCAL;
    await this.#ask("switch remote control of", { kind: "remote", session, mode }, io);
  }

  /** Sets an attribute of the library's session. */
  async setAttribute(attribute: number, state: bigint, io: Io): Promise<void> {
    const { session } = this.#parts;
    const name = `set attribute 0x${attribute.toString(16).toUpperCase()} of`;
    await this.#ask(name, { kind: "attribute", session, attribute, state }, io);
  }

  async onServiceRequest(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable> {
    const { session, library, clock } = this.#parts;
    const own = (statusByte: number | undefined): void => listener(statusByte);
    this.#listeners.add(own);
    library.listen(session, (statusByte) => {
      for (const each of [...this.#listeners]) each(statusByte);
    });
    const stop = async (io: Io): Promise<void> => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0 || !this.alive) return;
      library.listen(session, undefined);
      await this.#ask("ignore", { kind: "unlisten", session }, io);
    };
    try {
      await this.#ask("listen to", { kind: "listen", session }, io);
    } catch (error) {
      await stop({ deadline: clock.monotonic() + CLOSE_TIMEOUT }).catch(() => {});
      throw error;
    }
    return {
      [Symbol.asyncDispose]: () => stop({ deadline: clock.monotonic() + CLOSE_TIMEOUT }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { library, session, clock } = this.#parts;
    this.#closing.abort(
      new LinkError(`Cannot use ${this.resource}, as it is closed.`, this.resource),
    );
    library.listen(session, undefined);
    this.#listeners.clear();
    const io = { deadline: clock.monotonic() + CLOSE_TIMEOUT };
    const late = () => new TimeoutError(`close ${this.resource}`, this.resource, CLOSE_TIMEOUT);
    // What the library does not close now goes with the library.
    await library.ask({ kind: "close", session }, io, late).catch(() => {});
    await library.leave();
  }
}
