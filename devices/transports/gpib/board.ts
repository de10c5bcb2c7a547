/**
 * A GPIB board with its Worker, as the main thread sees it: one call at a time, each of bounded length, in the
 * order of asking.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { LinkError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { Turns, turnWithin } from "../turns.ts";
import { within } from "../within.ts";
import { gpibCandidates } from "./candidates.ts";
import source from "./gpib_worker.bundle.js" with { type: "text" };
import { isGone, NoGpibError } from "./errors.ts";
import type { GpibRequest, GpibResult } from "./messages.ts";

/** How long a board may take to close what it has, in milliseconds. */
export const CLOSE_TIMEOUT = 2000;

/** Which board, and how. */
export interface BoardOptions {
  /** The library that the user gave. */
  readonly library: string | undefined;
  /** The board's number in the library. */
  readonly board: number;
  /** What deadlines are on. */
  readonly clock: Clock;
}

/** A board in use; the last of its users closes it. */
export class GpibBoard {
  static readonly #shared = new Map<string, GpibBoard>();
  /** Its number in the library. */
  readonly number: number;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #turns = new Turns();
  readonly #loading: Promise<GpibResult>;
  #waiter: PromiseWithResolvers<GpibResult> | undefined;
  #users = 0;
  #gone: LinkError | undefined;
  #ended: Promise<void> | undefined;

  private constructor(
    key: string,
    candidates: readonly string[],
    { board, clock }: BoardOptions,
  ) {
    this.number = board;
    this.#key = key;
    this.#clock = clock;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.#worker = new Worker(url, { type: "module", name: `stripchart GPIB${board}` });
    URL.revokeObjectURL(url);
    this.#worker.onmessage = ({ data }: MessageEvent<GpibResult>) => {
      const waiter = this.#waiter;
      this.#waiter = undefined;
      waiter?.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#ended ??= Promise.resolve();
      this.#lose(`its thread ended: ${event.message}`);
    };
    this.#loading = this.#inTurn(
      { deadline: Infinity },
      () => new Error(),
      () => this.ask({ kind: "load", candidates }),
    );
    this.#loading.catch(() => {});
  }

  /** Joins the users of a board, and starts its Worker if there are none. */
  static async join(options: BoardOptions, io: Io): Promise<GpibBoard> {
    const candidates = gpibCandidates(options.library);
    const key = `${options.board}\n${candidates.join("\n")}`;
    let board = GpibBoard.#shared.get(key);
    if (board === undefined) {
      board = new GpibBoard(key, candidates, options);
      GpibBoard.#shared.set(key, board);
    }
    board.#users += 1;
    try {
      const late = () =>
        new LinkError(`Cannot load a GPIB library, as it took too long: ${key}.`, board.resource);
      const { reasons } = await within(board.#loading, io, options.clock, late);
      if (reasons !== undefined) throw absent(reasons, board.resource);
      return board;
    } catch (error) {
      await board.leave();
      throw error;
    }
  }

  /** The board's own resource name. */
  get resource(): string {
    return `GPIB${this.number}::INTFC`;
  }

  /** False once the board is unplugged or its Worker has ended. */
  get alive(): boolean {
    return this.#gone === undefined;
  }

  /** Whether more than one uses it. */
  get busy(): boolean {
    return this.#users > 1;
  }

  /** One user fewer. */
  async leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#forget();
    // A call that waits can't be ended from outside: the Worker ends after it, whoever waits for that.
    const ended = this.#ended ??= this.#end();
    const stop = new AbortController();
    const patience = sleep(this.#clock, CLOSE_TIMEOUT, stop.signal).catch(() => {});
    await Promise.race([ended, patience]);
    stop.abort();
  }

  /**
   * Does something while nobody else uses the bus. If the caller gives up, it is let go at once; the bus is free
   * when the call that is under way has returned.
   */
  exclusively<T>(io: Io, late: () => Error, act: () => Promise<T>): Promise<T> {
    return within(this.#inTurn(io, late, act), io, this.#clock, late);
  }

  async #inTurn<T>(io: Io, late: () => Error, act: () => Promise<T>): Promise<T> {
    using _turn = await turnWithin(this.#turns, io, this.#clock, late);
    io.signal?.throwIfAborted();
    if (this.#clock.monotonic() >= io.deadline) throw late();
    return await act();
  }

  /** Asks the Worker for one call. Only during a turn. */
  async ask(request: GpibRequest): Promise<GpibResult> {
    if (this.#gone !== undefined) throw this.#gone;
    const waiter = Promise.withResolvers<GpibResult>();
    this.#waiter = waiter;
    const moved = request.kind === "write" ? [request.data.buffer] : [];
    this.#worker.postMessage(request, moved);
    const result = await waiter.promise;
    // Its devices are of no use any more: those who open it anew get another Worker.
    if (isGone(result) && request.kind !== "open") this.#lose("it is unplugged or shut down");
    return result;
  }

  /** Lets those who still hold it go on only with an error, and the others get a new one. */
  #lose(why: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = new LinkError(
      `Cannot go on with GPIB board ${this.number}, as ${why}. Open it anew.`,
      this.resource,
    );
    this.#forget();
    this.#waiter?.reject(this.#gone);
    this.#waiter = undefined;
    // The library keeps the board open until all of its devices are closed.
    this.#ended ??= this.#end();
  }

  #forget(): void {
    if (GpibBoard.#shared.get(this.#key) === this) GpibBoard.#shared.delete(this.#key);
  }

  async #end(): Promise<void> {
    using _turn = await turnWithin(
      this.#turns,
      { deadline: Infinity },
      this.#clock,
      () => new Error("late"),
    );
    this.#gone ??= new LinkError(
      `Cannot use GPIB board ${this.number}, as it is closed.`,
      this.resource,
    );
    const waiter = Promise.withResolvers<GpibResult>();
    this.#waiter = waiter;
    this.#worker.postMessage({ kind: "end" } satisfies GpibRequest);
    await waiter.promise.catch(() => {});
    this.#worker.terminate();
  }
}

/** Says which libraries were tried, why each is not there, and what to do. */
function absent(reasons: readonly string[], resource: string): NoGpibError {
  const forbidden = reasons.filter((reason) => reason.endsWith(" (not permitted)"))
    .map((reason) => reason.replace(/ \(not permitted\)$/, ""));
  const flag = forbidden.length > 0
    ? ` Run with --allow-ffi=${forbidden.join(",")} to let Deno load what is there.`
    : "";
  const tried = reasons.length > 0 ? `: ${reasons.join("; ")}` : " on this system";
  return new NoGpibError(
    `Cannot load a GPIB library, as none could be found${tried}.${flag} Install linux-gpib ` +
      `(libgpib.so.0), give its path as gpib: { library }, or name a Prologix adapter as "adapter".`,
    resource,
    reasons,
  );
}
