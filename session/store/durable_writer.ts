/**
 * Writes batches to a file and deals with what can go wrong: a full or busy disk, a disk that fails, a
 * file that is moved away, a log that grows, a main thread that hangs.
 *
 * @module
 */

import type { Batch, BatchResult } from "./batch.ts";
import { batchOf } from "./batch.ts";
import { BUSY_TIMEOUT, openForWriting } from "./database.ts";
import { messageOf, primaryCode, SQLITE } from "./sqlite_error.ts";
import type { EventRecord, StoreTrouble } from "./types.ts";
import { WalGuard } from "./wal_guard.ts";
import { Watchdog } from "./watchdog.ts";
import type { FromWriter, WriterOptions } from "./worker_protocol.ts";
import { type Mark, WriterCore } from "./writer_core.ts";

/** How often the file and the heartbeat are looked at, in milliseconds. */
const LOOK_EVERY = 250;

/** How long to leave a log that a reader keeps from being emptied. */
const CHECKPOINT_EVERY = 10_000;

const NOTHING = batchOf([]);

/** A batch that waits for the disk. */
interface Waiting {
  readonly batch: Batch;
  readonly kind: "full" | "busy";
  readonly since: number;
  tries: number;
}

/** The file is gone or not what it was; nothing more can be written. */
class Lost extends Error {}

// A thread of its own needs timers and clocks of its own: the session's clock lives in the main thread.
const monotonic = (): number => performance.now();
const wall = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** The writer of one file. */
export class DurableWriter {
  readonly #options: WriterOptions;
  readonly #say: (message: FromWriter) => void;
  readonly #watchdog: Watchdog;
  readonly #looking: ReturnType<typeof setInterval>;
  #core: WriterCore;
  #guard: WalGuard;
  #mark: Mark;
  #waiting: Waiting | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hurried = false;
  #failed = false;
  #checkpointAt = 0;
  #walTold = false;

  /** Opens the file. What becomes of batches is told to `say`. */
  constructor(options: WriterOptions, say: (message: FromWriter) => void) {
    this.#options = options;
    this.#say = say;
    this.#core = new WriterCore(openForWriting(options.path), options.core);
    this.#mark = this.#core.mark;
    this.#guard = new WalGuard(options.path);
    this.#watchdog = new Watchdog(options.heartbeat, options.stallAfter);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY);
  }

  /** Writes a batch now, or as soon as the disk lets it. The answer is a message. */
  write(batch: Batch): void {
    if (this.#failed) return;
    this.#attempt(batch, undefined);
  }

  /** Tries once more, and does not wait for the disk from now on. */
  hurry(): void {
    this.#hurried = true;
    if (this.#waiting !== undefined) this.#again();
  }

  /** Empties the log into the file and closes it. */
  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#retry);
    const { database } = this.#core;
    try {
      // Only a hint: a reader may hold a part of the log.
      database.exec("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The next one who opens the file replays the log.
    }
    database.close();
  }

  #attempt(batch: Batch, waiting: Waiting | undefined): void {
    let result: BatchResult;
    try {
      result = this.#commit(batch);
    } catch (error) {
      this.#trouble(batch, waiting, error);
      return;
    }
    this.#waiting = undefined;
    if (waiting !== undefined) {
      const seconds = ((monotonic() - waiting.since) / 1000).toFixed(1);
      const what = waiting.kind === "full" ? "The disk was full" : "The file was locked";
      this.#report("recovered", `${what} for ${seconds} s; recording goes on.`);
    }
    this.#say({ kind: "written", result, words: batch.words });
    this.#tend();
  }

  #again(): void {
    clearTimeout(this.#retry);
    const waiting = this.#waiting;
    if (waiting !== undefined) this.#attempt(waiting.batch, waiting);
  }

  #trouble(batch: Batch, waiting: Waiting | undefined, error: unknown): void {
    const code = primaryCode(error);
    const kind = code === SQLITE.FULL
      ? "full"
      : code === SQLITE.BUSY || code === SQLITE.LOCKED
      ? "busy"
      : undefined;
    if (kind === undefined) {
      this.#fail(error);
      return;
    }
    const why = kind === "full"
      ? `the disk of ${this.#options.path} is full`
      : `another program keeps ${this.#options.path} locked`;
    if (waiting === undefined) {
      const next = kind === "full" ? "Free some space" : "End that program";
      this.#report(kind, `Cannot record as ${why}: records wait in memory. ${next}.`);
    }
    const now: Waiting = waiting ?? { batch, kind, since: monotonic(), tries: 0 };
    now.tries += 1;
    if (this.#hurried) {
      this.#waiting = undefined;
      this.#say({ kind: "refused", message: `Cannot record as ${why}.` });
      return;
    }
    this.#waiting = now;
    this.#retry = setTimeout(() => this.#again(), this.#options.retryEvery);
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting = undefined;
    clearTimeout(this.#retry);
    clearInterval(this.#looking);
    const message = error instanceof Lost
      ? error.message
      : `Cannot record to ${this.#options.path} as the disk or the file fails ` +
        `(${messageOf(error)}): nothing more is stored. Check the disk, then start with --resume.`;
    this.#say({ kind: "failed", message, cause: messageOf(error) });
  }

  #report(kind: StoreTrouble["kind"], message: string): void {
    this.#say({ kind: "trouble", trouble: { kind, message } });
  }

  /** Commits a batch and makes sure that it is in the file that has the name. */
  #commit(batch: Batch): BatchResult {
    const before = this.#mark;
    let result = this.#core.apply(batch);
    const amiss = this.#guard.look();
    if (amiss !== undefined) {
      const after = this.#core.mark;
      this.#rescue(amiss, before);
      const { nextSeq, runs } = this.#core.mark;
      const there = nextSeq === after.nextSeq && runs === after.runs;
      if (!there) {
        if (nextSeq !== before.nextSeq || runs !== before.runs) throw this.#missing(amiss, after);
        result = this.#core.apply(batch);
      }
      this.#replaced(amiss);
    }
    this.#mark = this.#core.mark;
    return result;
  }

