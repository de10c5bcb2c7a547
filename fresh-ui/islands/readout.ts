/// <reference lib="dom" />
/**
 * The values under the cursor.
 *
 * @module
 */

import type { Layout } from "../../plots/layout.ts";
import { lineColor } from "../../plots/theme.ts";
import { formatMoment, formatNumber } from "../components/format.ts";
import type { Place } from "./gestures.ts";
import type { Runs } from "./time_data.ts";

/** A line of the readout. */
interface Line {
  readonly name: string;
  readonly text: string;
  readonly color?: string;
}

/** The value of a series at a moment: the last one before it, or the extent of a bucket. */
export function valueAt(runs: Runs, t: number): { t: number; text: string } | undefined {
  let best: { t: number; text: string } | undefined;
  for (const run of runs) {
    let low = 0;
    let high = run.t.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((run.t[middle] ?? NaN) <= t) low = middle + 1;
      else high = middle;
    }
    const i = low - 1;
    const at = run.t[i];
    if (at === undefined || (best !== undefined && at < best.t)) continue;
    if (run.kind === "points") best = { t: at, text: formatNumber(run.v[i] ?? NaN) };
    else {
      const [min = NaN, max = NaN, mean = NaN] = [run.min[i], run.max[i], run.mean[i]];
      const extent = min === max
        ? formatNumber(mean)
        : `${formatNumber(mean)} (${formatNumber(min, 5)} … ${formatNumber(max, 5)})`;
      best = { t: at, text: extent };
    }
  }
  return best;
}

/** What is under the cursor; nothing outside the plot. */
export function linesAt(layout: Layout, cursor: Place): Line[] {
  const { plot, figure, x, y, theme } = layout;
  if (cursor.x < plot.x || cursor.x > plot.x + plot.width) return [];
  const at = x.scale.toValue(cursor.x);
  const color = (index: number, own: number | undefined): string => lineColor(theme, own ?? index);
  const withUnit = (text: string, unit: string | undefined): string =>
    unit === undefined || unit === "" || text === "" ? text : `${text} ${unit}`;
  switch (figure.kind) {
    case "time": {
      const head = figure.elapsed === true
        ? { name: "after", text: `${formatNumber(at)} s` }
        : { name: "", text: formatMoment(at, Infinity) };
      return [
        head,
        ...figure.series.map((series, i) => {
          const found = valueAt(series.data, at);
          return {
            name: series.label ?? series.name,
            text: found === undefined ? "–" : withUnit(found.text, series.unit),
            color: color(i, series.color),
          };
        }),
      ];
    }
    case "xy": {
      const nearest = figure.series.map((series, i) => {
        const axis = y.find((one) => one.series.includes(i)) ?? y[0];
        let best = -1;
        let least = Infinity;
        for (let n = 0; n < series.x.length; n++) {
          const dx = x.scale.toPixel(series.x[n] ?? NaN) - cursor.x;
          const dy = (axis?.scale.toPixel(series.y[n] ?? NaN) ?? NaN) - cursor.y;
          const distance = dx * dx + dy * dy;
          if (distance < least) [best, least] = [n, distance];
        }
        return { series, i, best };
      });
      return nearest.flatMap(({ series, i, best }) =>
        best < 0 ? [] : [{
          name: series.label ?? series.name,
          text: `${withUnit(formatNumber(series.y[best] ?? NaN), series.unit)} at ${
            withUnit(formatNumber(series.x[best] ?? NaN), figure.x.unit)
          }`,
          color: color(i, series.color),
        }]
      );
    }
    case "heatmap": {
      const { points } = figure;
      const up = y[0]?.scale;
      let best = -1;
      let least = Infinity;
      for (let n = 0; n < points.x.length; n++) {
        const dx = x.scale.toPixel(points.x[n] ?? NaN) - cursor.x;
        const dy = (up?.toPixel(points.y[n] ?? NaN) ?? NaN) - cursor.y;
        // Of two points at one place the later is shown.
        if (dx * dx + dy * dy <= least) [best, least] = [n, dx * dx + dy * dy];
      }
      if (best < 0) return [];
      const rows = [[figure.x, points.x], [figure.y, points.y], [figure.z, points.z]] as const;
      return rows.map(([quantity, values]) => ({
        name: quantity.label ?? quantity.name,
        text: withUnit(formatNumber(values[best] ?? NaN), quantity.unit),
      }));
    }
    case "trace":
      return [
        { name: "index", text: String(Math.round(at)) },
        ...figure.series.map((series, i) => {
          const place = series.index === undefined
            ? Math.round(at)
            : series.index.findLastIndex((index) => index <= at);
          const value = series.values[place];
          return {
            name: series.label ?? series.name,
            text: value === undefined ? "–" : withUnit(formatNumber(value), series.unit),
            color: color(i, series.color),
          };
        }),
      ];
  }
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
