/**
 * Fields of JSON that anybody may have written.
 *
 * @module
 */

import type { Json } from "./store/types.ts";

/** An object's fields; none of anything else. */
export function fieldsOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, Json>>
    : {};
}
