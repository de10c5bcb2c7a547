/**
 * What is new in a session, for all who watch it.
 *
 * @module
 */

import { toSeconds } from "../../session/moment.ts";
import type { StoredEntry } from "../../session/store/reader_types.ts";
import type { Clock } from "../../time/clock.ts";
import type { WatchedSession } from "../watched_session.ts";
import { grouped, thinnedBatches, wholeBatch } from "./batches.ts";
import { Frame, HEARTBEAT } from "./frame.ts";
import { Viewer } from "./viewer.ts";

/** Milliseconds from one look at the file to the next: at most 20 frames a second. */
const LOOK_EVERY = 50;
/** Milliseconds from one look to the next once nothing was new for a while, and how long that is. */
const CALM = { lookEvery: 200, after: 2_000 } as const;
/** Milliseconds from one status to the next. */
const STATUS_EVERY = 1_000;
/** Milliseconds without anything to send after which a comment is sent. */
const HEARTBEAT_EVERY = 15_000;
/** Milliseconds after which a viewer who takes nothing is sent away. */
const GIVE_UP_AFTER = 120_000;
/** Entries that one look takes up; of more, the page is told to fetch the tiles. */
const MOST_ENTRIES = 20_000;
/** Values that a viewer who was away is sent; of more, it is told to fetch the tiles. */
const MOST_MISSED_VALUES = 100_000;
/** Events that a frame carries: the last ones. */
const MOST_EVENTS = 200;

/**
 * Looks at the file while somebody watches, and sends each viewer what is new. A frame is made once for all of them.
 * A viewer who comes, or comes back, or was too slow, is brought up to date from the file by itself.
 */
export class Hub implements Disposable {
  readonly #session: WatchedSession;
  readonly #clock: Clock;
  readonly #viewers = new Set<Viewer>();
  readonly #stop = new AbortController();
  #looking = false;
  #cursor = 0;
  #version = "";
  #catalogue = "";
  /** Whether something was written since the catalogue was looked at. */
  #catalogueStale = true;
  #statusAt = 0;
  #catalogueAt = 0;
  #sentAt = 0;
  #changedAt = 0;
  #hurried = false;

