/// <reference lib="dom" />
/**
 * What a plot over time shows: the past at the width of the plot from the server, the present from the stream.
 *
 * @module
 */

import { fromWire } from "../components/format.ts";
import type { BucketRun, PointRun } from "../../plots/figure.ts";
import type { EntryBatch } from "../protocol.ts";
import { runOfTile } from "../../session/history/tile.ts";
import { decodeTiles } from "../tiles.ts";
import type { Api } from "./api.ts";
import { Growing } from "./growing.ts";

/** A stretch of time, Unix seconds. */
export interface Span {
  /** Its beginning. */
  readonly from: number;
  /** Its end. */
  readonly to: number;
}

/** What of a series is drawn. */
export type Runs = readonly (PointRun | BucketRun)[];

/** More points than this since the past was read have it read anew, at the plot's width. */
const MOST_TAIL = 4_000;
/** The past is read anew once the shown span is so much longer or shorter than that which was read. */
const SPAN_RATIO = 1.5;

interface Past extends Span {
  readonly width: number;
  /** Whether it reaches to the present, so that what the stream brings goes on from it. */
  readonly live: boolean;
  readonly runs: ReadonlyMap<string, PointRun | BucketRun>;
}

interface Tail {
  readonly t: Growing;
  readonly v: Growing;
}

/** The data of one plot. Its memory is bounded by the width of the plot. */
export class TimeData {
  readonly #api: Api;
  readonly #session: string;
  readonly #names: readonly string[];
  readonly #changed: () => void;
  readonly #tails = new Map<string, Tail>();
  #past: Past | undefined;
  #stale = true;
  #fetching: (Span & { readonly stop: AbortController }) | undefined;
  #failed: string | undefined;

  /**
   * @param session The session's name in paths.
   * @param names The variables.
   * @param changed Called when there is something new to draw.
   */
  constructor(api: Api, session: string, names: readonly string[], changed: () => void) {
    this.#api = api;
    this.#session = session;
    this.#names = names;
    this.#changed = changed;
    for (const name of names) this.#tails.set(name, emptyTail());
  }

  /** Why the past can't be read, if so. */
  get trouble(): string | undefined {
    return this.#failed;
  }

  /** Whether the past is being read for the first time. */
  get loading(): boolean {
    return this.#past === undefined && this.#failed === undefined;
  }

  /**
   * Has the data cover a span at a width; reads the past if it must.
   *
   * @param shown What the plot shows.
   * @param width Its width in pixels of the screen.
   * @param latest The time of the last entry that is known: the stream brings what is later.
   */
  show(shown: Span, width: number, latest: number): void {
    if (!this.#lacks(shown, width)) return;
    const live = shown.to >= latest;
    const to = live ? latest : shown.to;
    if (!(to > shown.from)) return;
    void this.#fetch({ from: shown.from, to }, width, live, shown);
  }

  #lacks(shown: Span, width: number): boolean {
    const past = this.#past;
    const fetching = this.#fetching;
    if (fetching !== undefined && near(fetching, shown)) return false;
    if (this.#stale || past === undefined) return true;
    const length = shown.to - shown.from;
    const read = past.to - past.from;
    if (shown.from < past.from - length * 0.01) return true;
    if (!past.live && shown.to > past.to + length * 0.01) return true;
    // Zoomed in: finer than what was read; or out of what was read and followed.
    if (length * SPAN_RATIO < read || length > read * SPAN_RATIO + this.#tailSpan()) return true;
    if (width > past.width * SPAN_RATIO) return true;
    return [...this.#tails.values()].some(({ t }) => t.length > MOST_TAIL);
  }

  /** How long the points since the past was read reach, seconds. */
  #tailSpan(): number {
    const past = this.#past;
    if (past === undefined) return 0;
    const last = Math.max(...[...this.#tails.values()].map(({ t }) => t.last || -Infinity));
    return Math.max(0, last - past.to);
  }

  async #fetch(span: Span, width: number, live: boolean, shown: Span): Promise<void> {
    this.#fetching?.stop.abort();
    const stop = new AbortController();
    const fetching = { ...shown, stop };
    this.#fetching = fetching;
    try {
      const query = { name: this.#names, ...span, buckets: Math.max(16, Math.round(width)) };
      const tiles = decodeTiles(await this.#api.bytes(this.#session, "tiles", query, stop.signal));
      const runs = new Map<string, PointRun | BucketRun>();
      this.#names.forEach((name, i) => {
        const tile = tiles[i];
        if (tile !== undefined) runs.set(name, runOfTile(tile, live ? span.to : Infinity));
      });
      this.#past = { ...span, width, live, runs };
      this.#stale = false;
      this.#failed = undefined;
      for (const [name, tail] of this.#tails) {
        this.#tails.set(name, live ? later(tail, span.to) : emptyTail());
      }
    } catch (error) {
      if (stop.signal.aborted) return;
      this.#failed = error instanceof Error ? error.message : String(error);
    } finally {
      if (this.#fetching === fetching) this.#fetching = undefined;
    }
    this.#changed();
  }

  /**
   * New entries.
   *
   * @returns Whether there is something new to draw.
   */
  append(batches: readonly EntryBatch[]): boolean {
    if (this.#past?.live === false && this.#fetching === undefined) return false;
    let any = false;
    for (const { names, t, values } of batches) {
      names.forEach((name, column) => {
        const tail = this.#tails.get(name);
        if (tail === undefined) return;
        const list = values[column] ?? [];
        t.forEach((at, row) => {
          tail.t.push(at);
          tail.v.push(fromWire(list[row] ?? NaN));
        });
        any ||= t.length > 0;
      });
    }
    return any;
  }

  /** What was read is no longer whole. */
  spoil(): void {
    this.#stale = true;
    this.#changed();
  }

  /** What there is of a variable, in the order of time. */
  runs(name: string): Runs {
    const past = this.#past?.runs.get(name);
    const tail = this.#tails.get(name);
    const present: PointRun[] = tail === undefined || tail.t.length === 0
      ? []
      : [{ kind: "points", t: tail.t.view(), v: tail.v.view() }];
    return past === undefined ? present : [past, ...present];
  }

  /** Ends what is under way. */
  close(): void {
    this.#fetching?.stop.abort();
  }
}

function emptyTail(): Tail {
  return { t: new Growing(), v: new Growing() };
}

/** What of a tail is later than the past that was read. */
function later({ t, v }: Tail, than: number): Tail {
  const fresh = emptyTail();
  const times = t.view();
  const values = v.view();
  for (let i = 0; i < times.length; i++) {
    if (!((times[i] ?? NaN) > than)) continue;
    fresh.t.push(times[i] ?? NaN);
    fresh.v.push(values[i] ?? NaN);
  }
  return fresh;
}

/** Whether two spans show the same but for a few hundredths. */
function near(a: Span, b: Span): boolean {
  const length = b.to - b.from;
  return Math.abs(a.from - b.from) < length * 0.05 && Math.abs(a.to - b.to) < length * 0.05;
}
