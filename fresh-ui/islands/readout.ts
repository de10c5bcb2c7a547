/// <reference lib="dom" />
/**
 * The values under the cursor.
 *
 * @module
 */

import { type CursorReading, readAt } from "../../plots/cursor.ts";
import type { Layout } from "../../plots/layout.ts";
import { lineColor } from "../../plots/theme.ts";
import { formatMoment, formatNumber } from "../components/format.ts";
import type { Place } from "./gestures.ts";

/** A line of the readout. */
interface Line {
  readonly name: string;
  readonly text: string;
  readonly color?: string;
}

/** A value with its unit, and how far a bucket's values reach. */
function valueText({ value, range }: CursorReading, unit: string | undefined): string {
  const text = range === undefined
    ? formatNumber(value)
    : `${formatNumber(value)} (${range.map((end) => formatNumber(end, 5)).join(" … ")})`;
  return withUnit(text, unit);
}

function withUnit(text: string, unit: string | undefined): string {
  return unit === undefined || unit === "" || text === "" ? text : `${text} ${unit}`;
}

/** Where the cursor is along the horizontal axis. */
function headOf({ figure, x }: Layout, at: number): Line[] {
  if (figure.kind === "trace") return [{ name: "index", text: String(Math.round(at)) }];
  if (figure.kind !== "time") return [];
  return x.kind === "elapsed"
    ? [{ name: "after", text: `${formatNumber(at)} s` }]
    : [{ name: "", text: formatMoment(at, Infinity) }];
}

/** What is under the cursor; nothing outside the plot. */
export function linesAt(layout: Layout, cursor: Place): Line[] {
  const { plot, figure, x, theme } = layout;
  if (cursor.x < plot.x || cursor.x > plot.x + plot.width) return [];
  const readings = readAt(layout, cursor);
  if (figure.kind === "heatmap") {
    return readings.flatMap(({ across, up = NaN, value }) =>
      ([[figure.x, across], [figure.y, up], [figure.z, value]] as const).map(([quantity, of]) => ({
        name: quantity.label ?? quantity.name,
        text: withUnit(formatNumber(of), quantity.unit),
      }))
    );
  }
  const lines = figure.series.flatMap((series, place): Line[] => {
    const found = readings.find((reading) => reading.series === place);
    const name = series.label ?? series.name;
    const color = lineColor(theme, series.color ?? place);
    if (found === undefined) return figure.kind === "xy" ? [] : [{ name, text: "–", color }];
    const along = figure.kind === "xy"
      ? ` at ${withUnit(formatNumber(found.across), figure.x.unit)}`
      : "";
    return [{ name, text: valueText(found, series.unit) + along, color }];
  });
  return [...headOf(layout, x.scale.toValue(cursor.x)), ...lines];
}

/** Writes what is under the cursor, beside it. */
export function fillReadout(
  element: HTMLElement,
  layout: Layout,
  cursor: Place | undefined,
): void {
  const lines = cursor === undefined ? [] : linesAt(layout, cursor);
  element.hidden = lines.length === 0;
  if (cursor === undefined || lines.length === 0) return;
  element.replaceChildren(...lines.map(({ name, text, color }) => {
    const row = document.createElement("div");
    if (color !== undefined) {
      const mark = document.createElement("i");
      mark.style.background = color;
      row.append(mark);
    }
    const label = document.createElement("span");
    label.className = "soft";
    label.textContent = name;
    const value = document.createElement("span");
    value.textContent = text;
    row.append(label, value);
    return row;
  }));
  const { width, height } = element.getBoundingClientRect();
  const left = cursor.x + 16 + width > layout.width ? cursor.x - width - 16 : cursor.x + 16;
  const top = Math.min(Math.max(0, cursor.y - height / 2), layout.height - height);
  element.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
}
