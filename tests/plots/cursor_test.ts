import assert from "node:assert/strict";
import { readAt } from "../../plots/cursor.ts";
import type { Figure } from "../../plots/figure.ts";
import { layOut } from "../../plots/layout.ts";
import { points, timeFigure } from "./_figures.ts";

const size = { width: 600, height: 400 };

Deno.test("readAt() gives of each series over time the value nearest in time", () => {
  const figure = timeFigure({
    a: points([0, 10, 20, 30, 100], [1, 2, NaN, 4, 5]),
    b: {
      data: [
        {
          kind: "buckets",
          width: 10,
          t: Float64Array.from([0, 10, 20]),
          min: Float64Array.from([1, 2, 3]),
          max: Float64Array.from([5, 2, 9]),
          mean: Float64Array.from([3, 2, 6]),
        },
        points([40, 50], [7, 8]),
      ],
    },
    none: points([], []),
  });
  const layout = layOut(figure, size);
  const at = (t: number) =>
    readAt(layout, { x: layout.x.scale.toPixel(t), y: 0 }).map(({ series, across, value, range }) =>
      `${series}: ${across} ${value}${range === undefined ? "" : ` ${range.join("..")}`}`
    ).join(", ");
  assert.equal(at(0), "0: 0 1, 1: 5 3 1..5");
  assert.equal(at(11), "0: 10 2, 1: 15 2");
  assert.equal(at(21), "0: 30 4, 1: 25 6 3..9", "the value that is none is passed over");
  assert.equal(at(44), "0: 30 4, 1: 40 7");
  assert.equal(at(90), "0: 100 5, 1: 50 8");
  assert.equal(at(-500), at(0));
});

Deno.test("readAt() gives the places where it is drawn, and nothing that is out of sight", () => {
  const figure = timeFigure({ a: points([0, 10], [1, 2]) });
  const layout = layOut(figure, { ...size, view: { x: [4, 20] } });
  const [reading] = readAt(layout, { x: 300, y: 100 });
  assert.equal(reading?.x, layout.x.scale.toPixel(10));
  assert.equal(reading?.y, layout.y[0]?.scale.toPixel(2));
  assert.deepEqual(readAt(layOut(figure, { ...size, view: { x: [4, 6] } }), { x: 90, y: 100 }), []);
});

Deno.test("readAt() gives of an x–y plot the point nearest in the plane", () => {
  const figure: Figure = {
    kind: "xy",
    definition: { kind: "xy", x: "x", y: ["y"] },
    x: { name: "x" },
    series: [{ name: "y", x: Float64Array.of(0, 1, 0), y: Float64Array.of(0, 0, 1) }],
  };
  const layout = layOut(figure, size);
  const [across, up] = [layout.x.scale, layout.y[0]?.scale];
  const at = (x: number, y: number) =>
    readAt(layout, { x: across.toPixel(x), y: up?.toPixel(y) ?? NaN })
      .map(({ across, value }) => [across, value]);
  assert.deepEqual(at(0.02, 0.98), [[0, 1]]);
  assert.deepEqual(at(0.98, 0.02), [[1, 0]]);
  assert.deepEqual(at(50, 0.3), [[1, 0]]);
});

Deno.test("readAt() gives of a heat map the cell, and of traces the value at the index", () => {
  const heatmap: Figure = {
    kind: "heatmap",
    definition: { kind: "heatmap", x: "x", y: "y", z: "z" },
    x: { name: "x" },
    y: { name: "y" },
    z: { name: "z" },
    points: {
      x: Float64Array.of(0, 1, 0),
      y: Float64Array.of(0, 0, 1),
      z: Float64Array.of(10, 20, NaN),
    },
  };
  const layout = layOut(heatmap, size);
  const at = (x: number, y: number) =>
    readAt(layout, {
      x: layout.x.scale.toPixel(x),
      y: layout.y[0]?.scale.toPixel(y) ?? NaN,
    }).map(({ across, up, value }) => [across, up, value]);
  assert.deepEqual(at(1.3, -0.3), [[1, 0, 20]]);
  assert.deepEqual(at(0.3, 1.2), [[0, 1, NaN]]);
  assert.deepEqual(at(1, 1), [], "not measured yet");
  assert.deepEqual(at(5, 1), [], "outside");
  const traces: Figure = {
    kind: "trace",
    definition: { kind: "trace", dataset: "d" },
    series: [{ name: "d", values: Float64Array.of(5, 6, 7) }],
  };
  const traced = layOut(traces, size);
  const [reading] = readAt(traced, { x: traced.x.scale.toPixel(1.2), y: 0 });
  assert.deepEqual([reading?.across, reading?.value], [1, 6]);
});

Deno.test("readAt() gives the nearest point of a heat map whose points are on no grid", () => {
  const angle = Float64Array.from({ length: 60 }, (_, k) => k / 9);
  const heatmap: Figure = {
    kind: "heatmap",
    definition: { kind: "heatmap", x: "x", y: "y", z: "z" },
    x: { name: "x" },
    y: { name: "y" },
    z: { name: "z" },
    points: { x: angle.map(Math.cos), y: angle.map(Math.sin), z: angle },
  };
  const layout = layOut(heatmap, size);
  assert.equal(layout.grid, null);
  const [reading] = readAt(layout, {
    x: layout.x.scale.toPixel(Math.cos(2)),
    y: layout.y[0]?.scale.toPixel(Math.sin(2)) ?? NaN,
  });
  assert.equal(reading?.value, 2);
});
