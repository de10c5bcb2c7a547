/**
 * The title, the legend and the word that there is nothing to see, as shapes.
 *
 * @module
 */

import type { Shape, TextShape } from "./display_list.ts";
import { lineWidth } from "./series_pen.ts";
import { type Layout, TITLE_SIZE } from "./layout.ts";
import { SWATCH } from "./legend.ts";
import { fitText, textWidth } from "./text_width.ts";
import { lineColor, lineDash } from "./theme.ts";

/** Says so where there is nothing to see. */
export function emptyShapes({ plot, theme, fontSize }: Layout): Shape[] {
  return [{
    kind: "text",
    role: "empty",
    text: fitText("No data", fontSize, plot.width),
    x: plot.x + plot.width / 2,
    y: plot.y + plot.height / 2 + fontSize * 0.36,
    size: fontSize,
    fill: theme.quiet,
    anchor: "middle",
  }];
}

/** The title and the legend. */
export function headShapes(layout: Layout): Shape[] {
  const { title, legend, theme, fontSize, figure } = layout;
  const shapes: Shape[] = [];
  if (title.text !== "") {
    shapes.push({
      kind: "text",
      role: "title",
      ...title,
      size: fontSize * TITLE_SIZE,
      fill: theme.text,
      anchor: "start",
      bold: true,
    });
  }
  for (const { series, label, value, x, y } of legend.entries) {
    const text = (of: string, at: number, fill: string): TextShape => ({
      kind: "text",
      role: "legend",
      text: of,
      x: at,
      y,
      size: fontSize,
      fill,
      anchor: "start",
    });
    if (series === null || figure.kind === "heatmap") {
      shapes.push(text(label, x, theme.quiet));
      continue;
    }
    const one = figure.series[series];
    const color = one?.color ?? series;
    const width = lineWidth(layout) * 1.4;
    const dash = lineDash(theme, color, one?.dash).map((part) => part * lineWidth(layout));
    const middle = y - fontSize * 0.36;
    shapes.push({
      kind: "line",
      role: "swatch",
      points: Float64Array.of(x, middle, x + fontSize * SWATCH, middle),
      stroke: lineColor(theme, color),
      width,
      ...(dash.length === 0 ? {} : { dash }),
    });
    const named = x + fontSize * (SWATCH + 0.5);
    shapes.push(text(label, named, theme.quiet));
    if (value !== "") {
      shapes.push(text(value, named + textWidth(label, fontSize) + fontSize * 0.6, theme.text));
    }
  }
  return shapes;
}
