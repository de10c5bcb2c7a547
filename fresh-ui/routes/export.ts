/**
 * `GET api/sessions/:file/export.csv`
 *
 * @module
 */

import { csv } from "../../session/history/csv.ts";
import type { Page } from "../page.ts";
import { namesOf, type RouteContext, sessionOf, windowOf } from "./request.ts";

/** Variables as a table; all of them if none is named. */
export function exportCsv(page: Page, c: RouteContext): Response {
  const session = sessionOf(page, c);
  const { reader } = session;
  const given = namesOf(c, session);
  const names = given.length > 0
    ? given
    : reader.variables().filter(({ recorded }) => recorded).map(({ name }) => name);
  const stem = session.id.replace(/\.db$/, "");
  const file = encodeURIComponent(`${stem}.csv`).replaceAll("'", "%27");
  const body = c.req.method === "HEAD" ? null : csv(reader, names, windowOf(c, session));
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename*=UTF-8''${file}`,
    },
  });
}
