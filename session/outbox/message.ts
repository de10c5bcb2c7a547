/**
 * Messages as they are handed over, as they are kept, and as they are delivered.
 *
 * @module
 */

import { type DurationInput, milliseconds } from "../../time/duration.ts";
import { storable } from "../events.ts";
import { toMicroseconds, toSeconds } from "../moment.ts";
import { withoutSecrets } from "../secrets.ts";
import type { OutboxAttachment, OutboxMessage, OutboxPayload } from "../store/outbox_types.ts";
import type { Level } from "../store/types.ts";
import type { Delivery, MessageKind, OutgoingAttachment, OutgoingMessage } from "./types.ts";

/** How each kind of message is treated; `rank` says which is given up last where there is no room. */
const KINDS: Readonly<
  Record<
    MessageKind,
    { rank: number; level: Level; expires: DurationInput; coalesce: string | null }
  >
> = {
  report: { rank: 0, level: "info", expires: "1d", coalesce: "report" },
  log: { rank: 1, level: "info", expires: "1d", coalesce: null },
  note: { rank: 2, level: "info", expires: "7d", coalesce: null },
  end: { rank: 3, level: "info", expires: "7d", coalesce: null },
  failure: { rank: 4, level: "error", expires: "7d", coalesce: null },
  alarm: { rank: 5, level: "error", expires: "7d", coalesce: null },
};

const LEVELS: readonly unknown[] = ["debug", "info", "warning", "error"];
/** Characters of a subject. */
const LONGEST_SUBJECT = 250;
/** Media types as RFC 6838 has them, without parameters. */
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;
const CID = /^[\w.@-]+$/;
// deno-lint-ignore no-control-regex -- what would end a header's line, or could hide in it
const CONTROLS = /[\x00-\x1f\x7f\x85\u2028\u2029]+/g;

/** Which of two messages matters more: the greater. */
export function rankOf(kind: string): number {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as MessageKind].rank : 0;
}

/** Whether a text names a kind of message. */
export function isMessageKind(kind: unknown): kind is MessageKind {
  return typeof kind === "string" && Object.hasOwn(KINDS, kind);
}

/** A text as one line. */
export function oneLine(text: string): string {
  const line = text.toWellFormed().replace(CONTROLS, " ").trim();
  return line.length <= LONGEST_SUBJECT
    ? line
    : `${line.slice(0, LONGEST_SUBJECT - 1).toWellFormed()}…`;
}

/** A text as it may be kept. */
function clean(text: string): string {
  return withoutSecrets(storable(text));
}

/** A message apart from its channels. */
export interface Packed {
  /** What is common to all channels. */
  readonly message: Pick<
    OutboxMessage,
    "kind" | "level" | "subject" | "created" | "notBefore" | "expires" | "coalesceKey" | "bytes"
  >;
  /** What it says. */
  readonly payload: OutboxPayload;
}

function refuse(why: string): TypeError {
  return new TypeError(`Cannot send a message, as ${why}`);
}

function checkedAttachment(
  { name, type, cid, bytes }: OutgoingAttachment,
): OutboxAttachment {
  if (typeof name !== "string" || oneLine(name) !== name || name === "") {
    throw refuse(`the name of an attachment must be a short line: ${JSON.stringify(name)}`);
  }
  if (typeof type !== "string" || !MEDIA_TYPE.test(type)) {
    throw refuse(
      `the type of ${name} must be a media type such as "image/png": ${JSON.stringify(type)}`,
    );
  }
  if (!(bytes instanceof Uint8Array)) throw refuse(`${name} must hold bytes, a Uint8Array`);
  if (cid !== undefined && !(typeof cid === "string" && CID.test(cid))) {
    throw refuse(`the cid of ${name} must be letters, digits and .@_-: ${JSON.stringify(cid)}`);
  }
  return { name, type, length: bytes.byteLength, ...cid === undefined ? {} : { cid } };
}

/**
 * A message as it is kept.
 *
 * @param message The message, of any shape: the caller may not have had a compiler.
 * @param now Integer microseconds since 1970.
 * @throws {TypeError} If something of it has the wrong shape.
 */
export function pack(message: OutgoingMessage, now: number): Packed {
  const { kind, subject, text, html, attachments = [], level, coalesce } = message;
  if (!isMessageKind(kind)) {
    throw refuse(
      `its kind is none of ${Object.keys(KINDS).join(", ")}: ${JSON.stringify(kind)}`,
    );
  }
  if (typeof subject !== "string") throw refuse(`its subject must be a text: ${typeof subject}`);
  if (typeof text !== "string") throw refuse(`its text must be a text: ${typeof text}`);
  if (html !== undefined && typeof html !== "string") {
    throw refuse(`its HTML must be a text: ${typeof html}`);
  }
  if (level !== undefined && !LEVELS.includes(level)) {
    throw refuse(`its level is none of ${LEVELS.join(", ")}: ${JSON.stringify(level)}`);
  }
  if (coalesce !== undefined && coalesce !== null && typeof coalesce !== "string") {
    throw refuse(`what it coalesces by must be a text or null: ${typeof coalesce}`);
  }
  const files = attachments.map(checkedAttachment);
  const lasts = milliseconds(message.expires ?? KINDS[kind].expires);
  const data = new Uint8Array(files.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const { bytes } of attachments) {
    data.set(bytes, at);
    at += bytes.byteLength;
  }
  const said = { text: clean(text), ...html === undefined ? {} : { html: clean(html) } };
  const key = coalesce === undefined ? KINDS[kind].coalesce : coalesce;
  return {
    message: {
      kind,
      level: level ?? KINDS[kind].level,
      subject: oneLine(withoutSecrets(subject)),
      created: now,
      notBefore: message.notBefore === undefined ? now : toMicroseconds(message.notBefore),
      expires: now + Math.round(lasts * 1e3),
      coalesceKey: key === null ? null : storable(key),
      bytes: data.byteLength + 2 * (said.text.length + (said.html?.length ?? 0)),
    },
    payload: { ...said, attachments: files, data },
  };
}

/** HTML with a paragraph in front of all else that is seen. */
function withParagraph(html: string, paragraph: string): string {
  const body = /<body\b[^>]*>/i.exec(html);
  const at = body === null ? 0 : body.index + body[0].length;
  return `${html.slice(0, at)}<p>${paragraph}</p>${html.slice(at)}`;
}

/** A message as it is delivered; one that stands for others says so. */
export function unpack(
  message: Omit<OutboxMessage, "settings"> & { readonly standsFor: number },
  { text, html, attachments, data }: OutboxPayload,
  session: string,
): Delivery {
  const { standsFor, subject } = message;
  let at = 0;
  const files = attachments.map(({ length, ...file }): OutgoingAttachment => {
    at += length;
    return { ...file, bytes: data.subarray(at - length, at) };
  });
  const others = standsFor === 2 ? "the one before it" : `the ${standsFor - 1} before it`;
  const notice = standsFor === 1
    ? undefined
    : `This message stands for ${standsFor}: ${others} could not be delivered.`;
  return {
    id: message.id,
    kind: isMessageKind(message.kind) ? message.kind : "note",
    level: message.level,
    session,
    created: toSeconds(message.created),
    standsFor,
    subject: notice === undefined ? subject : `${subject} (the latest of ${standsFor})`,
    text: notice === undefined ? text : `${notice}\n\n${text}`,
    ...html === undefined
      ? {}
      : { html: notice === undefined ? html : withParagraph(html, notice) },
    attachments: files,
  };
}
