/**
 * Reads what a request asks for, and refuses what is out of bounds.
 *
 * @module
 */

import type { Context } from "hono";
import { toMicroseconds } from "../../session/moment.ts";
import type { Page } from "../page.ts";
import type { WatchedSession } from "../watched_session.ts";

/** What a route is told beside the request. */
export interface RouteEnv {
  /** See Hono. */
  Bindings: {
    /** Where the request comes from, as far as that is known. */
    readonly address: string;
  };
}

/** A request as a route sees it. */
export type RouteContext = Context<RouteEnv>;

/** A request that cannot be answered as it is. */
export class BadRequest extends Error {
  /** The status of the answer. */
  readonly status: number;

  /** A request to be refused with a status and a sentence. */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Variables that one request may name. */
const MOST_NAMES = 200;

/** The session that the path names. */
export function sessionOf(page: Page, c: RouteContext): WatchedSession {
  const id = c.req.param("file") ?? "";
  const session = page.sources.get(id);
  if (session !== undefined) return session;
  throw new BadRequest(404, `Cannot find the session ${JSON.stringify(id)}: see api/sessions.`);
}

/** The variables that the request names, each of which there is. */
export function namesOf(c: RouteContext, session: WatchedSession): string[] {
  const names = c.req.queries("name") ?? [];
  if (names.length > MOST_NAMES) {
    throw new BadRequest(400, `Cannot read more than ${MOST_NAMES} variables: ${names.length}.`);
  }
  const known = new Set(session.reader.variables().map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return names;
  throw new BadRequest(404, `Cannot find a variable of the name ${JSON.stringify(unknown)}.`);
}

/** A number of the query; `otherwise` if there is none. */
export function numberOf<T>(c: RouteContext, field: string, otherwise: T): number | T {
  const text = c.req.query(field);
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new BadRequest(
    400,
    `Cannot read ${field}, as it must be a number: ${JSON.stringify(text)}.`,
  );
}

/** A whole number of the query within bounds; `otherwise` if there is none. */
export function integerOf(
  c: RouteContext,
  field: string,
  otherwise: number,
  [least, most]: readonly [number, number],
): number {
  const value = numberOf(c, field, otherwise);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new BadRequest(
    400,
    `Cannot use ${field}, as it must be a whole number from ${least} to ${most}: ${value}.`,
  );
}

/** A window in microseconds. */
export interface Window {
  /** First time. */
  readonly from: number;
  /** Last time. */
  readonly to: number;
}

/** The window that the request names; an end that is left out is that of the session. */
export function windowOf(c: RouteContext, session: WatchedSession): Window {
  const end = (field: string): number | undefined => {
    const value = numberOf(c, field, undefined);
    if (value === undefined) return undefined;
    try {
      return toMicroseconds(value);
    } catch {
      throw new BadRequest(400, `Cannot use ${field}, as no time is meant by it: ${value}.`);
    }
  };
  const [givenFrom, givenTo] = [end("from"), end("to")];
  const { first, last } = session.reader.range();
  // A session of one entry has a window of a microsecond.
  const from = givenFrom ?? Math.min(first ?? 0, (givenTo ?? Infinity) - 1);
  const to = givenTo ?? Math.max(last ?? 0, from + 1);
  if (from < to) return { from, to };
  throw new BadRequest(400, "Cannot use the window, as `from` must be before `to`.");
}

/** Bytes as an answer. */
export function binary(bytes: Uint8Array<ArrayBuffer>): Response {
  return new Response(bytes, { headers: { "content-type": "application/octet-stream" } });
}

/** Bytes that a request may have. */
const MOST_BYTES = 64 * 1024;

/** The JSON that a request holds. */
export async function jsonOf(c: RouteContext): Promise<unknown> {
  const { body } = c.req.raw;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Counted as it comes: what its header says need not be true.
  for await (const part of body ?? []) {
    length += part.byteLength;
    if (length > MOST_BYTES) {
      throw new BadRequest(
        413,
        `Cannot read the request, as it has more than ${MOST_BYTES} bytes.`,
      );
    }
    parts.push(part);
  }
  try {
    return JSON.parse(await new Blob(parts).text());
  } catch {
    throw new BadRequest(400, "Cannot read the request, as it is not JSON.");
  }
}
