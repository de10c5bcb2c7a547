/**
 * `.email({ from, to, every, smtp })`
 *
 * @module
 */

import type { Permissions } from "../../devices/device.ts";
import { mail } from "../../notify/mail.ts";
import type { Channel } from "../../session/outbox/types.ts";
import { CHANNEL_KINDS, emailTask, USUAL_NAME } from "../../tasks/email.ts";
import { type EmailOptions, type EmailSettings, emailSettings } from "../../tasks/email/options.ts";
import { OutboxMailbox } from "../../tasks/email/outbox_mailbox.ts";
import { Rehearsal, type SampleReport } from "../../tasks/email/rehearsal.ts";
import { formatDuration } from "../../time/duration.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { defineVerb, type Node, type Sample, type Verb } from "../verb.ts";

/** The verb `email`. */
export interface EmailVerb<D extends AnyNamed, V extends string> {
  /**
   * Reports the run by e-mail: the last values with their change, the plots as pictures, progress, tasks, and what went
   * wrong since the report before. The first one is made at once, the next ones after each `every` or daily `at` a time,
   * and beside those one at the end, on failure and when an alarm is raised. It can be used several times.
   *
   * A server that is away or does not answer delays and ends nothing: a report waits in the session's file until it is
   * delivered. A dry run sends nothing and leaves the last report as a file.
   *
   * @param options Who gets them, by which server, how often.
   * @throws {TypeError} If an option is unknown or of the wrong kind.
   * @throws {RangeError} If a length of time is too short, or there is no such time zone.
   * @throws {SyntaxError} If a duration or a time of day can't be read.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("cooling")
   *   .every("10s", () => ({ temperature: 20 }))
   *   .plot(["temperature"])
   *   .email({
   *     from: "rig@lab.org",
   *     to: ["you@lab.org", "me@lab.org"],
   *     every: "2h",
   *     smtp: { host: "smtp.lab.org" },
   *   });
   * ```
   */
  email(options: EmailOptions): Experiment<D, V>;
}

interface EmailNode extends Node {
  readonly kind: "email";
  readonly name: string;
  readonly settings: EmailSettings;
  readonly channel: Channel;
  /** The time zone, if one was chosen. */
  readonly zone: string | undefined;
}

function isEmail(node: Node): node is EmailNode {
  return node.kind === "email";
}

/** The name of the next one, unless it was given: that of its channel, which other verbs have too. */
function nameOf(given: string | undefined, before: readonly Node[]): string {
  const taken = new Set(
    before.map((node) => "channel" in node ? (node as EmailNode).channel.name : undefined),
  );
  if (given === undefined) {
    for (let n = 1;; n++) {
      const name = n === 1 ? USUAL_NAME : `${USUAL_NAME} ${n}`;
      if (!taken.has(name)) return name;
    }
  }
  if (!taken.has(given)) return given;
  throw new TypeError(
    `Cannot send reports by e-mail, as there is a channel of the name ${JSON.stringify(given)}. ` +
      "Give them another one, or none.",
  );
}

/** When reports are sent, in words. */
function whenInWords({ schedule, on, timeZone }: EmailSettings): string {
  const times = schedule === undefined
    ? []
    : schedule.kind === "at"
    ? [`daily at ${schedule.time.toString({ smallestUnit: "minute" })} ${timeZone}`]
    : [
      `every ${formatDuration(schedule.period)}` +
      (schedule.delay === 0 ? "" : ` from ${formatDuration(schedule.delay)} on`),
    ];
  const occasions = on.size === 0 ? [] : [`on ${[...on].join(", ")}`];
  return [...times, ...occasions].join(", ") || "never";
}

/** What the file of the n-th one's report ends with. */
function ending(n: number): string {
  return n === 0 ? "report.html" : `report-${n + 1}.html`;
}

const email: Verb<EmailNode> = {
  kind: "email",
  node([options], before): EmailNode {
    const settings = emailSettings(options);
    const name = nameOf(settings.name, before);
    const { from, to, smtp, timeZone: zone } = options as EmailOptions;
    return { kind: "email", name, settings, channel: mail({ name, from, to, smtp }), zone };
  },
  json({ kind, name, settings, channel, zone }): object {
    const { schedule, subject, on, csv, plots } = settings;
    return {
      kind,
      name,
      ...(schedule?.kind === "every"
        ? { every: `${schedule.period}ms`, initialDelay: `${schedule.delay}ms` }
        : schedule?.kind === "at"
        ? { at: schedule.time.toString({ smallestUnit: "minute" }) }
        : {}),
      // A plan is the same wherever it is made.
      ...(zone === undefined ? {} : { timeZone: zone }),
      ...(subject === undefined ? {} : { subject }),
      on: [...on],
      ...(csv === undefined ? {} : { attach: { csv: `${csv}ms` } }),
      plots,
      // What the channel shows of itself holds no secret: a plan is kept in the file and shown on the page.
      channel: channel.settings,
    };
  },
  describe({ settings }, page): void {
    page.add("Notifications", `report to ${settings.to.join(", ")}`, whenInWords(settings));
  },
  permissions({ channel }, flags): Permissions {
    if (flags["dry-run"] === true || channel.permissions === undefined) return {};
    return channel.permissions;
  },
  samplesOfAll: (nodes) => nodes.filter(isEmail).map((_, n) => ending(n)),
  compileAll(nodes, program): void {
    for (const [n, { name, settings, channel }] of nodes.filter(isEmail).entries()) {
      let opened = false;
      program.beginnings.push(async ({ session }) => {
        await session.addChannel(channel, CHANNEL_KINDS);
        opened = true;
      });
      program.tasks.push(
        emailTask(
          settings,
          name,
          (session) =>
            opened
              ? new OutboxMailbox(session, name)
              : new Rehearsal(settings, (made) => program.samples.push(sample(made, ending(n)))),
        ),
      );
    }
  },
};

function sample({ count, subject, html }: SampleReport, ending: string): Sample {
  const which = count === 1 ? "The report" : `The last of ${count} reports`;
  return { ending, about: `${which}, ${JSON.stringify(subject)}, is in`, text: html };
}

/** The verb `email`. */
export const emailVerb: Verb = defineVerb(email);
