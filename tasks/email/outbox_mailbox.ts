/**
 * Reports that go to people.
 *
 * @module
 */

import type { ReportKind } from "../../reports/report.ts";
import type { Session } from "../../session/session.ts";
import type { ComposedReport } from "./composer.ts";
import type { Mailbox } from "./report_sender.ts";

/** Messages of the outbox that are looked through for the last report. */
const LOOKED_AT = 200;

/** Hands reports to a session's outbox, which sends them by one of its channels. */
export class OutboxMailbox implements Mailbox {
  readonly rehearsal = false;
  readonly #session: Session;
  readonly #channel: string;
  #postedAt = -Infinity;

  /** @param channel The channel's name. */
  constructor(session: Session, channel: string) {
    this.#session = session;
    this.#channel = channel;
  }

  /** Hands a report over. */
  post({ message }: ComposedReport, kind: ReportKind): void {
    if (kind === "regular" || kind === "start") this.#postedAt = this.#session.clock.wall() / 1e6;
    // What can't be stored is said loudly by the session itself.
    this.#session.notify(message, [this.#channel]).catch(() => {});
  }

  /** Nothing is only counted. */
  count(): void {}

  /** Whether the last regular report was sent. */
  arrived(): boolean {
    const last = this.#session.outbox(LOOKED_AT).findLast(({ channel, kind, created }) =>
      channel === this.#channel && kind === "report" && created >= this.#postedAt
    );
    return last?.state === "sent";
  }
}
