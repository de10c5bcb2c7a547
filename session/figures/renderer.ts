/**
 * Makes pictures of a session's plots, away from the main thread.
 *
 * @module
 */

import { packedAssets } from "../../pictures/assets.ts";
import { type PictureLook, pictureLook, type PictureLookOptions } from "../../pictures/look.ts";
import type { PlotDefinition } from "../../plots/definition.ts";
import { type Clock, sleep } from "../../time/clock.ts";
import { type DurationInput, milliseconds } from "../../time/duration.ts";
import { systemClock } from "../../time/system_clock.ts";
import { type Moment, toMicroseconds, toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";
import { type DrawingRequest, drawPlots } from "./drawings.ts";
import type { FromPictures, PictureFacts, PictureFormat } from "./picture_messages.ts";
import { PictureThread } from "./picture_thread.ts";

/** What of a plot is shown and how it looks. */
export interface PictureOptions extends PictureLookOptions {
  /** Since when. @default as the plot says: the last run, or the last while of it */
  readonly from?: Moment;
  /** Until when. @default {@linkcode PictureOptions.now} if the run goes on, else the last entry */
  readonly to?: Moment;
  /** Only what was recorded in the last while, whatever the plots say of that. */
  readonly last?: DurationInput;
  /** What time it is: the plots of a run that goes on end then. @default that of the last entry */
  readonly now?: Moment;
  /** Ends it when nobody wants it any more. */
  readonly signal?: AbortSignal;
  /** How long it may take. @default "2min" */
  readonly timeout?: DurationInput;
}

/** Which plots of which session are wanted as pictures. */
export interface RenderRequest extends PictureOptions {
  /** The session: the path of its file, or a reader of it. One in memory is read and drawn by the main thread. */
  readonly source: string | Reader;
  /** The plots. @default those that the last run declares */
  readonly plots?: readonly PlotDefinition[];
  /** What pictures are: `"png"` or `"svg"`. @default "png" */
  readonly format?: PictureFormat;
}

/** A picture of a plot. */
export interface Picture extends PictureFacts {
  /** What it is. */
  readonly format: PictureFormat;
  /** Its type, as mails and web pages name it. */
  readonly mediaType: "image/png" | "image/svg+xml";
  /** Its width, CSS pixels. */
  readonly width: number;
  /** Its height, CSS pixels. */
  readonly height: number;
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How a {@linkcode PictureRenderer} works. */
export interface RendererOptions {
  /** What it waits on. @default the system's clock */
  readonly clock?: Clock;
  /** Its thread ends when nothing was wanted of it for so long. @default "1min" */
  readonly idle?: DurationInput;
}

const MEDIA_TYPES = { png: "image/png", svg: "image/svg+xml" } as const;

/**
 * Makes pictures, one after the other, in a thread that begins with the first one and ends when nothing was wanted for a
 * while. It costs the main thread some ten milliseconds to begin: keep a renderer where pictures are wanted often.
 */
export class PictureRenderer implements Disposable {
  readonly #clock: Clock;
  readonly #idle: number;
  #thread: PictureThread | undefined;
  #resting: AbortController | undefined;
  #queue: Promise<void> = Promise.resolve();
  #disposed = new AbortController();

  /** Begins nothing yet. */
  constructor({ clock = systemClock, idle = "1min" }: RendererOptions = {}) {
    this.#clock = clock;
    this.#idle = milliseconds(idle);
  }

  /** Whether it has a thread at present. */
  get threaded(): boolean {
    return this.#thread !== undefined;
  }

  /**
   * Makes pictures.
   *
   * @returns A picture for each plot, in their order.
   * @throws {RangeError} If a size, a theme, a zone or a time is out of bounds.
   * @throws {Error} If the file can't be read, or it takes too long.
   */
  async render(request: RenderRequest): Promise<Picture[]> {
    const look = pictureLook(request);
    const drawing = drawingRequest(request, look);
    const timeout = milliseconds(request.timeout ?? "2min");
    const { signal, source, format = "png" } = request;
    signal?.throwIfAborted();
    const over = new AbortController();
    const ends = AbortSignal.any([
      over.signal,
      this.#disposed.signal,
      ...(signal === undefined ? [] : [signal]),
    ]);
    const before = this.#queue;
    const { promise: turn, resolve: done } = Promise.withResolvers<void>();
    this.#queue = turn;
    void sleep(this.#clock, timeout, ends).then(
      () => over.abort(tooLong(timeout)),
      () => {},
    );
    try {
      await orAborted(before, ends);
      const pictures = await this.#work(source, drawing, format, ends);
      return pictures.map(([facts, bytes]) => ({
        ...facts,
        format,
        mediaType: MEDIA_TYPES[format],
        width: look.width,
        height: look.height,
        bytes,
      }));
    } finally {
      over.abort();
      // Those that wait behind it have their turn once those before it are done.
      void before.then(done);
    }
  }

  async #work(
    source: string | Reader,
    request: DrawingRequest,
    format: PictureFormat,
    ends: AbortSignal,
  ): Promise<Made[]> {
    const file = typeof source === "string" ? source : source.file;
    if (typeof source !== "string" && file === undefined) {
      return await this.#inMemory(source, request, format, ends);
    }
    return await this.#away(async (thread) => {
      if (format === "png") await thread.equip(packedAssets);
      const made: Made[] = [];
      const done = (answer: FromPictures): boolean => {
        if (answer.kind === "picture") made.push([answer.facts, answer.bytes]);
        return answer.kind === "done";
      };
      await thread.ask({ kind: "plots", file: file ?? "", request, format }, done, ends);
      return made;
    });
  }

  /** Nobody but the main thread sees a session in memory. */
  async #inMemory(
    reader: Reader,
    request: DrawingRequest,
    format: PictureFormat,
    ends: AbortSignal,
  ): Promise<Made[]> {
    const made: Made[] = [];
    for await (const { svg, ...facts } of drawPlots(reader, request, ends)) {
      made.push([
        facts,
        format === "svg"
          ? new TextEncoder().encode(svg)
          : await this.#png(svg, request.look.scale, ends),
      ]);
    }
    return made;
  }

  async #png(svg: string, scale: number, ends: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#away(async (thread) => {
      await thread.equip(packedAssets);
      let png = new Uint8Array(0);
      const done = (answer: FromPictures): boolean => {
        if (answer.kind === "png") png = answer.bytes;
        return answer.kind === "png";
      };
      await thread.ask({ kind: "drawing", svg, scale }, done, ends);
      return png;
    });
  }

  /** Has something done in the thread. */
  async #away<T>(call: (thread: PictureThread) => Promise<T>): Promise<T> {
    this.#resting?.abort();
    this.#resting = undefined;
    try {
      this.#thread ??= await PictureThread.start();
      this.#disposed.signal.throwIfAborted();
      const result = await call(this.#thread);
      this.#rest();
      return result;
    } catch (error) {
      // What it was doing may go on: it is not asked again.
      this.#end();
      throw error;
    }
  }

  #rest(): void {
    const resting = new AbortController();
    this.#resting = resting;
    void sleep(this.#clock, this.#idle, resting.signal).then(() => this.#end(), () => {});
  }

  #end(): void {
    this.#resting?.abort();
    this.#thread?.[Symbol.dispose]();
    this.#thread = undefined;
  }

  /** Ends the thread; whoever waits for a picture is told. */
  [Symbol.dispose](): void {
    this.#disposed.abort(new Error("Cannot make pictures, as their renderer is closed"));
    this.#end();
  }
}

