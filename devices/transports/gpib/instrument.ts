/**
 * One instrument on a GPIB board.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, TimeoutError } from "../errors.ts";
import type { Io, ReadIo, ReadResult, Transport } from "../transport.ts";
import { CLOSE_TIMEOUT, type GpibBoard } from "./board.ts";
import { errorOf, timedOut } from "./errors.ts";
import { ERROR, STATUS, STATUS_BYTE, timeoutCode } from "./ib.ts";
import type { GpibResult } from "./messages.ts";
import { COMMAND, DRAIN, FIRST, POLL, REST, SLICE, WRITE_SLICE } from "./pace.ts";
import type { GpibWatch, Polled } from "./watch.ts";

/** What a link is made of. */
export interface GpibLinkParts {
  /** Its board. */
  readonly board: GpibBoard;
  /** Looks for its service requests. */
  readonly watch: GpibWatch;
  /** What deadlines are on. */
  readonly clock: Clock;
  /** Its number in the library. */
  readonly device: number;
  /** Its resource name. */
  readonly resource: string;
}

/** A link to one instrument. */
export class GpibLink implements Transport, Polled {
  readonly resource: string;
  readonly hasEnd = true;
  readonly #parts: GpibLinkParts;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(statusByte: number | undefined) => void>();
  /** Whether a message has begun to come and its end has not. */
  #underway = false;
  #lost = false;

  /** @param parts Its place. */
  constructor(parts: GpibLinkParts) {
    this.#parts = parts;
    this.resource = parts.resource;
  }

  get alive(): boolean {
    return !this.#lost && !this.#closing.signal.aborted && this.#parts.board.alive;
  }

