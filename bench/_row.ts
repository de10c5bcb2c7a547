/**
 * One measured figure.
 *
 * @module
 */

/** The sections of the page, in its order. */
export const SECTIONS = [
  "Recording",
  "Beside pymanip",
  "Reading",
  "Talking to instruments",
  "Keeping time",
  "Memory",
  "Starting",
  "The live page",
  "Pictures",
  "Reports",
  "Messages",
] as const;

/** What a benchmark module exports beside its figures: `export function rows(): AsyncIterable<BenchRow>`. */
export interface BenchRow {
  /** Where on the page it stands; at the end, if absent. */
  readonly section?: typeof SECTIONS[number];
  /** What was measured, as the table's first column says it. */
  readonly name: string;
  /** The figure, in `unit`. */
  readonly value: number;
  /** Its unit, such as `"ms"`, `"calls/s"`, `"B"`. */
  readonly unit: string;
  /** What it must reach; a row that misses it makes the bench fail. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** The same work by another program in the same run, in the same unit. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** What a reader must know to read the figure. */
  readonly note?: string;
}

/** True if a row has no target or reaches it. NaN reaches nothing. */
export function reached(row: BenchRow): boolean {
  if (row.target === undefined) return true;
  return "atMost" in row.target ? row.value <= row.target.atMost : row.value >= row.target.atLeast;
}

/** Tells whoever runs the bench something at once, such as why a row is missing. */
export function say(line: string): void {
  // deno-lint-ignore no-console -- standard error, as the rows have the standard output
  console.error(line);
}
