/**
 * Makes the messages of a session's reports.
 *
 * @module
 */

import type { MadeReport } from "../../reports/desk.ts";
import type { ReportMaker } from "../../reports/report_maker.ts";
import type { Baseline, ReportKind } from "../../reports/report.ts";
import { stateWord } from "../../reports/words.ts";
import type { OutgoingMessage } from "../../session/outbox/types.ts";
import type { Session } from "../../session/session.ts";
import { asError } from "../../session/stopped.ts";
import { sleep } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import type { EmailSettings } from "./options.ts";
import { subjectOf } from "./subject.ts";

/** What a report may take of real time, in milliseconds: in all, for its pictures, and to wait for the disk. */
export interface ReportLimits {
  /** In all. */
  readonly whole: number;
  /** For its pictures. */
  readonly pictures: number;
  /** To wait for what was recorded to be on disk. */
  readonly disk: number;
}

/** A report as a message. */
export interface ComposedReport {
  /** The message. */
  readonly message: OutgoingMessage;
  /** What the next regular one counts from, if it was read. */
  readonly baseline?: Baseline;
  /** Why it says little: what kept it from being made. */
  readonly trouble?: string;
}

/** What is asked for. */
export interface ComposeRequest {
  /** Why. */
  readonly kind: ReportKind;
  /** What happened; empty for a regular one. */
  readonly reason: string;
  /** What it counts from; the run's beginning, if undefined. */
  readonly baseline: Baseline | undefined;
  /** What it may take. */
  readonly limits: ReportLimits;
  /** Aborts when somebody is in a hurry: a short one is made at once. */
  readonly hurry?: AbortSignal;
}

/**
 * Composes a report. Where it can't be made in time, it is a short one that says so: that a run failed is worth knowing
 * even when nothing can be read.
 *
 * @param signal Ends it when nobody wants it any more.
 * @throws {Error} The signal's reason, if it aborts.
 */
export async function compose(
  session: Session,
  maker: ReportMaker,
  settings: EmailSettings,
  request: ComposeRequest,
  signal: AbortSignal,
): Promise<ComposedReport> {
  const { kind, reason, baseline, limits, hurry } = request;
  // What is read and drawn takes real time, which a virtual clock knows nothing of.
  using _held = session.clock instanceof VirtualClock ? session.clock.hold() : undefined;
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal, ...hurry === undefined ? [] : [hurry]]);
  void sleep(systemClock, limits.whole, ends).then(
    () => over.abort(new Error(`it took longer than ${limits.whole / 1e3} s`)),
    () => {},
  );
  try {
    await flushed(session, limits.disk, ends);
    const made = await maker.make({
      kind,
      reason,
      file: session.file,
      now: session.clock.wall(),
      standing: session.standing(),
      plots: settings.plots,
      timeZone: settings.timeZone,
      picturesWithin: limits.pictures,
      ...(settings.csv === undefined ? {} : { table: settings.csv }),
      ...(baseline === undefined ? {} : { baseline }),
    }, ends);
    return { message: messageOf(made, settings), baseline: made.baseline };
  } catch (error) {
    signal.throwIfAborted();
    const trouble = hurry?.aborted === true ? "there was no time for it" : asError(error).message;
    return { message: brief(session, settings, request, trouble), trouble };
  } finally {
    over.abort();
  }
}

/** Waits for what was recorded, but not for a disk that is full. */
async function flushed(session: Session, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([
      session.flush(),
      sleep(systemClock, ms, AbortSignal.any([signal, over.signal])),
    ]);
  } finally {
    over.abort();
  }
}

/** What the outbox treats a report as. */
function messageKind(kind: ReportKind, state: string): OutgoingMessage["kind"] {
  switch (kind) {
    case "regular":
    case "start":
      return "report";
    case "end":
      return state === "failed" ? "failure" : "end";
    default:
      return kind;
  }
}

function messageOf(
  { report, html, text, pictures, files }: MadeReport,
  { subject, timeZone }: EmailSettings,
): OutgoingMessage {
  const { kind, state, name, reason, now } = report;
  return {
    kind: messageKind(kind, state),
    subject: subjectOf(subject, { name, state: stateWord(report), reason, now, timeZone }),
    text,
    html,
    attachments: [...pictures, ...files],
  };
}

/** A report of which nothing could be read. */
function brief(
  session: Session,
  { subject, timeZone }: EmailSettings,
  { kind, reason }: ComposeRequest,
  trouble: string,
): OutgoingMessage {
  const { running, outcome } = session.standing();
  const state = outcome?.status ?? (running ? "running" : "stopping");
  const name = session.name || "the session";
  const now = session.clock.wall() / 1e6;
  const line = subjectOf(subject, {
    name,
    state: stateWord({ kind, state }),
    reason,
    now,
    timeZone,
  });
  const lines = [
    line,
    ...reason === "" ? [] : [reason],
    "",
    `There is no more to tell: ${trouble}`,
  ];
  return {
    kind: messageKind(kind, state),
    subject: line,
    text: `${lines.join("\n")}\n`,
  };
}
