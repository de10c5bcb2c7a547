/**
 * How large a session's file becomes.
 *
 * @module
 */

/**
 * What the store's layout comes to once the entries of a run lie in chunks, in bytes: a value, the time of an
 * entry, and the file itself.
 */
const BYTES = { value: 8.4, entry: 8.5, file: 98_304 } as const;

/**
 * The size of a file, about.
 *
 * @param entries How many entries it holds.
 * @param values How many values they hold together.
 */
export function expectedBytes(entries: number, values: number): number {
  return Math.round(BYTES.file + entries * BYTES.entry + values * BYTES.value);
}

/**
 * A number of bytes for people, in decimal units.
 *
 * @param bytes The number.
 */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
