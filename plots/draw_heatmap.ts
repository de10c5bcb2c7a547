/**
 * A heat map's cells and the bar of its colours as shapes.
 *
 * @module
 */

import { colorIndex, colorMap, MAP_COLORS } from "./color_map.ts";
import type { Box, CellsShape, DotsShape, Shape } from "./display_list.ts";
import type { HeatmapFigure } from "./figure.ts";
import type { HeatGrid } from "./heat_grid.ts";
import type { Layout } from "./layout.ts";
import type { Axis } from "./layout_axes.ts";
import { type Scale, scale } from "./scale.ts";

/** The colour of a value: a place in the map's colours, and the one after them for what is not a number. */
function colorOf(value: number, on: Scale): number {
  const fraction = on.toPixel(value);
  if (!Number.isNaN(fraction)) return colorIndex(fraction);
  if (value === Infinity) return MAP_COLORS - 1;
  return value === -Infinity ? 0 : MAP_COLORS;
}

/** Edges in pixels, ascending, on device pixels so that neighbours meet without a seam. */
function pixelEdges(edges: Float64Array, on: Scale, resolution: number, box: Box): Float64Array {
  const vertical = on.pixels[0] > on.pixels[1];
  const [least, most] = vertical ? [box.y, box.y + box.height] : [box.x, box.x + box.width];
  return edges.map((edge) => {
    const pixel = Math.max(least - 1, Math.min(most + 1, on.toPixel(edge)));
    return Math.round(pixel * resolution) / resolution;
  });
}

/** Cells, of which neighbours in a row of one colour are one rectangle. */
function cellShapes(
  layout: Layout,
  figure: HeatmapFigure,
  grid: HeatGrid,
  up: Axis,
  z: Axis,
): Shape[] {
  const { plot, resolution, theme } = layout;
  const columns = pixelEdges(grid.columns, layout.x.scale, resolution, plot);
  const rows = pixelEdges(grid.rows, up.scale, resolution, plot);
  const on = scale(z.scale.kind, z.scale.range, [0, 1]);
  const across = columns.length - 1;
  const boxes: number[] = [];
  const color: number[] = [];
  const crossed: number[] = [];
  for (let row = 0; row < rows.length - 1; row++) {
    const [a, b] = [rows[row] ?? 0, rows[row + 1] ?? 0];
    const [y, height] = [Math.min(a, b), Math.abs(b - a)];
    if (height === 0) continue;
    let open = -1;
    for (let column = 0; column < across; column++) {
      const point = grid.point[row * across + column] ?? -1;
      const [c, d] = [columns[column] ?? 0, columns[column + 1] ?? 0];
      const [x, width] = [Math.min(c, d), Math.abs(d - c)];
      if (width === 0) continue;
      if (point < 0) {
        open = -1;
        continue;
      }
      const one = colorOf(figure.points.z[point] ?? NaN, on);
      if (one === MAP_COLORS) crossed.push(x, y, x + width, y + height, NaN, NaN);
      if (one === open) {
        boxes[boxes.length - 2] = (boxes.at(-2) ?? 0) + width;
        if (c > d) boxes[boxes.length - 4] = x;
      } else {
        boxes.push(x, y, width, height);
        color.push(one);
      }
      open = one;
    }
  }
  const common = { clip: plot, series: figure.z.name };
  const cells: CellsShape = {
    ...common,
    kind: "cells",
    role: "cells",
    boxes: Float64Array.from(boxes),
    color: Uint16Array.from(color),
    palette: [...colorMap, theme.missing],
  };
  if (boxes.length === 0) return [];
  if (crossed.length === 0) return [cells];
  return [cells, {
    ...common,
    kind: "line",
    role: "missing",
    points: Float64Array.from(crossed.slice(0, -2)),
    stroke: theme.quiet,
    width: 1,
  }];
}

/** Points that are on no grid, as dots of their colours. */
function dotShapes(layout: Layout, figure: HeatmapFigure, up: Axis, z: Axis): DotsShape[] {
  const on = scale(z.scale.kind, z.scale.range, [0, 1]);
  const byColor = new Map<number, number[]>();
  const { x, y, z: values } = figure.points;
  for (let k = 0; k < values.length; k++) {
    const px = layout.x.scale.toPixel(x[k] ?? NaN);
    const py = up.scale.toPixel(y[k] ?? NaN);
    if (Number.isNaN(px) || Number.isNaN(py)) continue;
    const color = colorOf(values[k] ?? NaN, on);
    const points = byColor.get(color);
    if (points === undefined) byColor.set(color, [px, py]);
    else points.push(px, py);
  }
  return [...byColor].map(([color, points]) => ({
    kind: "dots",
    role: "points",
    clip: layout.plot,
    series: figure.z.name,
    points: Float64Array.from(points),
    radius: layout.fontSize / 3,
    fill: colorMap[color] ?? layout.theme.missing,
  }));
}

/** The bar that says which value each colour is. */
function barShape(bar: Box): CellsShape {
  const boxes = new Float64Array(MAP_COLORS * 4);
  const color = new Uint16Array(MAP_COLORS);
  const edge = (index: number) => Math.round(bar.y + bar.height * (1 - index / MAP_COLORS));
  for (let index = 0; index < MAP_COLORS; index++) {
    const top = edge(index + 1);
    boxes.set([bar.x, top, bar.width, edge(index) - top], index * 4);
    color[index] = index;
  }
  return { kind: "cells", role: "colors", boxes, color, palette: colorMap };
}

/** What a heat map shows of its data. */
export function heatmapShapes(layout: Layout): Shape[] {
  const { figure, grid, y, z, bar } = layout;
  const up = y[0];
  if (figure.kind !== "heatmap" || up === undefined || z === undefined || bar === undefined) {
    return [];
  }
  const data = grid === null
    ? dotShapes(layout, figure, up, z)
    : cellShapes(layout, figure, grid, up, z);
  return [...data, barShape(bar)];
}
