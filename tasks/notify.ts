/**
 * Telling a channel of a run, in a session without the builder.
 *
 * @module
 */

import { announce, checkedNotifyOptions, type NotifyOptions } from "../notify/announce.ts";
import { checkChannel } from "../session/outbox/channel.ts";
import type { Channel } from "../session/outbox/types.ts";
import type { Task } from "../session/task.ts";

/**
 * A task that tells a channel how the run ended, what failed, and of alarms. Messages are kept in the session's file
 * until they are delivered.
 *
 * @param channel Such as one of `mail()`, `webhook()`, `command()`.
 * @param options Of what it is told.
 * @throws {TypeError} If it is no channel, or an option is unknown or of the wrong kind.
 *
 * @example
 * ```ts ignore
 * import { every, notify, Session, webhook } from "@stripchart/stripchart";
 *
 * await using session = new Session("cooling");
 * await session.monitor(
 *   every("10s", () => ({ temperature: 20 })),
 *   notify(webhook({ preset: "ntfy", url: "https://ntfy.sh/lab-7-cooling" })),
 * );
 * ```
 */
export function notify(channel: Channel, options: NotifyOptions = {}): Task {
  checkChannel(channel);
  const checked = checkedNotifyOptions(options);
  return {
    kind: "notify",
    name: `notify ${channel.name}`,
    background: true,
    async run({ session, stopping }): Promise<void> {
      await announce(session, channel, checked);
      await new Promise<void>((resolve) => {
        if (stopping.aborted) resolve();
        else stopping.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
}
