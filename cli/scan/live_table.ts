/**
 * A table that grows while a person watches.
 *
 * @module
 */

import type { Terminal } from "../../session/terminal.ts";
import { type Rows, tableLines } from "./table.ts";

/** Most lines that are drawn again and again: they must fit in the lowest terminal that is in use. */
const MOST_LINES = 20;

const UP = (lines: number): string => lines === 0 ? "" : `\x1b[${lines}A`;
const CLEAR_BELOW = "\x1b[J";

/** Draws a table over itself. */
export class LiveTable {
  readonly #terminal: Terminal;
  readonly #active: boolean;
  #drawn = 0;

  /** @param active Whether it draws at all. */
  constructor(terminal: Terminal, active: boolean) {
    this.#terminal = terminal;
    this.#active = active;
  }

  /** Draws the rows as they are now, and that the search goes on. */
  draw(rows: Rows): void {
    if (!this.#active) return;
    const [head, ...body] = tableLines(rows);
    const hidden = Math.max(0, body.length - MOST_LINES);
    const lines = [
      ...head === undefined ? [] : [head],
      ...body.slice(hidden),
      hidden === 0 ? "searching …" : `searching … (${hidden} more above)`,
    ];
    // A line that is folded would take two. Some terminals don't know their width.
    const columns = (this.#terminal.columns || 80) - 1;
    const text = lines.map((line) =>
      line.length <= columns ? line : `${line.slice(0, columns - 1)}…`
    );
    this.#terminal.write(`${UP(this.#drawn)}\r${CLEAR_BELOW}${text.join("\n")}\n`);
    this.#drawn = lines.length;
  }

  /** Takes away what was drawn. */
  clear(): void {
    if (this.#drawn > 0) this.#terminal.write(`${UP(this.#drawn)}\r${CLEAR_BELOW}`);
    this.#drawn = 0;
  }
}
