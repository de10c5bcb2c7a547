/**
 * What became of a finder, in words.
 *
 * @module
 */

import type { FinderReport } from "../../devices/discovery/discover.ts";

/** As long as the longest outcome and the longest finder's name. */
const WIDTHS = { outcome: 9, finder: 6 } as const;

/** A finder's line, and one for each thing that it could not search. */
export function formatReport({ finder, outcome, message, gaps, found }: FinderReport): string {
  const result = outcome === "searched" ? `${message}: ${found} found` : message;
  const line = `${outcome.padEnd(WIDTHS.outcome)}  ${finder.padEnd(WIDTHS.finder)}  ${result}`;
  const indent = " ".repeat(WIDTHS.outcome + WIDTHS.finder + 4);
  return [line, ...gaps.map((gap) => `${indent}${gap}`)].map((one) => `${one}\n`).join("");
}
