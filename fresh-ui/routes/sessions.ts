/**
 * `GET api/sessions`, `GET api/sessions/:file`
 *
 * @module
 */

import type { Page } from "../page.ts";
import { type RouteContext, sessionOf } from "./request.ts";

/** The sessions that there are. */
export function sessionList(page: Page): Response {
  return Response.json(page.sources.list());
}

/** Everything about one session but its series. */
export function sessionInfo(page: Page, c: RouteContext): Response {
  return Response.json(sessionOf(page, c).info());
}
