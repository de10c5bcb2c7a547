/**
 * What tests of reports by e-mail share.
 *
 * @module
 */

import type { Channel, Delivery } from "../../../session/outbox/types.ts";
import type { Task } from "../../../session/task.ts";
import { emailTask } from "../../../tasks/email.ts";
import { type EmailOptions, emailSettings } from "../../../tasks/email/options.ts";
import { OutboxMailbox } from "../../../tasks/email/outbox_mailbox.ts";
import { START } from "../../session/_session.ts";

/** A message that arrived, and when on the clock of its session, in seconds since the beginning. */
export interface Arrived extends Delivery {
  readonly at: number;
}

/** A channel that keeps what it gets, as long as it is up. */
export function letterBox(): Channel & { readonly letters: Arrived[]; up: boolean } {
  const letters: Arrived[] = [];
  return {
    name: "email",
    kind: "mail",
    settings: {},
    letters,
    up: true,
    // deno-lint-ignore require-await -- what throws is to reject
    async send(message, { clock }): Promise<void> {
      if (!this.up) throw new Error("the server is away");
      letters.push({ ...message, at: clock.wall() / 1e6 - START });
    },
  };
}

/** Options that a test of something else does not care about. */
export const ADDRESSES = {
  from: "rig@lab.org",
  to: "you@lab.org",
  smtp: { host: "smtp.lab.org" },
  timeZone: "UTC",
} as const;

/** The task of `sendEmail()` with a channel of the test's. */
export function reporting(channel: Channel, options: Partial<EmailOptions> = {}): Task {
  const settings = emailSettings({ ...ADDRESSES, ...options });
  return emailTask(settings, "email", async (session) => {
    await session.addChannel(channel, { kinds: ["note"] });
    return new OutboxMailbox(session, channel.name);
  });
}

/** When messages arrived and what they are about. */
export function told(letters: readonly Arrived[]): [number, string, string][] {
  return letters.map(({ at, kind, subject }) => [at, kind, subject]);
}
