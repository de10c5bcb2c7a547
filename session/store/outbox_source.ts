/**
 * Reads messages that wait to be delivered or were.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type {
  OutboxAttachment,
  OutboxMessage,
  OutboxPayload,
  OutboxRow,
  OutboxState,
  OutboxTotals,
} from "./outbox_types.ts";
import { messageCheck, payloadCheck } from "./outbox_writer.ts";
import type { Damage } from "./reader_types.ts";
import { asArrays, rows } from "./statements.ts";
import type { Json, Level } from "./types.ts";

/** Which messages are wanted. */
export interface OutboxOptions {
  /** Only those that stand so. */
  readonly states?: readonly OutboxState[];
  /** The latest so many of them. */
  readonly limit?: number;
}

type Row = [
  seq: number,
  id: string,
  channel: string,
  channelKind: string,
  settings: string,
  kind: string,
  level: string,
  subject: string,
  created: number,
  notBefore: number,
  expires: number,
  coalesceKey: string | null,
  bytes: number,
  check: number,
  state: string,
  standsFor: number,
  attempts: number,
  settled: number | null,
  lastError: string | null,
];

/** The part of a reader that is about messages. A file of a schema without them has none. */
export class OutboxSource {
  readonly #db: DatabaseSync;
  readonly #report: (damage: Damage) => void;
  readonly #prepared = new Map<string, StatementSync>();
  #there = false;

  /** Damage is told to `report`. */
  constructor(db: DatabaseSync, report: (damage: Damage) => void) {
    this.#db = db;
    this.#report = report;
  }

  #rows<R extends readonly unknown[]>(text: string, ...values: (number | string)[]): R[] {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = asArrays(this.#db.prepare(text));
      this.#prepared.set(text, statement);
    }
    return rows<R>(statement, ...values);
  }

  /** Whether the file has the tables; it may get them while it is read. */
  get #found(): boolean {
    this.#there ||=
      this.#rows("SELECT 1 FROM sqlite_master WHERE name = 'outbox_total'").length > 0;
    return this.#there;
  }

  /** Messages, the oldest first. */
  messages({ states, limit }: OutboxOptions): OutboxRow[] {
    if (!this.#found) return [];
    const marks = states?.map(() => "?").join(", ");
    const found = this.#rows<Row>(
      "SELECT seq, id, channel, channel_kind, settings, kind, level, subject, created, not_before, " +
        'expires, coalesce_key, bytes, "check", state, stands_for, attempts, settled, last_error ' +
        `FROM outbox ${marks === undefined ? "" : `WHERE state IN (${marks}) `}` +
        "ORDER BY seq DESC LIMIT ?",
      ...states ?? [],
      limit ?? -1,
    );
    return found.flatMap((row) => this.#message(row) ?? []).reverse();
  }

  #message(row: Row): OutboxRow | undefined {
    const [seq, id, channel, channelKind, settings, kind, level, subject, ...rest] = row;
    const [created, notBefore, expires, coalesceKey, bytes, check, state, ...standing] = rest;
    const [standsFor, attempts, settled, lastError] = standing;
    const message: Omit<OutboxMessage, "settings"> = {
      id,
      channel,
      channelKind,
      kind,
      level: level as Level,
      subject,
      created,
      notBefore,
      expires,
      coalesceKey,
      bytes,
    };
    if (messageCheck(seq, message, settings) !== check) {
      this.#damaged(`Message ${seq}`, "outbox", seq);
      return undefined;
    }
    return {
      ...message,
      seq,
      settings: JSON.parse(settings) as Json,
      state: state as OutboxState,
      standsFor,
      attempts,
      settled,
      lastError,
    };
  }

  /** What a message says; undefined once it no longer waits, or if that is damaged. */
  payload(id: string): OutboxPayload | undefined {
    if (!this.#found) return undefined;
    const [row] = this.#rows<[number, string, number, Uint8Array]>(
      "SELECT id, header, crc, data FROM outbox_payload " +
        "WHERE id = (SELECT payload FROM outbox WHERE id = ?)",
      id,
    );
    return row === undefined ? undefined : this.#payload(row);
  }

  #payload([seq, header, crc, data]: [number, string, number, Uint8Array]):
    | OutboxPayload
    | undefined {
    if (payloadCheck(seq, header, data) !== crc) {
      this.#damaged(`What message ${seq} says`, "outbox_payload", seq);
      return undefined;
    }
    const said = JSON.parse(header) as {
      readonly text: string;
      readonly html?: string;
      readonly attachments: readonly OutboxAttachment[];
    };
    const own = data.buffer instanceof ArrayBuffer ? data as Uint8Array<ArrayBuffer> : data.slice();
    return { ...said, data: own };
  }

  /** How many messages there are and were. */
  totals(): OutboxTotals {
    const totals = { waiting: 0, sent: 0, failed: 0, expired: 0, coalesced: 0 };
    if (!this.#found) return totals;
    const counts = this.#rows<[OutboxState, number]>(
      "SELECT state, count(*) FROM outbox GROUP BY state " +
        "UNION ALL SELECT state, n FROM outbox_total",
    );
    for (const [state, n] of counts) totals[state] += n;
    // Once a message of a channel got through, what kept earlier ones is over.
    const [error] = this.#rows<[string]>(
      "SELECT last_error FROM outbox o WHERE last_error IS NOT NULL AND state IN ('waiting', 'failed') " +
        "AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.state = 'sent' AND s.channel = o.channel " +
        "AND s.settled > coalesce(o.settled, s.settled)) ORDER BY seq DESC LIMIT 1",
    );
    return error === undefined ? totals : { ...totals, lastError: error[0] };
  }

  /** Reads everything, which names what is damaged. */
  check(): void {
    this.messages({});
    if (!this.#found) return;
    for (
      const row of this.#rows<[number, string, number, Uint8Array]>(
        "SELECT id, header, crc, data FROM outbox_payload",
      )
    ) this.#payload(row);
  }

  #damaged(what: string, table: string, row: number): void {
    this.#report({ message: `${what} does not match its checksum.`, table, row });
  }
}
