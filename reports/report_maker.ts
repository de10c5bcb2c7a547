/**
 * Makes reports with their pictures, away from the main thread.
 *
 * @module
 */

import type { PlotDefinition } from "../plots/definition.ts";
import { PictureRenderer } from "../session/figures/renderer.ts";
import { readerOf } from "../session/reader_of.ts";
import type { Readings } from "../session/readings.ts";
import { asError } from "../session/stopped.ts";
import { type Clock, sleep } from "../time/clock.ts";
import { systemClock } from "../time/system_clock.ts";
import {
  type ReadReport,
  readReport,
  type ReadRequest,
  writeReport,
  type WrittenReport,
} from "./desk.ts";
import { DeskThread } from "./desk_thread.ts";
import type { Baseline, Report } from "./report.ts";
import type { ReportFile } from "./table.ts";

/** How large pictures are, CSS pixels: between a desk, where they are shown larger, and a phone, where they are smaller. */
const PICTURE = { width: 560, height: 310, scale: 2.4 } as const;

/** The thread ends when no report was wanted for so long. Milliseconds. */
const IDLE = 60_000;

/** A picture that the HTML names. */
export interface ReportPicture extends ReportFile {
  /** How the HTML names it. */
  readonly cid: string;
}

/** A report that can be sent. */
export interface MadeReport extends WrittenReport {
  /** What it tells. */
  readonly report: Report;
  /** The pictures in the HTML. */
  readonly pictures: readonly ReportPicture[];
  /** What goes with it. */
  readonly files: readonly ReportFile[];
  /** What the next one counts from. */
  readonly baseline: Baseline;
}

/** What a report is made of. */
export interface MakeRequest extends ReadRequest {
  /** The zone whose clocks it follows. */
  readonly timeZone: string;
  /** How long its pictures may take, milliseconds: a report without them is better than none. */
  readonly picturesWithin: number;
}

/** What makes the parts of a report. */
type Desk = Pick<DeskThread, "read" | "write">;

/**
 * Makes reports of a session, one after the other, in threads that begin with the first one and end when none was wanted
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
    const { timeZone, picturesWithin, ...rest } = request;
    this.#resting.abort();
    try {
      const desk = await this.#desk();
      const read = await desk.read(this.#session.file, rest, signal);
      const { pictures, note } = await this.#draw(read, { timeZone, picturesWithin }, signal);
      const report: Report = {
        ...read.report,
        plots: read.report.plots.map((plot, i) => {
          const picture = pictures[i];
          return picture === undefined
            ? plot
            : { title: picture.title, cid: picture.cid, description: picture.description };
        }),
        notes: [...read.report.notes, ...note === undefined ? [] : [note]],
      };
      const written = await desk.write(report, timeZone, signal);
      this.#rest();
      return {
        ...written,
        report,
        pictures: pictures.map(({ name, type, bytes, cid }) => ({ name, type, bytes, cid })),
        files: read.table === undefined ? [] : [read.table],
        baseline: read.baseline,
      };
    } catch (error) {
      // What it was doing may go on: it is not asked again.
      this.#end();
      throw error;
    }
  }

  async #desk(): Promise<Desk> {
    if (this.#session.file !== ":memory:") return this.#thread ??= await DeskThread.start();
    return {
      read: (_file, request) => readReport(readerOf(this.#session), request),
      // deno-lint-ignore require-await -- what throws is to reject
      write: async (report, timeZone) => writeReport(report, timeZone),
    };
  }

  async #draw(
    { plots, report }: ReadReport,
    { timeZone, picturesWithin }: Pick<MakeRequest, "timeZone" | "picturesWithin">,
    signal: AbortSignal,
  ): Promise<{ readonly pictures: readonly NamedPicture[]; readonly note?: string }> {
    if (plots.length === 0) return { pictures: [] };
    const { file } = this.#session;
    const milliseconds = Math.max(1, Math.round(picturesWithin));
    try {
      const drawn = await this.#pictures.render({
        source: file === ":memory:" ? readerOf(this.#session) : file,
        plots: plots.map(untitled),
        ...PICTURE,
        timeZone,
        now: report.now,
        timeout: Temporal.Duration.from({ milliseconds }),
        signal,
      });
      return {
        pictures: drawn.map(({ title, description, mediaType, bytes }, i) => ({
          name: `plot-${i + 1}.png`,
          type: mediaType,
          bytes,
          // In a thread of messages, mail programs may look for a picture by its name in all of them.
          cid: `plot-${i + 1}.${report.run}.${Math.round(report.now * 1e6)}@stripchart`,
          title: plots[i]?.title ?? title,
          description,
        })),
      };
    } catch (error) {
      signal.throwIfAborted();
      return { pictures: [], note: `There are no pictures: ${asError(error).message}` };
    }
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

/** A plot without its title, which stands above its picture. */
function untitled(plot: PlotDefinition): PlotDefinition {
  const { title: _, ...rest } = plot;
  return rest;
}

/** A picture with what is said of it. */
interface NamedPicture extends ReportPicture {
  readonly title: string;
  readonly description: string;
}
