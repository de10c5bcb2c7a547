/**
 * What must never be kept: passwords, tokens, addresses that work like them.
 *
 * The script's text is kept with each run, and a script may hold a password.
 *
 * @module
 */

import type { Json } from "./store/types.ts";

/** A shorter one would blot out half of every text, and is none. */
const SHORTEST = 4;
/** What stands where a secret was. */
const BLOT = "(secret)";

const known = new Set<string>();

/** Has a text left out of whatever is kept or shown from now on, also as base64, in a URL and as source text. */
export function keepSecret(secret: string): void {
  if (secret.length < SHORTEST) return;
  known.add(secret);
  known.add(JSON.stringify(secret).slice(1, -1));
  known.add(encodeURIComponent(secret));
  known.add(new TextEncoder().encode(secret).toBase64());
}

/** A text with a blot for each secret in it. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const secret of known) clean = clean.replaceAll(secret, BLOT);
  return clean;
}

/** A JSON value whose texts have a blot for each secret in them; the same value if there is none. */
export function jsonWithoutSecrets(value: Json): Json {
  if (known.size === 0) return value;
  if (typeof value === "string") return withoutSecrets(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonWithoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, jsonWithoutSecrets(inner)]),
  );
}
