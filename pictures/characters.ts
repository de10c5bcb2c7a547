/**
 * The characters that the fonts of pictures have.
 *
 * @module
 */

/** Ranges of code points in hexadecimal, from and to, by what they are for. */
export const CHARACTERS: readonly string[] = [
  "0020-007E,00A0-017F,0192,0218-021B,0259,02BC,02C6-02DD,0300-0304,0307,0308,030A", // Latin
  "0370-0373,0376,0377,037A-037E,0384-038A,038C,038E-03A1,03A3-03FF,0400-045F", // Greek, Cyrillic
  "2002-200B,2010-2027,202F,2030-203A,205F,2070,2071,2074-208E,2090-209C,20AC", // spaces, dashes, super- and subscripts
  "2100-2109,210B-2149,214B,214E,2150-215F", // ℃, Å, Ω, ℓ, ħ, fractions
  "2190-2199,21CC,21D2,21D4,2200-22FF,2300,2308-230B", // arrows, mathematics, ⌀
  "25A0-25CF,2605,2606,2713,2717,FFFD", // shapes that marks are named with
];

const CLASS = CHARACTERS.join(",").split(",").map((range) =>
  range.split("-").map((code) => `\\u{${code}}`).join("-")
).join("");
const OTHERS = new RegExp(`[^${CLASS}]`, "gu");

/** What stands for a character that the fonts do not have: a box. */
const BOX = "□";

/** A text in which each character that the fonts lack is a box, so that it is seen that something was there. */
export function drawable(text: string): string {
  // Accents that can't be put onto a letter, and what is not to be seen anyway, leave nothing.
  return text.replace(OTHERS, (other) => /\p{Mark}|\p{Cf}|\p{Cc}/u.test(other) ? "" : BOX);
}
