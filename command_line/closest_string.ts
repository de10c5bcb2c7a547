/**
 * The nearest of some words, for messages that guess what was meant. The first two have
 * the names and signatures of `@std/text`.
 *
 * @module
 */

/**
 * The number of characters to insert, delete or replace to make `str2` of `str1`.
 *
 * @param str1 The one text.
 * @param str2 The other.
 */
export function levenshteinDistance(str1: string, str2: string): number {
  const [a, b] = [[...str1], [...str2]];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, one] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      const replace = (row[j] ?? 0) + (one === other ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** How words are compared. */
export interface ClosestStringOptions {
  /** Whether `a` and `A` differ. @default false */
  readonly caseSensitive?: boolean;
  /** The distance of two words. @default levenshteinDistance */
  readonly compareFn?: (a: string, b: string) => number;
}

/**
 * The word that is nearest to the given one.
 *
 * @param givenWord The word that was written.
 * @param possibleWords The words that could be meant.
 * @throws {TypeError} If there are no possible words.
 */
export function closestString(
  givenWord: string,
  possibleWords: readonly string[],
  options: ClosestStringOptions = {},
): string {
  const { caseSensitive = false, compareFn = levenshteinDistance } = options;
  const form = (word: string): string => caseSensitive ? word : word.toLowerCase();
  const [nearest] = [...possibleWords].sort((a, b) =>
    compareFn(form(givenWord), form(a)) - compareFn(form(givenWord), form(b))
  );
  if (nearest === undefined) {
    throw new TypeError("Cannot find the closest word, as there are no possible words");
  }
  return nearest;
}

/**
 * The word that was most likely meant, or undefined if none is near.
 *
 * @param givenWord The word that was written.
 * @param possibleWords The words that could be meant.
 */
export function nearString(
  givenWord: string,
  possibleWords: readonly string[],
): string | undefined {
  if (possibleWords.length === 0) return undefined;
  const nearest = closestString(givenWord, possibleWords);
  const distance = levenshteinDistance(givenWord, nearest);
  return distance <= Math.max(2, nearest.length / 3) ? nearest : undefined;
}
