/**
 * Mailboxes as people write them.
 *
 * @module
 */

import type { Mailbox } from "./mail_message.ts";

// deno-lint-ignore no-control-regex -- what would end a header's line
const CONTROLS = /[\x00-\x1f\x7f\x85\u2028\u2029]/;
const ADDRESS = /^[^\s<>@",;:()[\]\\]+@[^\s<>@",;:()\\]+$/;
const NAMED = /^(.*?)\s*<([^<>]*)>$/;

/** An error about what a user gave. */
export function refuse(what: string, why: string, seen: unknown): TypeError {
  return new TypeError(`Cannot set ${what} up, as ${why}: ${JSON.stringify(seen) ?? typeof seen}`);
}

/**
 * Refuses a text that is not one line: what follows a line break would become a header or a command of its own.
 *
 * @throws {TypeError} If it is none.
 */
export function checkedLine(what: string, field: string, text: unknown): string {
  if (typeof text !== "string" || text === "") {
    throw refuse(what, `${field} must be a text that is not empty`, text);
  }
  if (CONTROLS.test(text) || !text.isWellFormed()) {
    throw refuse(what, `${field} must be one line without control characters`, text);
  }
  return text;
}

/**
 * A mailbox from `you@lab.org` or `You <you@lab.org>`.
 *
 * @throws {TypeError} If it is none, or several.
 */
export function parseMailbox(what: string, field: string, text: unknown): Mailbox {
  const line = checkedLine(what, field, text).trim();
  const match = NAMED.exec(line);
  const address = (match?.[2] ?? line).trim();
  const name = (match?.[1] ?? "").replace(/^"(.*)"$/, "$1").trim();
  if (!ADDRESS.test(address)) {
    throw refuse(
      what,
      `${field} must be one address such as "you@lab.org" or "You <you@lab.org>"`,
      text,
    );
  }
  return { name, address };
}

/** Mailboxes from one text or a list of them. */
export function parseMailboxes(what: string, field: string, value: unknown): Mailbox[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((one) => parseMailbox(what, field, one));
}