  /** Brings what the old connection holds to the file and opens it anew. */
  #rescue(amiss: string, before: Mark): void {
    const { database } = this.#core;
    try {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // What was saved shows when the file is open again.
    }
    try {
      database.close();
    } catch {
      // It is not used again.
    }
    try {
      Deno.statSync(this.#options.path);
      const core = new WriterCore(openForWriting(this.#options.path), this.#options.core);
      core.adopt(this.#core);
      this.#core = core;
      this.#core.apply(NOTHING);
      this.#guard = new WalGuard(this.#options.path);
    } catch (error) {
      throw new Lost(
        `Cannot record to ${this.#options.path} as ${amiss} and it could not be opened again ` +
          `(${messageOf(error)}). What was recorded is in the moved file, if it was moved.`,
      );
    }
    if (this.#core.mark.nextSeq < before.nextSeq || this.#core.mark.runs < before.runs) {
      throw this.#missing(amiss, before);
    }
  }

  #missing(amiss: string, expected: Mark): Lost {
    const { nextSeq } = this.#core.mark;
    return new Lost(
      `Cannot record to ${this.#options.path} as ${amiss}, and records ${nextSeq} to ` +
        `${expected.nextSeq - 1} are missing in what is there now. Look for the moved file.`,
    );
  }

  #replaced(amiss: string): void {
    const message = `While recording, ${amiss}. It was opened again; nothing is missing.`;
    this.#report("replaced", message);
    this.#core.apply(batchOf([{
      kind: "event",
      event: { t: wall(), kind: "replaced", level: "warning", source: "store", message },
    }]));
  }

  /** An event of the writer's own. What goes wrong with it is dealt with at the next batch. */
  #note(event: Omit<EventRecord, "t" | "source">): void {
    if (this.#waiting !== undefined || this.#failed) return;
    try {
      this.#commit(batchOf([{ kind: "event", event: { ...event, t: wall(), source: "store" } }]));
    } catch (error) {
      if (error instanceof Lost) this.#fail(error);
    }
  }

  /** Empties a log that has grown, which SQLite cannot do by itself while somebody reads for long. */
  #tend(): void {
    const { walBytes } = this.#options;
    if (this.#guard.walSize <= walBytes) return;
    const now = monotonic();
    if (this.#checkpointAt !== 0 && now - this.#checkpointAt < CHECKPOINT_EVERY) return;
    this.#checkpointAt = now;
    const { database } = this.#core;
    let emptied = false;
    try {
      database.exec("PRAGMA busy_timeout = 0");
      emptied = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy === 0;
    } catch {
      // A full disk is told of by the next batch.
    } finally {
      database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    }
    if (emptied) this.#walTold = false;
    else if (!this.#walTold) {
      this.#walTold = true;
      this.#note({
        kind: "wal",
        level: "warning",
        message:
          `The write-ahead log has grown to ${Math.round(this.#guard.walSize / 2 ** 20)} MiB, as ` +
          `another program reads the file for long.`,
        data: { bytes: this.#guard.walSize },
      });
    }
  }

  #look(): void {
    const stall = this.#watchdog.look(monotonic(), LOOK_EVERY);
    if (stall !== undefined) {
      const seconds = (stall.lasted / 1000).toFixed(1);
      const message = stall.over
        ? `The main thread ran again after ${seconds} s in which nothing was measured.`
        : `The main thread has not run for ${seconds} s: a task blocks it.`;
      if (!stall.over) this.#report("stalled", message);
      this.#note({
        kind: "stall",
        level: "warning",
        message,
        data: { milliseconds: Math.round(stall.lasted), over: stall.over },
      });
    }
    if (this.#waiting !== undefined || this.#failed) return;
    // An empty batch writes nothing, but passes the guard.
    if (this.#guard.look() !== undefined) {
      try {
        this.#commit(NOTHING);
      } catch (error) {
        this.#fail(error);
      }
    }
  }
}
