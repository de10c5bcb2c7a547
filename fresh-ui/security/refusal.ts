/**
 * An answer that says no.
 *
 * @module
 */

/** A refusal as JSON: what, why, and what next. */
export function refusal(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error }, { status, headers });
}
