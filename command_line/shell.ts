/**
 * Text as a shell takes it.
 *
 * @module
 */

/**
 * A word as a POSIX shell reads it back, in quotes only where it needs them.
 *
 * @param word The word.
 */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
