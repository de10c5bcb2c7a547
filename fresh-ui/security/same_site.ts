/**
 * Keeps other web sites' pages out: those that reach this server under a name of their own (DNS rebinding), and those that
 * send it requests with the viewer's rights (CSRF).
 *
 * @module
 */

import { refusal } from "./refusal.ts";

/** Whether a host's name, as a URL has it, is this computer's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" ||
    hostname === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** The host's name that a request was made to; undefined if it is not one. */
function hostOf(
  request: Request,
): { readonly hostname: string; readonly host: string } | undefined {
  const host = request.headers.get("host");
  try {
    return new URL(host === null ? request.url : `http://${host}`);
  } catch {
    return undefined;
  }
}

/**
 * Refuses a request that was made under a name that is not this server's: the name then belongs to another site, whose
 * pages the browser takes for this one's.
 *
 * @param hosts Names that it has beside those of the computer itself; undefined if it may have any, since a token is asked for.
 */
export function refuseForeignHost(
  request: Request,
  hosts: readonly string[] | undefined,
): Response | undefined {
  const found = hostOf(request);
  if (found === undefined) return refusal(400, "Cannot answer, as the header Host is no host.");
  const { hostname } = found;
  if (hosts === undefined || isLoopback(hostname) || hosts.includes(hostname)) return undefined;
  return refusal(
    421,
    `Cannot answer as ${JSON.stringify(hostname)}, as this server does not have that name. ` +
      "Use the address that it printed, or give the name by the option hosts.",
  );
}

/** Refuses a request that another site's page makes, save that a person follows a link from there. */
export function refuseForeignSite(request: Request): Response | undefined {
  const site = request.headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return undefined;
  const follows = request.headers.get("sec-fetch-mode") === "navigate" &&
    request.headers.get("sec-fetch-dest") === "document" && request.method === "GET";
  if (follows) return undefined;
  return refusal(403, `Cannot answer, as a page of another site asks (${site}).`);
}

/** Refuses what may change something, if it may come from another site's page or form. */
export function refuseForeignPost(request: Request): Response | undefined {
  const origin = request.headers.get("origin");
  if (origin !== null && !isOwn(origin, request)) {
    return refusal(
      403,
      `Cannot answer, as a page of another site asks: ${JSON.stringify(origin)}.`,
    );
  }
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return undefined;
  return refusal(
    415,
    `Cannot read the request, as it must be application/json: ${type ?? "nothing"}.`,
  );
}

function isOwn(origin: string, request: Request): boolean {
  try {
    // The scheme may differ, behind a proxy that adds the encryption.
    return new URL(origin).host === hostOf(request)?.host;
  } catch {
    return false;
  }
}
