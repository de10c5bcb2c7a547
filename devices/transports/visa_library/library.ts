/**
 * A VISA library in its Worker, as the main thread sees it.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { within } from "../within.ts";
import { LinkError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { permittedVariable, visaLibraryCandidates } from "./candidates.ts";
import type { FromVisa, ToVisa, VisaRequest, VisaResult } from "./messages.ts";
import source from "./visa_worker.bundle.js" with { type: "text" };

/** How long a library may take to close what it has, in milliseconds. */
export const CLOSE_TIMEOUT = 2000;

/** How often a library is told to give something up, in milliseconds. */
const CANCEL_INTERVAL = 25;

/** A library that is loaded; it is unloaded when the last of its users has left. */
export class VisaLibrary {
  static readonly #loaded = new Map<string, VisaLibrary>();
  readonly #key: string;
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<VisaResult>>();
  readonly #listeners = new Map<number, (statusByte: number | undefined) => void>();
  /** What was given up and has not ended yet. */
  readonly #abandoned = new Map<number, AbortController>();
  #loading: Promise<VisaResult>;
  #next = 0;
  #users = 0;
  #broken: LinkError | undefined;

  private constructor(key: string, candidates: readonly string[], clock: Clock) {
    this.#key = key;
    this.#clock = clock;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.#worker = new Worker(url, { type: "module", name: "stripchart VISA" });
    URL.revokeObjectURL(url);
    this.#worker.onmessage = ({ data }: MessageEvent<FromVisa>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#break(`its thread ended: ${event.message}`);
    };
    this.#loading = this.#post({ kind: "load", candidates }).promise;
  }

  /** Joins the users of a library, and loads it if nobody has yet. */
  static async join(given: string | undefined, clock: Clock, io: Io): Promise<VisaLibrary> {
    const candidates = visaLibraryCandidates(Deno.build.os, given, permittedVariable);
    const key = candidates.join("\n");
    let library = VisaLibrary.#loaded.get(key);
    if (library === undefined) {
      library = new VisaLibrary(key, candidates, clock);
      VisaLibrary.#loaded.set(key, library);
    }
    library.#users += 1;
    try {
      const late = () =>
        new LinkError(`Cannot load a VISA library, as it took too long: ${key}.`, "VISA");
      const { names } = await within(library.#loading, io, clock, late);
      if (names !== undefined) throw absent(names);
      return library;
    } catch (error) {
      await library.leave();
      throw error;
    }
  }

  /** One user fewer. */
  async leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    if (VisaLibrary.#loaded.get(this.#key) === this) VisaLibrary.#loaded.delete(this.#key);
    // A Worker takes its library with it when it ends, which must not happen while a call is in it.
    const ended = this.#post({ kind: "end" }).promise.catch(() => {}).then(() => {
      for (const each of this.#abandoned.values()) each.abort();
      this.#worker.terminate();
    });
    const stop = new AbortController();
    const patience = sleep(this.#clock, CLOSE_TIMEOUT, stop.signal).catch(() => {});
    await Promise.race([ended, patience]);
    stop.abort();
  }

  /** Asks for something; if it is given up, the library is told so. */
  async ask(request: VisaRequest, io: Io, late: () => Error): Promise<VisaResult> {
    io.signal?.throwIfAborted();
    if (this.#clock.monotonic() >= io.deadline) throw late();
    const { id, promise } = this.#post(request);
    try {
      return await within(promise, io, this.#clock, late);
    } catch (error) {
      if (this.#pending.delete(id)) void this.#cancel(id);
      throw error;
    }
  }

  /** Tells the library until it has ended: what it has just begun may not notice the first time. */
  async #cancel(id: number): Promise<void> {
    const ended = new AbortController();
    this.#abandoned.set(id, ended);
    try {
      while (this.alive) {
        this.#tell({ cancel: id });
        await sleep(this.#clock, CANCEL_INTERVAL, ended.signal);
      }
    } catch {
      // It has ended.
    }
    this.#abandoned.delete(id);
  }

  /** Where the service requests of a session go. */
  listen(session: number, listener: ((statusByte: number | undefined) => void) | undefined): void {
    if (listener === undefined) this.#listeners.delete(session);
    else this.#listeners.set(session, listener);
  }

  /** Whether its Worker runs. */
  get alive(): boolean {
    return this.#broken === undefined;
  }

  #post(request: VisaRequest): { readonly id: number; readonly promise: Promise<VisaResult> } {
    const id = this.#next++;
    if (this.#broken !== undefined) return { id, promise: Promise.reject(this.#broken) };
    const waiter = Promise.withResolvers<VisaResult>();
    this.#pending.set(id, waiter);
    this.#tell({ id, request });
    return { id, promise: waiter.promise };
  }

  #tell(message: ToVisa): void {
    const data = "request" in message && message.request.kind === "write"
      ? message.request.data
      : undefined;
    this.#worker.postMessage(message, data === undefined ? [] : [data.buffer]);
  }

  #hear(message: FromVisa): void {
    if ("session" in message) {
      this.#listeners.get(message.session)?.(message.statusByte);
      return;
    }
    const waiter = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    this.#abandoned.get(message.id)?.abort();
    waiter?.resolve(message.result);
  }

  #break(why: string): void {
    this.#broken = new LinkError(`Cannot go on with the VISA library, as ${why}.`, "VISA");
    for (const waiter of this.#pending.values()) waiter.reject(this.#broken);
    this.#pending.clear();
    for (const ended of this.#abandoned.values()) ended.abort();
  }
}

/** There is no VISA library that could be loaded. */
export class NoVisaLibraryError extends LinkError {
  /** Each library that was tried, with the reason in brackets. */
  readonly tried: readonly string[];

  /** @param message A whole sentence. */
  constructor(message: string, tried: readonly string[]) {
    super(message, "VISA");
    this.tried = tried;
  }
}

/** Says which libraries were tried, why each is not there, and what to do. */
function absent(reasons: readonly string[]): NoVisaLibraryError {
  const forbidden = reasons.filter((reason) => reason.endsWith(" (not permitted)"))
    .map((reason) => reason.replace(/ \(not permitted\)$/, ""));
  const flag = forbidden.length > 0
    ? ` Run with --allow-ffi=${forbidden.join(",")} to let Deno load what is there.`
    : "";
  const tried = reasons.length > 0 ? `: ${reasons.join("; ")}` : " on this system";
  return new NoVisaLibraryError(
    `Cannot load a VISA library, as none could be found${tried}.${flag} Install one of an ` +
      `instrument maker, give its path as "library", or use a bus that needs none, as TCPIP.`,
    reasons,
  );
}
