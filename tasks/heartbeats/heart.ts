/**
 * What beats, and when it does not.
 *
 * @module
 */

import { Grid } from "../../session/grid.ts";
import type { Outcome } from "../../session/outcome.ts";
import { readerOf } from "../../session/reader_of.ts";
import type { Session } from "../../session/session.ts";
import { asError } from "../../session/stopped.ts";
import { sleep } from "../../time/clock.ts";
import { formatDuration } from "../../time/duration.ts";
import { type BeatCarrier, carrierOf } from "./beats.ts";
import type { Beat, HeartbeatDefinition } from "./options.ts";

/** How long the last message may take, in milliseconds. */
const LAST = 5_000;
/** A new reason for no beat is told at most so often, in milliseconds. */
const TOLD_EVERY = 3_600_000;

/** Beats until the session is over. What goes wrong with it delays nobody and is told once. */
export class Heart {
  readonly #definition: HeartbeatDefinition;
  readonly #session: Session;
  readonly #carrier: BeatCarrier;
  readonly #over = new AbortController();
  readonly #underWay = new Set<string>();
  #recordedAt = NaN;
  #missed = 0;
  #reason = "";
  #toldAt = -Infinity;

  /** Begins to beat. */
  constructor(definition: HeartbeatDefinition, session: Session) {
    this.#definition = definition;
    this.#session = session;
    this.#carrier = carrierOf(definition);
    const { clock } = session;
    const listening = session.onEntry(() => {
      this.#recordedAt = clock.monotonic();
    });
    const beating = this.#run();
    session.onEnd("the last heartbeat", async (outcome, signal) => {
      listening[Symbol.dispose]();
      this.#over.abort();
      await beating;
      await this.#last(outcome, signal);
    }, { timeout: Temporal.Duration.from({ milliseconds: 2 * LAST }) });
  }

  async #run(): Promise<void> {
    const { clock } = this.#session;
    using grid = new Grid(clock, this.#definition.every);
    while (true) {
      try {
        await grid.next(this.#over.signal);
      } catch {
        return;
      }
      try {
        await this.#beat();
        this.#recovered();
      } catch (error) {
        if (this.#over.signal.aborted) return;
        this.#missedOne(asError(error).message);
      }
    }
  }

  async #beat(): Promise<void> {
    this.#checkSilence();
    const { timeout } = this.#definition;
    await this.#limited("what was recorded is not on disk", timeout, () => this.#session.flush());
    const beat = this.#now("running");
    await this.#limited(
      "it did not get through",
      timeout,
      (signal) => this.#carrier.beat(beat, signal),
    );
  }

  /** Whether entries still come, while anything runs that could record them. */
  #checkSilence(): void {
    const { running, tasks } = this.#session.standing();
    // Before the tasks begin, and while the run is being ended, nothing needs to be recorded.
    if (tasks.length === 0 || !running) return;
    const now = this.#session.clock.monotonic();
    if (Number.isNaN(this.#recordedAt)) this.#recordedAt = now;
    const periods = tasks.filter(({ state }) => state === "running" || state === "paused")
      .map(({ period }) => period ?? 0);
    const silence = this.#definition.silence ?? 3 * Math.max(this.#definition.every, ...periods);
    if (now - this.#recordedAt <= silence) return;
    throw new Error(`nothing was recorded for longer than ${formatDuration(silence)}`);
  }

  #now(state: Beat["state"]): Beat {
    const time = new Date(this.#session.clock.wall() / 1e3).toISOString();
    return { state, time, seq: readerOf(this.#session).lastSeq() };
  }

  /** Waits for something no longer than its time; of one that does not end no second one is begun. */
  async #limited(
    what: string,
    ms: number,
    work: (signal: AbortSignal) => Promise<void>,
    cut: AbortSignal = this.#over.signal,
  ): Promise<void> {
    if (this.#underWay.has(what)) throw new Error(`${what}, still`);
    const limit = new AbortController();
    const timer = new AbortController();
    const expired = sleep(this.#session.clock, ms, timer.signal).then(() => {
      throw new Error(`${what} within ${formatDuration(ms)}`);
    });
    const cutShort = Promise.withResolvers<never>();
    cut.addEventListener("abort", () => cutShort.reject(cut.reason), { signal: timer.signal });
    if (cut.aborted) cutShort.reject(cut.reason);
    this.#underWay.add(what);
    const done = work(limit.signal).finally(() => this.#underWay.delete(what));
    for (const promise of [expired, cutShort.promise, done]) promise.catch(() => {});
    try {
      await Promise.race([done, expired, cutShort.promise]);
    } finally {
      timer.abort();
      limit.abort(new Error(what));
    }
  }

  #missedOne(reason: string): void {
    const now = this.#session.clock.monotonic();
    this.#missed++;
    const fresh = this.#missed === 1 ||
      (reason !== this.#reason && now - this.#toldAt >= TOLD_EVERY);
    if (!fresh) return;
    this.#reason = reason;
    this.#toldAt = now;
    this.#session.event("heartbeat", "warning", `no beat: ${reason}`, "heartbeat");
  }

  #recovered(): void {
    if (this.#missed === 0) return;
    const missed = this.#missed;
    this.#missed = 0;
    const often = missed === 1 ? "one beat was" : `${missed} beats were`;
    const message = `it beats again; ${often} left out`;
    this.#session.event("heartbeat", "info", message, "heartbeat", { missed });
  }

  async #last({ status }: Outcome, signal: AbortSignal): Promise<void> {
    const { last } = this.#carrier;
    if (last === undefined) return;
    try {
      const beat = this.#now(status);
      await this.#limited(
        "the last message did not get through",
        LAST,
        (limit) => last(beat, limit),
        signal,
      );
    } catch (error) {
      const message = `nobody was told that the run is over: ${asError(error).message}`;
      this.#session.event("heartbeat", "warning", message, "heartbeat");
    }
  }
}
