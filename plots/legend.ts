/**
 * The legend: what each line is, and its last value.
 *
 * @module
 */

import type { AnySeries } from "./figure.ts";
import { formatValue } from "./numbers.ts";
import { fitText, textWidth } from "./text_width.ts";

/** An entry of a legend; its places are pixels. */
export interface LegendEntry {
  /** Which series, by its place in the figure; null for the words that stand for those left out. */
  readonly series: number | null;
  /** Its name. */
  readonly label: string;
  /** Its last value with the unit; empty if it is not shown. */
  readonly value: string;
  /** Where it begins. */
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  /** How wide it is. */
  readonly width: number;
}

/** A legend with its places. */
export interface Legend {
  /** Its entries, row by row. */
  readonly entries: readonly LegendEntry[];
  /** How high it is. */
  readonly height: number;
}

/** Where a legend is to go. */
export interface LegendRoom {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** As many rows there may be. */
  readonly rows: number;
  readonly size: number;
}

/** How long the piece of line before a name is, in sizes of the font. */
export const SWATCH = 1.8;
/** The height of a row, in sizes of the font. */
export const ROW = 1.55;

/**
 * Lays a legend out: entries flow from left to right and wrap.
 *
 * @param series What it names.
 * @param values The last values, if they are to be shown.
 */
export function layLegend(
  series: readonly AnySeries[],
  values: readonly (number | null)[] | null,
  { x, y, width, rows, size }: LegendRoom,
): Legend {
  const entries: LegendEntry[] = [];
  const before = size * (SWATCH + 0.5);
  let [row, at] = [0, x];
  for (const [place, one] of series.entries()) {
    const last = values?.[place] ?? null;
    const value = last === null ? "" : valueText(last, one.unit);
    const valueWidth = value === "" ? 0 : textWidth(value, size) + size * 0.6;
    const label = fitText(one.label ?? one.name, size, width - before - valueWidth);
    // Widths in steps: a digit more or less must not move what follows.
    const wide = before + textWidth(label, size) + Math.ceil(valueWidth / size / 2) * size * 2;
    if (at > x && at + wide > x + width) [row, at] = [row + 1, x];
    if (row >= rows) {
      sayMore(entries, series.length, { x, width, size });
      break;
    }
    entries.push({
      series: place,
      label,
      value,
      x: at,
      y: y + (row + 1) * size * ROW - size * 0.45,
      width: wide,
    });
    at += wide + size * 1.4;
  }
  const used = entries.length === 0 ? 0 : Math.min(row + 1, rows);
  return { entries, height: used * size * ROW };
}

/** A value with its unit. */
export function valueText(value: number, unit?: string): string {
  const text = formatValue(value);
  return unit === undefined || unit === "" ? text : `${text} ${unit}`;
}

/** Puts "+ 3 more" at the end of the last row, in the place of entries where it must. */
function sayMore(
  entries: LegendEntry[],
  count: number,
  { x, width, size }: { x: number; width: number; size: number },
): void {
  while (entries.length > 0) {
    const last = entries.at(-1);
    if (last === undefined) return;
    const label = `+ ${count - entries.length} more`;
    const at = last.x + last.width + size * 1.4;
    const wide = textWidth(label, size);
    if (at + wide <= x + width) {
      entries.push({ series: null, label, value: "", x: at, y: last.y, width: wide });
      return;
    }
    entries.pop();
    const left = entries.at(-1);
    if (left === undefined || left.y !== last.y) {
      entries.push({
        series: null,
        label: `+ ${count - entries.length} more`,
        value: "",
        x: last.x,
        y: last.y,
        width: wide,
      });
      return;
    }
  }
}