  /** Watches nothing until somebody comes. */
  constructor(session: WatchedSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** How many watch. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /**
   * Adds a viewer.
   *
   * @param since The place in the order up to which it knows everything; now, if undefined.
   */
  join(since: number | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#stop.signal.throwIfAborted();
    const known = since ?? this.#session.reader.lastSeq();
    const viewer = new Viewer(known, this.#clock.monotonic(), (gone) => this.#viewers.delete(gone));
    this.#viewers.add(viewer);
    if (!this.#looking) void this.#watch();
    return viewer.stream;
  }

  /** Has the status sent with the next frame. */
  hurryStatus(): void {
    this.#hurried = true;
  }

  /** Ends every stream. */
  [Symbol.dispose](): void {
    if (!this.#stop.signal.aborted) this.#part();
    this.#stop.abort();
    for (const viewer of this.#viewers) viewer.end();
    this.#viewers.clear();
  }

  /** Says last how the run stands. */
  #part(): void {
    const staying = [...this.#viewers].filter((viewer) => viewer.inStep && viewer.hasRoom);
    if (staying.length === 0) return;
    try {
      const frame = new Frame();
      frame.add("status", this.#session.status());
      const bytes = frame.bytes(this.#cursor);
      for (const viewer of staying) viewer.send(bytes, this.#cursor);
    } catch (error) {
      this.#session.report(error);
    }
  }

  async #watch(): Promise<void> {
    this.#looking = true;
    const { signal } = this.#stop;
    let due = this.#clock.monotonic();
    try {
      while (this.#viewers.size > 0 && !signal.aborted) {
        this.#look(this.#clock.monotonic());
        const now = this.#clock.monotonic();
        const calm = now - this.#changedAt >= CALM.after;
        due = Math.max(due + (calm ? CALM.lookEvery : LOOK_EVERY), now);
        await this.#clock.sleepUntil(due, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      // The file cannot be read now: whoever watches comes back and is told why.
      this.#session.report(error);
      for (const viewer of this.#viewers) viewer.end();
      this.#viewers.clear();
    } finally {
      this.#looking = false;
    }
  }

  #look(now: number): void {
    this.#release(now);
    const version = this.#session.reader.version();
    const changed = version !== this.#version;
    const coming = [...this.#viewers].filter((viewer) => !viewer.inStep && viewer.hasRoom);
    const statusDue = this.#hurried || now >= this.#statusAt;
    if (changed) {
      this.#catalogueStale = true;
      this.#changedAt = now;
    }
    if (changed || coming.length > 0 || statusDue) {
      this.#session.reader.snapshot(() => this.#send(now, statusDue, coming));
      this.#version = version;
    }
    if (now - this.#sentAt >= HEARTBEAT_EVERY) {
      this.#sentAt = now;
      for (const viewer of this.#viewers) if (viewer.hasRoom) viewer.beat(HEARTBEAT);
    }
  }

  /** Takes those who have no room out of step, and drops those who have had none for long. */
  #release(now: number): void {
    for (const viewer of this.#viewers) {
      if (viewer.hasRoom) {
        viewer.roomAt = now;
        continue;
      }
      viewer.inStep = false;
      if (now - viewer.roomAt < GIVE_UP_AFTER) continue;
      viewer.drop(new Error("Cannot send more, as nothing was taken for two minutes."));
      this.#viewers.delete(viewer);
    }
  }

  #send(now: number, statusDue: boolean, coming: readonly Viewer[]): void {
    const to = this.#session.reader.lastSeq();
    const inStep = [...this.#viewers].filter((viewer) => viewer.inStep);
    if (inStep.length === 0) this.#cursor = to;
    const frame = new Frame();
    const happened = to > this.#cursor && this.#addEvents(frame, this.#cursor);
    if (statusDue || happened) {
      frame.add("status", this.#session.status());
      this.#statusAt = now + STATUS_EVERY;
      this.#hurried = false;
    }
    if (this.#catalogueStale && now >= this.#catalogueAt || coming.length > 0) {
      this.#catalogueStale = false;
      this.#catalogueAt = now + STATUS_EVERY;
      this.#addCatalogue(frame);
    }
    if (to > this.#cursor) this.#addEntries(frame, this.#cursor);
    if (!frame.empty && inStep.length > 0) {
      const bytes = frame.bytes(to);
      for (const viewer of inStep) viewer.send(bytes, to);
      this.#sentAt = now;
    }
    this.#cursor = to;
    const made = new Map<number, Uint8Array<ArrayBuffer>>();
    for (const viewer of coming) {
      let bytes = made.get(viewer.known);
      if (bytes === undefined) {
        bytes = this.#missed(viewer.known, to);
        made.set(viewer.known, bytes);
      }
      viewer.send(bytes, to);
      viewer.inStep = true;
    }
  }

  #addEvents(frame: Frame, since: number): boolean {
    const events = this.#session.events({ since, limit: MOST_EVENTS });
    if (events.length === 0) return false;
    frame.add("events", events);
    return true;
  }

  #addCatalogue(frame: Frame): void {
    const catalogue = this.#session.catalogue();
    if (catalogue === this.#catalogue) return;
    this.#catalogue = catalogue;
    frame.add("session", this.#session.info());
  }

  #addEntries(frame: Frame, since: number): void {
    const entries = this.#session.reader.since(since, MOST_ENTRIES + 1);
    if (entries.length > MOST_ENTRIES) this.#addSkipped(frame, entries);
    else if (entries.length > 0) {
      frame.add("entries", { batches: grouped(entries).flatMap(thinnedBatches) });
    }
  }

  #addSkipped(frame: Frame, entries: readonly StoredEntry[]): void {
    const from = entries.reduce((least, { t }) => Math.min(least, t), Infinity);
    const to = Math.max(from, this.#session.reader.range().last ?? from);
    frame.add("skipped", { from: toSeconds(from), to: toSeconds(to) });
  }

  /** What a viewer who knows everything up to a place is sent to know everything up to now. */
  #missed(known: number, to: number): Uint8Array<ArrayBuffer> {
    const frame = new Frame();
    frame.add("session", this.#session.info());
    // A place beyond the end is another file's: what the page has is not of this one, and `session` says so.
    if (known < to) {
      this.#addEvents(frame, known);
      const entries = this.#session.reader.since(known, MOST_ENTRIES + 1);
      const values = entries.reduce((sum, { names }) => sum + names.length, 0);
      if (entries.length > MOST_ENTRIES || values > MOST_MISSED_VALUES) {
        this.#addSkipped(frame, entries);
      } else if (entries.length > 0) {
        frame.add("entries", { batches: grouped(entries).map(wholeBatch) });
      }
    }
    return frame.bytes(to);
  }
}
