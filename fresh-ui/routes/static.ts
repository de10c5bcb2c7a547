/**
 * `GET static/:name`
 *
 * @module
 */

import type { Page } from "../page.ts";
import { BadRequest, type RouteContext } from "./request.ts";

/** A file that the page loads: for ever under the name with its digest, else as long as it is the same. */
export async function staticFile(page: Page, c: RouteContext): Promise<Response> {
  const name = c.req.param("name") ?? "";
  const lasting = page.assets.at(name);
  const asset = lasting ?? page.assets.named(name);
  if (asset === undefined) throw new BadRequest(404, `Cannot find ${JSON.stringify(name)}.`);
  const etag = `"${asset.path}"`;
  const headers = {
    "content-type": asset.type,
    "cache-control": lasting === undefined ? "no-cache" : "public, max-age=31536000, immutable",
    "vary": "accept-encoding",
    etag,
  };
  if (c.req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
  if (!/\bgzip\b/.test(c.req.header("accept-encoding") ?? "")) {
    return new Response(asset.text, { headers });
  }
  const body = await asset.gzip();
  return new Response(body, { headers: { ...headers, "content-encoding": "gzip" } });
}
