/**
 * Makes reports with their pictures, away from the main thread.
 *
 * @module
 */

import { PictureRenderer } from "../session/figures/renderer.ts";
import { readerOf } from "../session/reader_of.ts";
import type { Readings } from "../session/readings.ts";
import { type Clock, sleep } from "../time/clock.ts";
import { systemClock } from "../time/system_clock.ts";
import { type DeskRequest, type MadeReport, makeReport, REPORT_PICTURE } from "./desk.ts";
import { DeskThread } from "./desk_thread.ts";

/** The thread ends when no report was wanted for so long. Milliseconds. */
const IDLE = 60_000;

/** What a report is made of. */
export interface MakeRequest extends Omit<DeskRequest, "undrawn"> {
  /** How long it may take with its pictures, milliseconds: a report without them is better than none. */
  readonly picturesWithin: number;
}

/**
 * Makes reports of a session, one after the other, in a thread that begins with the first one and ends when none was wanted
 * for a while. A session in memory is read by the main thread.
 */
export class ReportMaker implements Disposable {
  readonly #session: Readings & { readonly file: string };
  readonly #clock: Clock;
  readonly #pictures: PictureRenderer;
  #thread: DeskThread | undefined;
  #resting = new AbortController();

  /**
   * Begins nothing yet.
   *
   * @param session The session whose last run the reports tell about.
   * @param clock What limits of time are kept on: real work takes real time, whatever clock the session has.
   */
  constructor(session: Readings & { readonly file: string }, clock: Clock = systemClock) {
    this.#session = session;
    this.#clock = clock;
    this.#pictures = new PictureRenderer({ clock });
  }

  /**
   * Makes a report. One is made at a time.
   *
   * @param signal Ends it when nobody wants it any more.
   * @throws {Error} If the file can't be read, or `signal` aborts.
   */
  async make(request: MakeRequest, signal: AbortSignal): Promise<MadeReport> {
    const { picturesWithin, ...rest } = request;
    const { file } = this.#session;
    const limit = Math.max(1, Math.round(picturesWithin));
    if (file === ":memory:") return await this.#inMemory(rest, limit, signal);
    if (rest.plots === false) return await this.#away(file, rest, signal);
    const over = new AbortController();
    const ends = AbortSignal.any([signal, over.signal]);
    const late = new Error(`they took longer than ${limit / 1e3} s`);
    void sleep(this.#clock, limit, ends).then(() => over.abort(late), () => {});
    try {
      return await this.#away(file, rest, ends);
    } catch (error) {
      if (error !== late) throw error;
      return await this.#away(file, { ...rest, undrawn: late.message }, signal);
    } finally {
      over.abort();
    }
  }

  /** Has a report made by the thread. */
  async #away(file: string, request: DeskRequest, signal: AbortSignal): Promise<MadeReport> {
    this.#resting.abort();
    try {
      this.#thread ??= await DeskThread.start();
      const made = await this.#thread.make(file, request, signal);
      if (this.#thread.worn) this.#end();
      else this.#rest();
      return made;
    } catch (error) {
      // What it was doing may go on: it is not asked again.
      this.#end();
      throw error;
    }
  }

  /** Nobody but the main thread sees a session in memory. */
  async #inMemory(request: DeskRequest, limit: number, signal: AbortSignal): Promise<MadeReport> {
    const source = readerOf(this.#session);
    const { timeZone } = request;
    const timeout = Temporal.Duration.from({ milliseconds: limit });
    const made = await makeReport(
      source,
      request,
      (plots, now) =>
        this.#pictures.render({ source, plots, now, ...REPORT_PICTURE, timeZone, timeout, signal }),
    );
    signal.throwIfAborted();
    return made;
  }

  #rest(): void {
    this.#resting = new AbortController();
    void sleep(this.#clock, IDLE, this.#resting.signal).then(() => this.#end(), () => {});
  }

  #end(): void {
    this.#resting.abort();
    this.#thread?.[Symbol.dispose]();
    this.#thread = undefined;
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    this.#end();
    this.#pictures[Symbol.dispose]();
  }
}
