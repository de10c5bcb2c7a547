/**
 * Writes messages that wait to be delivered, and forgets what they said once they are.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { rowCheck } from "./codec.ts";
import type { OutboxMessage, OutboxPayload, OutboxRecord } from "./outbox_types.ts";
import type { Statements } from "./statements.ts";

/** So many messages that no longer wait are kept, without what they said; older ones are only counted. */
const KEPT = 1000;

/** What {@linkcode OutboxPayload} says beside its files, as it is stored. */
export function payloadHeader({ text, html, attachments }: OutboxPayload): string {
  return JSON.stringify({ text, ...html === undefined ? {} : { html }, attachments });
}

/** Checksum of what a message says. */
export function payloadCheck(id: number, header: string, data: Uint8Array): number {
  return crc32(data, rowCheck(id, header));
}

/** Checksum of what never changes of a message; `settings` as it is stored. */
export function messageCheck(
  seq: number,
  message: Omit<OutboxMessage, "settings">,
  settings: string,
): number {
  const { id, channel, channelKind, kind, level, subject, created, notBefore, expires } = message;
  return rowCheck(
    seq,
    id,
    channel,
    channelKind,
    settings,
    kind,
    level,
    subject,
    created,
    notBefore,
    expires,
    message.coalesceKey,
    message.bytes,
  );
}

/**
 * Writes messages and what becomes of others.
 *
 * @param seq The place of the first message.
 * @returns The place that comes next.
 */
export function writeOutbox(sql: Statements, seq: number, record: OutboxRecord): number {
  const { add = [], payload, changes = [] } = record;
  const first = seq;
  for (const message of add) {
    const { id, channel, channelKind, kind, level, subject, coalesceKey, state } = message;
    const settings = JSON.stringify(message.settings) ?? "null";
    sql.insertMessage.get(
      seq,
      id,
      channel,
      channelKind,
      settings,
      kind,
      level,
      subject,
      message.created,
      message.notBefore,
      message.expires,
      coalesceKey,
      message.bytes,
      first,
      messageCheck(seq, message, settings),
      state,
      message.standsFor,
      state === "waiting" ? null : record.t,
      message.lastError,
    );
    seq += 1;
  }
  if (payload !== undefined && add.some(({ state }) => state === "waiting")) {
    const header = payloadHeader(payload);
    const { data } = payload;
    sql.insertPayload.get(first, header, payloadCheck(first, header, data), data);
  }
  for (const { id, state, standsFor, attempts, settled, lastError } of changes) {
    sql.changeMessage.get(
      state ?? null,
      standsFor ?? null,
      attempts ?? null,
      settled ?? null,
      lastError ?? null,
      id,
    );
    if (state !== undefined && state !== "waiting") sql.forgetPayload.get(id);
  }
  forgetOld(sql);
  return seq;
}

/** Counts what is older than the latest messages that no longer wait, and deletes it. */
function forgetOld(sql: Statements): void {
  const oldest = sql.oldMessage.get(KEPT)?.seq;
  if (oldest === undefined || oldest === null) return;
  sql.countOldMessages.get(oldest);
  sql.deleteOldMessages.get(oldest);
}
