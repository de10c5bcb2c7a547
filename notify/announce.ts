/**
 * What a channel is told of a run without a line of the user's code: how it ended, what failed, what went wrong.
 *
 * @module
 */

import type { Outcome } from "../session/outcome.ts";
import type { Channel, MessageKind, OutgoingMessage } from "../session/outbox/types.ts";
import type { Session } from "../session/session.ts";
import type { Level } from "../session/store/types.ts";
import { formatDuration } from "../time/duration.ts";
import { refuse } from "./addresses.ts";
import { LogDigest } from "./log_digest.ts";

/**
 * What a channel may be told of: that the run ended, that it or a task of it failed, that an alarm was raised or
 * cleared, what the log has of warnings and errors.
 */
export type Occasion = "end" | "failure" | "alarm" | "log";

/** What a channel is told of. */
export interface NotifyOptions {
  /** Of what. @default ["end", "failure", "alarm"] */
  readonly on?: readonly Occasion[];
  /** Of the log: what is at least so grave. @default "warning" */
  readonly level?: Level;
}

const OCCASIONS: readonly unknown[] = ["end", "failure", "alarm", "log"];
const LEVELS: readonly unknown[] = ["debug", "info", "warning", "error"];
const USUAL: readonly Occasion[] = ["end", "failure", "alarm"];
/** Last values that a message about the end has. */
const MOST_VALUES = 20;
const DIGEST_END = "10s";

/**
 * The options, if they can be meant.
 *
 * @throws {TypeError} If one is unknown or of the wrong kind.
 */
export function checkedNotifyOptions(given: unknown = {}): Required<NotifyOptions> {
  const what = "the notification";
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw refuse(what, "its options must be an object", given);
  }
  const unknown = Object.keys(given).find((field) => field !== "on" && field !== "level");
  if (unknown !== undefined) {
    throw refuse(what, "it has no such option (there are on, level)", unknown);
  }
  const { on = USUAL, level = "warning" } = given as NotifyOptions;
  if (!Array.isArray(on) || on.length === 0 || on.some((one) => !OCCASIONS.includes(one))) {
    throw refuse(what, `on must be a list of ${OCCASIONS.join(", ")}`, on);
  }
  if (!LEVELS.includes(level)) {
    throw refuse(what, `level must be one of ${LEVELS.join(", ")}`, level);
  }
  return { on: Object.freeze([...new Set(on)]), level };
}

/** The kinds of messages that a channel takes without being named, by what it is told of. */
export function kindsFor(on: readonly Occasion[]): MessageKind[] {
  return [...on.filter((one) => one === "alarm"), "note"];
}

/**
 * Adds a channel to a session, and tells it of what it is to be told of.
 *
 * @param session The session.
 * @param channel The channel; it may be asked for a password here.
 */
export async function announce(
  session: Session,
  channel: Channel,
  options: NotifyOptions = {},
): Promise<void> {
  const { on, level } = checkedNotifyOptions(options);
  await session.addChannel(channel, { kinds: kindsFor(on) });
  const send = (message: OutgoingMessage): void => void session.notify(message, [channel.name]);
  const failure = on.includes("failure");
  if (failure) {
    session.onEvent(({ kind, source, message }) => {
      if (kind !== "task-failed") return;
      send({
        kind: "failure",
        subject: `${title(session)}: ${source ?? "a task"} failed: ${message}`,
        text: `${source ?? "A task"} failed, the others go on.\n\n${message}\n\n${facts(session)}`,
      });
    });
  }
  if (failure || on.includes("end")) {
    session.onEnd(`telling ${channel.name}`, async (outcome) => {
      if (outcome.status === "failed" || on.includes("end")) {
        await session.notify(endMessage(session, outcome), [channel.name]);
      }
    });
  }
  if (on.includes("log")) {
    const told = [...on.includes("alarm") ? ["alarm"] : [], ...failure ? ["task-failed"] : []];
    const digest = new LogDigest(session, channel.name, level, told);
    session.onEnd(`the last lines for ${channel.name}`, () => digest[Symbol.asyncDispose](), {
      timeout: DIGEST_END,
    });
  }
}

function title({ name }: Session): string {
  return name === "" ? "the session" : name;
}

function endMessage(session: Session, { status, reason }: Outcome): OutgoingMessage {
  const how = status === "interrupted"
    ? "was interrupted"
    : status === "failed"
    ? "failed"
    : "ended";
  return {
    kind: status === "failed" ? "failure" : "end",
    subject: `${title(session)} ${how}: ${reason}`,
    text: `The run ${how}: ${reason}.\n\n${facts(session)}`,
  };
}

/** When, where, and the last values. */
function facts(session: Session): string {
  const now = session.clock.wall() / 1e6;
  const run = session.runs().at(-1);
  const started = run === undefined ? now : run.started / 1e6;
  const values = Object.entries(session.latest);
  return [
    `began   ${moment(started)}`,
    `now     ${moment(now)}, after ${formatDuration(Math.max(0, now - started) * 1e3)}`,
    `file    ${session.file}`,
    ...values.length === 0 ? [] : ["", "last values"],
    ...values.slice(0, MOST_VALUES).map(([name, value]) =>
      `  ${name}  ${Number(value.toPrecision(6))}`
    ),
    ...values.length > MOST_VALUES ? [`  and ${values.length - MOST_VALUES} more`] : [],
  ].join("\n");
}

function moment(seconds: number): string {
  return `${new Date(seconds * 1e3).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
