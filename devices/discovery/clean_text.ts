/**
 * Text of instruments for people.
 *
 * @module
 */

/** Longest text that is kept of what an instrument says of itself. */
const LONGEST = 256;

/** Text without what would play tricks on a terminal: whoever is in the network may send some. */
export function cleanText(text: string): string {
  return text.slice(0, LONGEST).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
