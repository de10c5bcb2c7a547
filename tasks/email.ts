/**
 * Reports of a run by e-mail.
 *
 * @module
 */

import { mail } from "../notify/mail.ts";
import type { Session } from "../session/session.ts";
import type { Task } from "../session/task.ts";
import { type EmailOptions, type EmailSettings, emailSettings } from "./email/options.ts";
import { OutboxMailbox } from "./email/outbox_mailbox.ts";
import { type Mailbox, ReportSender } from "./email/report_sender.ts";

/** How the sender of reports is called that has no other name. */
export const USUAL_NAME = "email";

/**
 * A task that reports the run by e-mail, beginning at once and then at an interval, at a time of day, or when something
 * happens: the last values with their change, the plots as pictures, progress, and what went wrong since.
 *
 * Reports are made and sent beside the measurement. A server that is away or does not answer delays and ends nothing: a
 * report waits in the session's file until it is delivered, and a later one stands for it.
 *
 * @param options Who gets them, by which server, how often.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If a length of time is too short, or there is no such time zone.
 * @throws {SyntaxError} If a duration or a time of day can't be read.
 *
 * @example
 * ```ts ignore
 * import { every, plot, sendEmail, Session } from "@stripchart/stripchart";
 *
 * await using session = new Session("cooling");
 * await session.monitor(
 *   every("10s", () => ({ temperature: 20 })),
 *   plot(["temperature"]),
 *   sendEmail({
 *     from: "rig@lab.org",
 *     to: "you@lab.org",
 *     every: "2h",
 *     smtp: { host: "smtp.lab.org" },
 *   }),
 * );
 * ```
 */
export function sendEmail(options: EmailOptions): Task {
  const settings = emailSettings(options);
  const { from, to, smtp } = options;
  // What the channel refuses is refused now.
  const channelOf = (name: string) => mail({ name, from, to, smtp });
  channelOf(settings.name ?? USUAL_NAME);
  return emailTask(settings, settings.name ?? USUAL_NAME, async (session) => {
    const name = settings.name ?? freeName(session);
    await session.addChannel(channelOf(name), CHANNEL_KINDS);
    return new OutboxMailbox(session, name);
  });
}

/** Beside its reports, the channel is told of what the program itself has to say. */
export const CHANNEL_KINDS = { kinds: ["note"] } as const;

function freeName(session: Session): string {
  for (let n = 1;; n++) {
    const name = n === 1 ? USUAL_NAME : `${USUAL_NAME} ${n}`;
    if (!session.hasChannel(name)) return name;
  }
}

/**
 * The task that sends reports.
 *
 * @param name Names it.
 * @param open Makes where the reports go; called once, when the task begins.
 */
export function emailTask(
  settings: EmailSettings,
  name: string,
  open: (session: Session) => Mailbox | Promise<Mailbox>,
): Task {
  const { schedule } = settings;
  return {
    kind: "email",
    name,
    ...(schedule?.kind === "every" ? { period: schedule.period } : {}),
    background: true,
    async run(context): Promise<void> {
      const mailbox = await open(context.session);
      await new ReportSender(context.session, settings, name, mailbox).run(context);
    },
  };
}
