/**
 * Reports of a dry run: counted, and the last one made for a person to look at.
 *
 * @module
 */

import { escapeHtml } from "../../reports/report_html.ts";
import type { ReportKind } from "../../reports/report.ts";
import type { OutgoingMessage } from "../../session/outbox/types.ts";
import type { ComposedReport } from "./composer.ts";
import type { Mailbox } from "./report_sender.ts";

/** A report as a file that a browser shows. */
export interface SampleReport {
  /** Its subject. */
  readonly subject: string;
  /** How many reports would have been sent. */
  readonly count: number;
  /** A whole document: its pictures are in it. */
  readonly html: string;
}

/** Who a message is from and to. */
export interface Addresses {
  /** Who sends it. */
  readonly from: string;
  /** Who gets it. */
  readonly to: readonly string[];
}

/** Keeps the last report. */
export class Rehearsal implements Mailbox {
  readonly rehearsal = true;
  readonly #addresses: Addresses;
  readonly #done: (sample: SampleReport) => void;
  readonly #counted = new Map<ReportKind, number>();

  /** @param done Gets the last report. */
  constructor(addresses: Addresses, done: (sample: SampleReport) => void) {
    this.#addresses = addresses;
    this.#done = done;
  }

  /** Takes the last one. */
  post({ message }: ComposedReport, kind: ReportKind): void {
    this.count(kind);
    const count = [...this.#counted.values()].reduce((sum, one) => sum + one, 0);
    const html = asDocument(message, this.#addresses);
    this.#done({ subject: message.subject, count, html });
  }

  /** Counts one. */
  count(kind: ReportKind): void {
    this.#counted.set(kind, (this.#counted.get(kind) ?? 0) + 1);
  }

  /** Nothing is ever sent. */
  arrived(): boolean {
    return true;
  }
}

/** A message as one document: its head above it, its pictures in it. */
export function asDocument(
  { subject, text, html, attachments = [] }: OutgoingMessage,
  { from, to }: Addresses,
): string {
  const files = attachments.filter(({ cid }) => cid === undefined)
    .map(({ name, bytes }) => `${name} (${bytes.byteLength} bytes)`);
  const head = [
    ["From", from],
    ["To", to.join(", ")],
    ["Subject", subject],
    ...files.length === 0 ? [] : [["Files", files.join(", ")]],
  ];
  const rows = head.map(([name = "", value = ""]) =>
    `<div><b>${escapeHtml(name)}:</b> ${escapeHtml(value)}</div>`
  ).join("");
  let body = html ?? `<pre>${escapeHtml(text)}</pre>`;
  for (const { cid, type, bytes } of attachments) {
    if (cid === undefined) continue;
    const data = `data:${type};base64,${bytes.toBase64()}`;
    body = body.replaceAll(`src="cid:${escapeHtml(cid)}"`, () => `src="${data}"`);
  }
  const block =
    `<div style="font:14px/1.5 sans-serif;padding:10px 14px;word-break:break-word">${rows}</div>`;
  const opening = /<body\b[^>]*>/i.exec(body);
  const at = opening === null ? 0 : opening.index + opening[0].length;
  return `${body.slice(0, at)}${block}${body.slice(at)}`;
}
