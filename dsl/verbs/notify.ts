/**
 * `.notify(channel, options?)`
 *
 * @module
 */

import type { Permissions } from "../../devices/device.ts";
import {
  announce,
  checkedNotifyOptions,
  kindsFor,
  type NotifyOptions,
} from "../../notify/announce.ts";
import { checkChannel } from "../../session/outbox/channel.ts";
import type { Channel } from "../../session/outbox/types.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `notify`. */
export interface NotifyVerb<D extends AnyNamed, V extends string> {
  /**
   * Tells people how the run went: by mail, in a chat, by a program. Messages are kept in the session's file until they
   * are delivered, are sent beside the measurement, and go out at the next run if this one ends before.
   *
   * @param channel One of `mail()`, `webhook()`, `command()`, or one of your own.
   * @param options Of what it is told: `end`, `failure` (of the run or a task), `alarm`, and `log` with the `level` from
   * which on lines of the log are told of.
   * @throws {TypeError} If it is no channel, an option is of the wrong kind, or there is a channel of that name.
   *
   * @example
   * ```ts
   * import { experiment, webhook } from "@stripchart/stripchart";
   *
   * experiment("night")
   *   .every("1min", () => ({ random: Math.random() }))
   *   .notify(webhook({ preset: "ntfy", url: "https://ntfy.sh/lab-7-night" }), {
   *     on: ["failure", "alarm", "log"],
   *     level: "error",
   *   });
   * ```
   */
  notify(channel: Channel, options?: NotifyOptions): Experiment<D, V>;
}

interface NotifyNode extends Node {
  readonly kind: "notify";
  readonly channel: Channel;
  readonly options: Required<NotifyOptions>;
}

/** What stands in for a channel in a dry run: nobody is told of anything. */
function silent({ name, kind, settings }: Channel): Channel {
  return { name, kind, settings, send: () => Promise.resolve() };
}

const notify: Verb<NotifyNode> = {
  kind: "notify",
  node([given, options], before): NotifyNode {
    const channel = given as Channel;
    checkChannel(channel);
    const taken = before.some((node) =>
      "channel" in node && (node as NotifyNode).channel.name === channel.name
    );
    if (taken) {
      throw new TypeError(
        `Cannot notify by ${JSON.stringify(channel.name)}, as there is a channel of that name ` +
          `already. Give it another one, by the option name.`,
      );
    }
    return { kind: "notify", channel, options: checkedNotifyOptions(options) };
  },
  // What a channel keeps beside these may be secret.
  json: ({ kind, channel, options }) => ({
    kind,
    channel: { name: channel.name, kind: channel.kind, settings: channel.settings },
    ...options,
  }),
  describe({ channel: { name, kind }, options: { on, level } }, page): void {
    const what = on.map((one) => one === "log" ? `log from ${level} on` : one).join(", ");
    page.add("Notifications", name === kind ? name : `${name} (${kind})`, what);
  },
  permissions: ({ channel: { permissions = {} } }): Permissions => permissions,
  compile({ channel, options }, program): void {
    program.beginnings.push(({ session }) => announce(session, channel, options));
    // In a dry run nothing has begun; whoever sends to the channel by name must find one all the same.
    program.preparations.push(async ({ session }) => {
      if (session.hasChannel(channel.name)) return;
      await session.addChannel(silent(channel), { kinds: kindsFor(options.on) });
    });
  },
};

/** The verb `notify`. */
export const notifyVerb: Verb = defineVerb(notify);
