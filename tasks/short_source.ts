/**
 * Functions as a person reads them in passing.
 *
 * @module
 */

/** What a function does, on a line that is not too long. */
export function shortSource(condition: (...args: never[]) => unknown): string {
  const line = condition.toString().replace(/\s+/g, " ").replace(/^\(?\{[^}]*\}\)?\s*=>\s*/, "");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
