/**
 * `GET api/sessions/:file/events`
 *
 * @module
 */

import type { Page } from "../page.ts";
import { integerOf, type RouteContext, sessionOf } from "./request.ts";

const MOST_EVENTS = 1_000;

/** The last events, or the last ones before a place in the order. */
export function events(page: Page, c: RouteContext): Response {
  const session = sessionOf(page, c);
  const last = Number.MAX_SAFE_INTEGER;
  return Response.json(session.events({
    before: integerOf(c, "before", last, [0, last]),
    limit: integerOf(c, "limit", 100, [1, MOST_EVENTS]),
  }));
}
