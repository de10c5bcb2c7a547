/**
 * Texts of any origin as one line.
 *
 * @module
 */

/** Longest name and longest sentence that a report shows in full, characters. */
export const NAME = 60;
const SENTENCE = 300;

/**
 * A text as one line of a bounded length: what comes from an instrument may hold anything, and what turns the
 * direction of writing round could make a line say something else.
 */
export function oneLine(text: string, most = SENTENCE): string {
  const line = text.toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "")
    .trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join("").trimEnd()}…`;
}
