/**
 * `GET api/sessions/:file/stream`
 *
 * @module
 */

import type { Page } from "../page.ts";
import { integerOf, type RouteContext, sessionOf } from "./request.ts";

/** What is new, for as long as somebody listens. */
export function stream(page: Page, c: RouteContext): Response {
  const session = sessionOf(page, c);
  const last = c.req.header("last-event-id");
  const bounds = [-1, Number.MAX_SAFE_INTEGER] as const;
  // A browser that comes back knows better than the address that it first used.
  const known = last !== undefined && /^\d{1,15}$/.test(last)
    ? Number(last)
    : integerOf(c, "since", -1, bounds);
  // Who asks for the headers only would never read what a stream holds ready.
  const body = c.req.method === "HEAD" ? null : session.hub.join(known < 0 ? undefined : known);
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      // Proxies would hold back what is to be seen at once.
      "x-accel-buffering": "no",
    },
  });
}
