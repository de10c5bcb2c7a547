/**
 * The width of text, without a screen: the same for SVG, canvas and pictures.
 *
 * @module
 */

// Advance widths of DejaVu Sans in thousandths of the font's size, from the font's own table `hmtx`. It is wider than
// Helvetica and Arial, so that what fits in it fits in the fonts that stand in for it.
const ASCII = [
  ...[318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337],
  ...[636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531],
  ...[1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787],
  ...[603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500],
  ...[500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612],
  ...[635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838],
];
const LATIN_1 = [
  ...[318, 401, 636, 636, 636, 636, 337, 500, 500, 1000, 471, 612, 838, 361, 1000, 500],
  ...[500, 838, 401, 401, 500, 636, 636, 318, 500, 401, 471, 612, 969, 969, 969, 531],
  ...[684, 684, 684, 684, 684, 684, 974, 698, 632, 632, 632, 632, 295, 295, 295, 295],
  ...[775, 748, 787, 787, 787, 787, 787, 838, 787, 732, 732, 732, 732, 611, 605, 630],
  ...[613, 613, 613, 613, 613, 613, 982, 550, 615, 615, 615, 615, 278, 278, 278, 278],
  ...[612, 634, 612, 612, 612, 612, 612, 838, 612, 634, 634, 634, 634, 592, 635, 592],
];
const GREEK = [
  ...[684, 686, 557, 684, 632, 685, 752, 787, 295, 656, 684, 863, 748, 632, 787, 752],
  ...[603, 0, 632, 611, 611, 787, 685, 787, 764, 295, 611, 659, 541, 634, 338, 579],
  ...[659, 638, 592, 612, 541, 544, 634, 612, 338, 589, 592, 636, 559, 558, 612, 602],
  ...[635, 587, 634, 602, 579, 660, 578, 660, 837],
];
const OTHERS: Readonly<Record<string, number>> = {
  "−": 838,
  "⁻": 528,
  "√": 637,
  "∞": 833,
  "≤": 838,
  "≥": 838,
  "…": 1000,
  "–": 500,
  "—": 1000,
  "‰": 1342,
  "℃": 1123,
  "∆": 669,
  "∂": 517,
  "′": 227,
  "″": 374,
  "→": 838,
  "⋅": 318,
};

/** How much wider than the plain font the bold one is, at most nearly everywhere. */
const BOLD = 1.15;

function thousandths(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const own = code < 0x7f
    ? ASCII[code - 0x20]
    : code < 0x100
    ? LATIN_1[code - 0xa0]
    : code >= 0x391 && code <= 0x3c9
    ? GREEK[code - 0x391]
    : OTHERS[character];
  if (own !== undefined) return own;
  if (code < 0x20 || /\p{Mark}|\p{Cf}/u.test(character)) return 0;
  // Super- and subscript digits.
  if (code >= 0x2070 && code <= 0x2089) return 401;
  // Ideographs, pictures and the like are as wide as high, pictures somewhat wider.
  return code >= 0x1f000 ? 1400 : code >= 0x2e80 ? 1000 : 750;
}

/**
 * How wide a text is.
 *
 * @param text One line.
 * @param size The font's size, pixels.
 * @returns Pixels.
 */
export function textWidth(text: string, size: number, bold = false): number {
  let sum = 0;
  for (const character of text) sum += thousandths(character);
  return sum * size * (bold ? BOLD : 1) / 1000;
}

/** A text, cut with an ellipsis so that it is no wider than `most` pixels; empty if there is room for none of it. */
export function fitText(text: string, size: number, most: number, bold = false): string {
  if (textWidth(text, size, bold) <= most) return text;
  let fitting = "";
  let cut = "";
  for (const character of text) {
    cut += character;
    if (textWidth(`${cut.trimEnd()}…`, size, bold) > most) break;
    fitting = cut;
  }
  return fitting === "" ? "" : `${fitting.trimEnd()}…`;
}