  /** Does something in a turn. The check gives the error of a result. */
  #run<T>(
    doing: string,
    io: Io,
    act: (check: (result: GpibResult) => GpibResult) => Promise<T>,
  ): Promise<T> {
    const { board, clock } = this.#parts;
    const start = clock.monotonic();
    const elapsed = () => clock.monotonic() - start;
    const late = () => new TimeoutError(`${doing} ${this.resource}`, this.resource, elapsed());
    const closing = this.#closing.signal;
    const signal = io.signal === undefined ? closing : AbortSignal.any([io.signal, closing]);
    if (signal.aborted) return Promise.reject(signal.reason);
    return board.exclusively({ deadline: io.deadline, signal }, late, () =>
      act((result) => {
        const error = errorOf(result, doing, this.resource, elapsed());
        if (error !== undefined) throw error;
        return result;
      }));
  }

  /** The code of a time-out that lasts until the deadline, or as long as it may. */
  #timeout(io: Io, most: number): number {
    return timeoutCode(Math.min(most, io.deadline - this.#parts.clock.monotonic()));
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    const { board, device } = this.#parts;
    for (let sent = 0; sent < data.length;) {
      const piece = data.slice(sent, sent + REST.bytes);
      const last = end && sent + piece.length === data.length;
      sent += await this.#run("write to", io, async (check) => {
        this.#underway = false;
        const timeout = this.#timeout(io, WRITE_SLICE);
        const { length } = piece;
        const result = await board.ask({ kind: "write", device, data: piece, end: last, timeout });
        // What went over before the time was up stays sent; the deadline decides how often it is tried.
        if (!timedOut(result)) check(result);
        else if (result.error !== ERROR.EABO) return 0;
        return Math.min(length, result.count ?? 0);
      });
    }
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    const { clock } = this.#parts;
    const start = clock.monotonic();
    for (;;) {
      // Each round gives others a turn: an instrument may take long to answer.
      const { length } = target;
      const came = await this.#run("read from", io, (check) => this.#slice(length, io, check));
      if (came !== undefined) {
        // Not before: what comes after the reader has given up must not get there.
        target.set(came.data);
        return { count: came.data.length, end: came.end };
      }
      if (clock.monotonic() >= io.deadline) {
        const elapsed = clock.monotonic() - start;
        throw new TimeoutError(`read from ${this.resource}`, this.resource, elapsed);
      }
    }
  }

  /** Listens for as long as it may at a time; undefined if nothing came. */
  async #slice(
    most: number,
    io: ReadIo,
    check: (result: GpibResult) => GpibResult,
  ): Promise<{ readonly data: Uint8Array; readonly end: boolean } | undefined> {
    const { board, device } = this.#parts;
    const slice = board.busy ? SLICE.shared : SLICE.alone;
    const result = await board.ask({
      kind: "read",
      device,
      most: Math.min(most, this.#underway ? REST.bytes : FIRST),
      stopAt: io.stopAt,
      timeout: this.#timeout(io, this.#underway ? REST.ms : slice),
    });
    const data = result.data ?? new Uint8Array(0);
    if (!timedOut(result)) check(result);
    else if (data.length === 0) return undefined;
    // The library says END as well where it stopped at the byte.
    const stopped = io.stopAt !== undefined && data.at(-1) === io.stopAt;
    const end = (result.status & STATUS.END) !== 0;
    this.#underway = !end;
    return { data, end: end && !stopped };
  }

  async recover(io: Io): Promise<string> {
    try {
      const cleared = await this.#run("recover", io, (check) => this.#reset(io, check));
      const count = cleared.waiting ? await this.#drain(io) : 0;
      const away = count > 0 ? `, and threw ${count} bytes away that came late` : "";
      return `cleared ${cleared.bus ? "the bus and " : ""}${this.resource}${away}`;
    } catch (error) {
      if (!(error instanceof TimeoutError) || io.signal?.aborted) throw error;
      this.#lost = true;
      throw new LinkError(
        `Cannot recover ${this.resource}, as the bus did not take the commands in time. Check the ` +
          `cable and the instruments on the bus, then open it anew.`,
        this.resource,
        { cause: error },
      );
    }
  }

  /** Clears the instrument; on a bus that hangs, the interfaces of all before. */
  async #reset(
    io: Io,
    check: (result: GpibResult) => GpibResult,
  ): Promise<{ readonly bus: boolean; readonly waiting: boolean }> {
    const { board, device } = this.#parts;
    const clear = (): Promise<GpibResult> =>
      board.ask({ kind: "clear", device, timeout: this.#timeout(io, COMMAND) });
    this.#underway = false;
    const first = await clear();
    const hangs = timedOut(first) || first.error === ERROR.ECIC || first.error === ERROR.EBUS;
    if (hangs) {
      const on = board.number;
      check(await board.ask({ kind: "interfaceClear", board: on }));
      check(await board.ask({ kind: "remote", board: on }));
    }
    check(hangs ? await clear() : first);
    // Reading for nothing would be an error to an instrument of IEEE 488.2, so it is asked before.
    const polled = await board.ask({ kind: "poll", device, timeout: this.#timeout(io, POLL) });
    if ((polled.status & STATUS.ERR) !== 0) return { bus: hangs, waiting: false };
    return { bus: hangs, waiting: (this.#polled(polled) & STATUS_BYTE.MAV) !== 0 };
  }

  /** Throws away what comes until the instrument is silent. */
  async #drain(io: Io): Promise<number> {
    const { board, device } = this.#parts;
    for (let count = 0;;) {
      const data = await this.#run("recover", io, async (check) => {
        const result = await board.ask({
          kind: "read",
          device,
          most: REST.bytes,
          stopAt: undefined,
          timeout: timeoutCode(DRAIN),
        });
        if (!timedOut(result)) check(result);
        return result.data ?? new Uint8Array(0);
      });
      if (data.length === 0) return count;
      count += data.length;
    }
  }

  async clear(io: Io): Promise<void> {
    this.#underway = false;
    await this.#command("clear", "clear", io);
  }

  async trigger(io: Io): Promise<void> {
    await this.#command("trigger", "trigger", io);
  }

  /** An instrument under REN is under remote control from the next write on; the way back is its own command. */
  async setRemote(remote: boolean, io: Io): Promise<void> {
    const { board } = this.#parts;
    if (!remote) await this.#command("give back the front panel of", "local", io);
    else {
      await this.#run("put under remote control", io, async (check) => {
        check(await board.ask({ kind: "remote", board: board.number }));
      });
    }
  }

  async readStatusByte(io: Io): Promise<number> {
    return this.#polled(await this.#command("read the status byte of", "poll", io));
  }

  async poll(io: Io): Promise<boolean> {
    return (await this.readStatusByte(io) & STATUS_BYTE.RQS) !== 0;
  }

  #command(
    doing: string,
    kind: "clear" | "trigger" | "local" | "poll",
    io: Io,
  ): Promise<GpibResult> {
    const { board, device } = this.#parts;
    return this.#run(doing, io, async (check) => {
      const timeout = this.#timeout(io, kind === "poll" ? POLL : COMMAND);
      return check(await board.ask({ kind, device, timeout }));
    });
  }

  /** A serial poll takes the request back, whoever asks for it: so whoever asks, the listeners are told. */
  #polled({ value = 0 }: GpibResult): number {
    if ((value & STATUS_BYTE.RQS) !== 0) {
      for (const listener of [...this.#listeners]) listener(value);
    }
    return value;
  }

  onServiceRequest(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable> {
    io.signal?.throwIfAborted();
    if (this.#closing.signal.aborted) return Promise.reject(this.#closing.signal.reason);
    const own = (statusByte: number | undefined): void => listener(statusByte);
    this.#listeners.add(own);
    const watching = this.#parts.watch.add(this);
    return Promise.resolve({
      [Symbol.asyncDispose]: async () => {
        this.#listeners.delete(own);
        await watching[Symbol.asyncDispose]();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { board, device, clock, watch } = this.#parts;
    this.#closing.abort(
      new LinkError(`Cannot use ${this.resource}, as it is closed.`, this.resource),
    );
    this.#listeners.clear();
    await watch.remove(this);
    const io = { deadline: clock.monotonic() + CLOSE_TIMEOUT };
    const late = () => new TimeoutError(`close ${this.resource}`, this.resource, CLOSE_TIMEOUT);
    // What does not close now is closed with the board.
    await board.exclusively(io, late, () => board.ask({ kind: "close", device })).catch(() => {});
    await board.leave();
  }
}
