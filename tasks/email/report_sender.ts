/**
 * Sends reports of a run: those that are due, and those of what happens.
 *
 * @module
 */

import type { Baseline, ReportKind } from "../../reports/report.ts";
import { ReportMaker } from "../../reports/report_maker.ts";
import { Grid } from "../../session/grid.ts";
import type { Outcome } from "../../session/outcome.ts";
import type { Session } from "../../session/session.ts";
import { asError, isStopped } from "../../session/stopped.ts";
import type { TaskContext } from "../../session/task.ts";
import { Daily } from "../../time/daily.ts";
import {
  compose,
  type ComposedReport,
  type ComposeRequest,
  type ReportLimits,
} from "./composer.ts";
import { occasionOf, Occasions } from "./occasions.ts";
import type { EmailSettings } from "./options.ts";

/** What a report may take while the run goes on, and at its end, when a person waits for it. */
const MEANWHILE: ReportLimits = { whole: 120_000, pictures: 60_000, disk: 10_000 };
const AT_THE_END: ReportLimits = { whole: 20_000, pictures: 10_000, disk: 4_000 };
/** How long the end waits for a report at most; more than it may take. */
const END_WITHIN = "30s";

/** What happens together is told together, and what happens again and again once in a while. Milliseconds. */
const TOGETHER = 2_000;
const APART = 60_000;

/** Takes reports that are made. */
export interface Mailbox {
  /** Whether nothing is sent, and only the last report made, for a person to look at. */
  readonly rehearsal: boolean;
  /**
   * Sends one.
   *
   * @throws {Error} If it can't be sent as it is.
   */
  post(report: ComposedReport, kind: ReportKind): void;
  /** Counts one that need not be made, in a rehearsal. */
  count(kind: ReportKind): void;
  /** Whether the regular report that was posted last has arrived, as far as is known. */
  arrived(): boolean;
}

/** Sends the reports of one run. It never fails, delays or ends the run: what can't be sent is an event. */
export class ReportSender {
  readonly #session: Session;
  readonly #settings: EmailSettings;
  readonly #name: string;
  readonly #mailbox: Mailbox;
  readonly #occasions = new Occasions();
  readonly #maker: ReportMaker;
  #baseline: Baseline | undefined;
  #posted: Baseline | undefined;
  #work: Promise<void> = Promise.resolve();

  /**
   * Begins nothing yet.
   *
   * @param name Names it in the file.
   * @param mailbox Where reports go.
   */
  constructor(session: Session, settings: EmailSettings, name: string, mailbox: Mailbox) {
    this.#session = session;
    this.#settings = settings;
    this.#name = name;
    this.#mailbox = mailbox;
    this.#maker = new ReportMaker(session);
  }

  /** Sends reports until the run stops, and has the last one sent when it is known how it went. */
  async run(context: TaskContext): Promise<void> {
    const { on } = this.#settings;
    const { stopping } = context;
    this.#session.onEnd(
      this.#name,
      (outcome, signal) => this.#end(outcome, signal),
      { timeout: END_WITHIN },
    );
    using _listening = this.#session.onEvent((event) => {
      const occasion = occasionOf(event);
      if (occasion !== undefined && on.has(occasion.kind)) this.#occasions.add(occasion);
    });
    const watching = this.#watch(context);
    watching.catch(() => {});
    await Promise.all([this.#regularly(context), watching]);
    stopping.throwIfAborted();
  }

  /** Makes those that are due. */
  async #regularly(context: TaskContext): Promise<void> {
    const { clock, stopping, statistics, start, end } = context;
    const { schedule, on, timeZone } = this.#settings;
    const atOnce = schedule?.kind === "every" && schedule.delay === 0;
    if (on.has("start") && !atOnce) await this.#meanwhile("start", "", stopping);
    if (schedule === undefined) return;
    let kind: ReportKind = on.has("start") && atOnce ? "start" : "regular";
    const due = async (wait: () => Promise<number | undefined>): Promise<never> => {
      while (true) {
        const lateness = await wait();
        statistics.began(clock.monotonic(), lateness);
        await this.#meanwhile(kind, "", stopping);
        statistics.ended(clock.monotonic());
        kind = "regular";
      }
    };
    if (schedule.kind === "at") {
      const daily = new Daily(schedule.time, timeZone);
      await due(async () => {
        await daily.next(clock, stopping);
        return undefined;
      });
      return;
    }
    using grid = new Grid(clock, schedule.period, "skip", start + schedule.delay);
    await due(async () => {
      context.progress({ nextAt: grid.due });
      const { lateness, skipped } = await grid.next(stopping, end);
      if (skipped > 0) statistics.skipped(skipped);
      return lateness;
    });
  }

  /** Makes those of what happens: some of it together, and not one after the other without end. */
  async #watch({ clock, stopping }: TaskContext): Promise<void> {
    let last = -Infinity;
    while (true) {
      await this.#occasions.come(stopping);
      const at = Math.max(clock.monotonic() + TOGETHER, last + APART);
      await clock.sleepUntil(at, stopping);
      last = clock.monotonic();
      const occasion = this.#occasions.take();
      if (occasion !== undefined) await this.#meanwhile(occasion.kind, occasion.reason, stopping);
    }
  }

  #meanwhile(kind: ReportKind, reason: string, stopping: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#send({ kind, reason, limits: MEANWHILE }, stopping));
  }

  /** One after the other: they share what they are made with. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  async #end(outcome: Outcome, signal: AbortSignal): Promise<void> {
    const { on } = this.#settings;
    const occasion = this.#occasions.take();
    const failed = outcome.status === "failed" && on.has("failure");
    const wanted = on.has("end") || failed || this.#mailbox.rehearsal;
    try {
      if (!wanted && occasion === undefined) return;
      const kind = wanted ? "end" : occasion?.kind ?? "end";
      const reason = wanted ? endReason(outcome.reason, occasion?.reason) : occasion?.reason ?? "";
      const hurry = AbortSignal.any([signal, this.#session.signal]);
      const never = new AbortController().signal;
      await this.#inTurn(() => this.#send({ kind, reason, limits: AT_THE_END, hurry }, never));
    } finally {
      this.#maker[Symbol.dispose]();
    }
  }

  async #send(request: Omit<ComposeRequest, "baseline">, signal: AbortSignal): Promise<void> {
    const { kind } = request;
    const mailbox = this.#mailbox;
    if (mailbox.rehearsal && kind !== "end") return mailbox.count(kind);
    try {
      // One that is still on its way may be taken back for this one, which then has to tell both.
      if (this.#posted !== undefined && mailbox.arrived()) this.#baseline = this.#posted;
      const whole = { ...request, baseline: this.#baseline };
      const composed = await compose(this.#session, this.#maker, this.#settings, whole, signal);
      if (composed.trouble !== undefined) this.#trouble(composed.trouble);
      mailbox.post(composed, kind);
      const regular = kind === "regular" || kind === "start";
      if (regular && composed.baseline !== undefined) this.#posted = composed.baseline;
    } catch (error) {
      if (isStopped(error)) throw error;
      this.#trouble(asError(error).message);
    }
  }

  #trouble(message: string): void {
    this.#session.repeatedEvent("report", "warning", this.#name, 1, (count) => {
      const often = count === 1 ? "" : ` (${count} times)`;
      return `a report could not be made: ${message}${often}`;
    });
  }
}

/** Why a run ended, with what happened just before, unless that is said already. */
function endReason(reason: string, occasion: string | undefined): string {
  if (occasion === undefined || reason.includes(occasion)) return reason;
  return `${reason}; ${occasion}`;
}