type Made = readonly [facts: PictureFacts, bytes: Uint8Array<ArrayBuffer>];

/**
 * Makes pictures of a session's plots, in a thread of their own that ends with them.
 *
 * @returns A picture for each plot, in their order.
 */
export async function renderPlots(
  request: RenderRequest & Pick<RendererOptions, "clock">,
): Promise<Picture[]> {
  const { clock } = request;
  using renderer = new PictureRenderer(clock === undefined ? {} : { clock });
  return await renderer.render(request);
}

function drawingRequest(
  { plots, from, to, last, now }: RenderRequest,
  look: PictureLook,
): DrawingRequest {
  const inSeconds = (moment: Moment): number => toSeconds(toMicroseconds(moment));
  return {
    look,
    plots,
    ...(last === undefined ? {} : { last: milliseconds(last) }),
    ...(from === undefined ? {} : { from: inSeconds(from) }),
    ...(to === undefined ? {} : { to: inSeconds(to) }),
    ...(now === undefined ? {} : { now: inSeconds(now) }),
  };
}

function tooLong(ms: number): Error {
  return new Error(
    `Cannot make the pictures, as they took longer than ${ms / 1e3} s. ` +
      "Choose a later beginning or a longer time-out.",
  );
}

/** Waits for a promise, unless a signal aborts. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
