/**
 * Numbers and texts as the page's server and its clients exchange them.
 *
 * @module
 */

import type { WireNumber } from "./protocol.ts";

/** A number as JSON can say it. */
export function toWire(value: number): WireNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/** The number that {@linkcode toWire} was given; NaN for what is none. */
export function fromWire(value: WireNumber): number {
  return typeof value === "number" ? value : Number(value);
}

/** Values by name without a prototype, as one may be called `"__proto__"`. */
export function byName<T>(pairs: Iterable<readonly [string, T]>): Record<string, T> {
  const result: Record<string, T> = Object.create(null);
  for (const [name, value] of pairs) result[name] = value;
  return result;
}

/** JSON that can stand in a `script` element: nothing in it ends the element or begins another. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
