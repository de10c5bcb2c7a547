/**
 * How series are drawn: colour, width, dashes.
 *
 * @module
 */

import type { Shape } from "./display_list.ts";
import type { Layout } from "./layout.ts";
import type { PixelLine } from "./pixel_line.ts";
import { lineColor, lineDash } from "./theme.ts";

/** The width of a series' line. */
export function lineWidth({ fontSize }: Layout): number {
  return Math.max(1.25, fontSize / 9);
}

/** What is drawn of one series. */
export interface Pen {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly opacity?: number;
}

/** How a series of a layout is drawn. */
export function penOf(layout: Layout, place: number, opacity?: number): Pen {
  const series = layout.figure.kind === "heatmap" ? undefined : layout.figure.series[place];
  const color = series?.color ?? place;
  const width = lineWidth(layout);
  return {
    name: series?.name ?? "",
    color: lineColor(layout.theme, color),
    dash: lineDash(layout.theme, color, series?.dash).map((length) => length * width),
    ...(opacity === undefined ? {} : { opacity }),
  };
}

/** The shapes of a reduced line. */
export function lineShapes(layout: Layout, line: PixelLine, pen: Pen): Shape[] {
  const { line: points, alone } = line.end();
  const width = lineWidth(layout);
  const common = { clip: layout.plot, series: pen.name };
  const opacity = pen.opacity === undefined ? {} : { opacity: pen.opacity };
  const shapes: Shape[] = [];
  if (points.length > 0) {
    const dash = pen.dash.length === 0 ? {} : { dash: pen.dash };
    const line = { kind: "line", role: "line", points, stroke: pen.color, width } as const;
    shapes.push({ ...common, ...opacity, ...line, ...dash });
  }
  if (alone.length > 0) {
    shapes.push({
      ...common,
      ...opacity,
      kind: "dots",
      role: "points",
      points: alone,
      radius: width * 1.4,
      fill: pen.color,
    });
  }
  return shapes;
}
