import assert from "node:assert/strict";
import fc from "fast-check";
import type { AxisScale } from "../../plots/definition.ts";
import { draw } from "../../plots/draw.ts";
import { colorMap } from "../../plots/color_map.ts";
import type { HeatmapFigure } from "../../plots/figure.ts";
import { heatGrid } from "../../plots/heat_grid.ts";
import { layOut } from "../../plots/layout.ts";
import { toSvg } from "../../plots/svg.ts";
import { axesOf, scaleOf } from "./_figures.ts";

type Point = readonly [x: number, y: number, z: number];

function heatmap(points: readonly Point[], xScale: AxisScale = "linear"): HeatmapFigure {
  const column = (at: 0 | 1 | 2) => Float64Array.from(points, (point) => point[at]);
  return {
    kind: "heatmap",
    definition: { kind: "heatmap", x: "x", y: "y", z: "z", xAxis: { scale: xScale } },
    x: { name: "x", unit: "V" },
    y: { name: "y" },
    z: { name: "z", unit: "A" },
    points: { x: column(0), y: column(1), z: column(2) },
  };
}

/** The points of a sweep: for each y each x, as far as it has come. */
function sweep(xs: readonly number[], ys: readonly number[], count = Infinity): Point[] {
  return ys.flatMap((y) => xs.map((x): Point => [x, y, x + 10 * y])).slice(0, count);
}

Deno.test("heatGrid() finds the places of a sweep, however far it has come", () => {
  const places = (least: number) =>
    fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { minLength: least, maxLength: 12 })
      .map((all) => all.map((k) => k / 10));
  fc.assert(
    fc.property(
      places(1),
      places(1),
      fc.double({ min: 0.3, max: 1, noNaN: true }),
      (xs, ys, part) => {
        const points = sweep(xs, ys, Math.max(1, Math.ceil(xs.length * ys.length * part)));
        const grid = heatGrid(heatmap(points));
        assert.ok(grid !== null);
        const across = new Set(points.map(([x]) => x)).size;
        const up = new Set(points.map(([, y]) => y)).size;
        assert.equal(grid.columns.length, across + 1);
        assert.equal(grid.rows.length, up + 1);
        const used = [...grid.point].filter((point) => point >= 0);
        assert.deepEqual(
          used.toSorted((a, b) => a - b),
          points.map((_, k) => k),
          "each point has a cell",
        );
        for (const [cell, point] of grid.point.entries()) {
          const [x, y] = points[point] ?? [NaN, NaN];
          if (point < 0) continue;
          const [column, row] = [cell % across, Math.floor(cell / across)];
          assert.ok((grid.columns[column] ?? NaN) <= x && x <= (grid.columns[column + 1] ?? NaN));
          assert.ok((grid.rows[row] ?? NaN) <= y && y <= (grid.rows[row + 1] ?? NaN));
        }
      },
    ),
  );
});

Deno.test("heatGrid() takes values that measuring has scattered as one place", () => {
  let seed = 1;
  const noise = () => (seed = seed * 16_807 % 2_147_483_647) / 2_147_483_647 - 0.5;
  const points = sweep([0, 1, 2, 3, 5], [10, 20, 40, 50]).map(([x, y, z]): Point => [
    x + 1e-3 * noise(),
    y + 1e-2 * noise(),
    z,
  ]);
  const grid = heatGrid(heatmap(points));
  assert.deepEqual([grid?.columns.length, grid?.rows.length], [6, 5]);
});

Deno.test("heatGrid() keeps the places of a logarithmic sweep apart", () => {
  const decades = [1, 10, 100, 1e3, 1e4, 1e5];
  for (const kind of ["linear", "log"] as const) {
    const grid = heatGrid(heatmap(sweep(decades, [1, 2, 3]), kind));
    assert.equal(grid?.columns.length, 7, kind);
  }
  const grid = heatGrid(heatmap(sweep(decades, [1]), "log"));
  assert.ok(Math.abs((grid?.columns[1] ?? 0) - Math.sqrt(10)) < 1e-9);
});

Deno.test("heatGrid() finds none when the points are on none", () => {
  let seed = 7;
  const random = () => (seed = seed * 16_807 % 2_147_483_647) / 2_147_483_647;
  const scattered = Array.from({ length: 300 }, (): Point => [random(), random(), random()]);
  assert.equal(heatGrid(heatmap(scattered)), null);
  assert.equal(heatGrid(heatmap([])), null);
  assert.equal(heatGrid(heatmap([[NaN, 1, 2]])), null);
  assert.match(toSvg(draw(layOut(heatmap(scattered), { width: 500, height: 400 }))), /h0"/);
});

Deno.test("draw() colours each cell of a heat map by the value measured last", () => {
  const xs = [0, 1, 2, 3, 4];
  const points = [...sweep(xs, [0, 1, 2], 13), [0, 0, NaN] as Point, [1, 0, 24] as Point];
  const layout = layOut(heatmap(points), { width: 500, height: 400 });
  const svg = toSvg(draw(layout));
  const axes = axesOf(svg);
  const [across, up, z] = [scaleOf(axes, "x"), scaleOf(axes, "left"), axes.get("z")];
  assert.deepEqual(z?.range, [0, 24]);
  /** The colour of the cell that covers a place. */
  const colorAt = (x: number, y: number): string | undefined => {
    const [px, py] = [across.toPixel(x), up.toPixel(y)];
    const group = /<g class="cells"[^>]*>(.*?)<\/g>/s.exec(svg)?.[1] ?? "";
    for (const [, fill, d = ""] of group.matchAll(/fill="([^"]+)" data-color="\d+" d="([^"]*)"/g)) {
      for (const [, left, top, width, height] of d.matchAll(/M(\S+) (\S+)h(\S+)v([^h]+)h[^Z]+Z/g)) {
        const [l, t, w, h] = [left, top, width, height].map(Number) as [
          number,
          number,
          number,
          number,
        ];
        if (px > l && px < l + w && py > t && py < t + h) return fill;
      }
    }
    return undefined;
  };
  const expected = (value: number) => colorMap[Math.min(255, Math.floor(value / 24 * 256))];
  for (const [x, y, value] of sweep(xs, [0, 1, 2], 13).slice(2)) {
    assert.equal(colorAt(x, y), expected(value), `${x}, ${y}`);
  }
  assert.equal(colorAt(1, 0), expected(24), "the later of two counts");
  assert.equal(colorAt(0, 0), layout.theme.missing, "a value that is none is seen as such");
  assert.equal(colorAt(4, 2), undefined, "what was not measured yet is blank");
  assert.match(svg, /class="missing"/);
});
