import assert from "node:assert/strict";
import fc from "fast-check";
import { draw } from "../../plots/draw.ts";
import type { BucketRun, Figure, TimeSeries } from "../../plots/figure.ts";
import { layOut, type LayoutOptions } from "../../plots/layout.ts";
import { toSvg } from "../../plots/svg.ts";
import { axesOf, linesOf, points, scaleOf, timeFigure } from "./_figures.ts";

const size = { width: 700, height: 300 };

/** The lines of a series read back: pairs of value along and value up. */
function read(figure: Figure, series: string, options: Partial<LayoutOptions> = {}, id = "left") {
  const svg = toSvg(draw(layOut(figure, { ...size, ...options })));
  const axes = axesOf(svg);
  const [across, up] = [scaleOf(axes, "x"), scaleOf(axes, id)];
  const values = (role: string) =>
    linesOf(svg, series, role).map((line) =>
      line.map(([x, y]) => [Math.round(across.toValue(x) * 10) / 10, up.toValue(y)] as const)
    );
  return { svg, up, lines: values("line"), band: values("band"), points: values("points") };
}

/** The times at which each line begins and ends. */
function ends(lines: readonly (readonly (readonly [number, number])[])[]): string {
  return lines.map((line) => `${line[0]?.[0]}-${line.at(-1)?.[0]}`).join(" ");
}

const clock = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const wave = clock.map((t) => Math.sin(t));

Deno.test("draw() interrupts a line where nothing was recorded", () => {
  const cases: [string, Partial<TimeSeries>, [number, number, string[]?][], string][] = [
    ["a gap", {}, [[4.2, 4.8]], "0-4 5-9"],
    ["a gap that begins a little before the last point", {}, [[3.9, 4.9]], "0-4 5-9"],
    ["two gaps", {}, [[6.1, 6.9], [2.1, 2.9]], "0-2 3-6 7-9"],
    ["a gap in which the variable went on", {}, [[2, 7]], "0-9"],
    ["a gap of another variable", {}, [[4.2, 4.8, ["b"]]], "0-9"],
    ["a gap of this variable", {}, [[4.2, 4.8, ["b", "a"]]], "0-4 5-9"],
    [
      "a value that is none",
      {
        data: [points(clock, wave.map((v, k) => k === 5 ? NaN : v))],
      },
      [],
      "0-4 6-9",
    ],
    [
      "an infinite value",
      {
        data: [points(clock, wave.map((v, k) => k === 5 ? -Infinity : v))],
      },
      [],
      "0-4 6-9",
    ],
    [
      "a step that is too long",
      {
        data: [points([0, 1, 2, 8, 9], [1, 2, 3, 4, 5])],
        longestStep: 2,
      },
      [],
      "0-2 8-9",
    ],
    [
      "a long step that is none too long",
      {
        data: [points([0, 1, 2, 8, 9], [1, 2, 3, 4, 5])],
        longestStep: 6,
      },
      [],
      "0-9",
    ],
    [
      "between two runs of data",
      {
        data: [points([0, 1], [1, 2]), points([2, 3], [2, 1]), points([8, 9], [5, 6])],
      },
      [[4, 7]],
      "0-3 8-9",
    ],
    ["a clock that went back", { data: [points([0, 5, 2, 9], [1, 2, 3, 4])] }, [], "0-9"],
  ];
  for (const [what, series, spans, expected] of cases) {
    const figure = timeFigure({ a: { data: [points(clock, wave)], ...series } }, {
      gaps: spans.map(([from, to, names]) => ({
        from,
        to,
        ...(names === undefined ? {} : { series: names }),
      })),
      span: [0, 9],
    });
    assert.equal(ends(read(figure, "a").lines), expected, what);
  }
});

Deno.test("draw() interrupts a line in each gap when there are many", () => {
  const gap = fc.integer({ min: 0, max: 98 });
  fc.assert(fc.property(fc.uniqueArray(gap, { maxLength: 30 }), (starts) => {
    const t = Array.from({ length: 100 }, (_, k) => k);
    const gaps = starts.map((start) => ({ from: start + 0.3, to: start + 0.8 }));
    const layout = layOut(timeFigure({ a: points(t, t) }, { gaps }), size);
    const svg = toSvg(draw(layout));
    const pieces = linesOf(svg, "a").length + linesOf(svg, "a", "points").length;
    assert.equal(pieces, starts.length + 1);
  }));
});

function buckets(
  width: number,
  rows: readonly (readonly [number, number, number, number])[],
): BucketRun {
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  return { kind: "buckets", width, t: column(0), min: column(1), max: column(2), mean: column(3) };
}

Deno.test("draw() runs through the extremes of buckets when they are narrow", () => {
  const rows = Array.from({ length: 600 }, (_, k) => [k, -1, k === 250 ? 50 : 1, 0] as const);
  const { lines, band, up } = read(timeFigure({ a: { data: [buckets(1, rows)] } }), "a");
  assert.equal(band.length, 0);
  assert.equal(lines.length, 1);
  const halfPixel = Math.abs(up.toValue(0) - up.toValue(0.5));
  const values = (lines[0] ?? []).map(([, v]) => v);
  assert.ok(Math.abs(Math.max(...values) - 50) <= halfPixel, "the spike is there");
  assert.ok(Math.abs(Math.min(...values) + 1) <= halfPixel);
});

Deno.test("draw() shows a band and the mean of buckets when they are wide", () => {
  const rows = Array.from({ length: 20 }, (_, k) => [k, k - 1, k + 2, k] as const);
  const gaps = [{ from: 9.9, to: 10.6 }];
  const { lines, band } = read(timeFigure({ a: { data: [buckets(1, rows)] } }, { gaps }), "a");
  assert.equal(ends(lines), "0.5-9.5 10.5-19.5");
  assert.equal(band.length, 2);
  const heights = band.flat().filter(([t]) => t === 5).map(([, v]) => Math.round(v));
  assert.deepEqual([...new Set(heights)].toSorted((a, b) => a - b), [3, 4, 6, 7]);
});

Deno.test("draw() joins over empty buckets, as a variable may be measured more rarely", () => {
  const rows = Array.from({ length: 300 }, (_, k) => {
    const v = k % 10 === 0 ? k : NaN;
    return [k, v, v, v] as const;
  });
  const { lines } = read(timeFigure({ a: { data: [buckets(1, rows)] } }), "a");
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.length, 30);
});

Deno.test("draw() leaves out what a logarithmic axis has no place for", () => {
  const figure = timeFigure({ a: points(clock, [1, 10, -1, 100, 1000, 0, 10, 100, NaN, 1]) }, {
    definition: { kind: "time", left: ["a"], leftAxis: { scale: "log" } },
  });
  const { lines, points: alone } = read(figure, "a");
  assert.equal(ends(lines), "0-1 3-4 6-7");
  assert.equal(ends(alone), "9-9");
});

Deno.test("draw() takes each series to its own axis", () => {
  const figure = timeFigure({
    a: { unit: "V", data: [points(clock, wave)] },
    b: { unit: "Pa", axis: "right", data: [points(clock, wave.map((v) => 1e5 + v))] },
  });
  const back = read(figure, "b", {}, "right");
  for (const [k, [, v]] of (back.lines[0] ?? []).entries()) {
    assert.ok(Math.abs(v - 1e5 - (wave[k] ?? NaN)) < 0.01);
  }
});

Deno.test("draw() draws x against y in the order of recording, as a line or as points", () => {
  const n = 400;
  const angle = Float64Array.from({ length: n }, (_, k) => k / 20);
  const xy: Figure = {
    kind: "xy",
    definition: { kind: "xy", x: "x", y: ["y"] },
    x: { name: "x" },
    series: [{
      name: "y",
      x: angle.map((a) => a * Math.cos(a)),
      y: angle.map((a) => a * Math.sin(a)),
    }],
  };
  const { lines } = read(xy, "y");
  assert.equal(lines.length, 1);
  const radii = (lines[0] ?? []).map(([x, y]) => Math.hypot(x, y));
  for (const [k, radius] of radii.entries()) {
    if (k > 0) assert.ok(radius > (radii[k - 1] ?? NaN) - 0.15, "it goes outwards");
  }
  const dots = read({ ...xy, definition: { ...xy.definition, line: false } }, "y");
  assert.equal(dots.lines.length, 0);
  assert.ok(dots.points.length > 300);
});

Deno.test("draw() fades older traces and puts the newest in front", () => {
  const figure: Figure = {
    kind: "trace",
    definition: { kind: "trace", dataset: "scope", count: 3 },
    series: [1, 2, 3].map((factor) => ({
      name: `scope ${factor}`,
      values: Float64Array.from(clock, (k) => k * factor),
    })),
  };
  const svg = toSvg(draw(layOut(figure, size)));
  const drawn = [
    ...svg.matchAll(/class="line" data-series="(\w+ \d)"[^>]*?(?: opacity="([\d.]+)")? d=/g),
  ]
    .map(([, name, opacity]) => `${name} ${opacity ?? 1}`);
  assert.deepEqual(drawn, ["scope 1 0.56", "scope 2 0.75", "scope 3 1"]);
  assert.equal(ends(read(figure, "scope 2").lines), "0-9");
});

Deno.test("draw() shows only what is looked at when somebody zooms", () => {
  const t = Array.from({ length: 1000 }, (_, k) => k);
  const figure = timeFigure({ a: points(t, t.map((k) => k * k)) });
  const { lines, svg } = read(figure, "a", { view: { x: [100, 110] } });
  const axes = axesOf(svg);
  assert.deepEqual(axes.get("x")?.range, [100, 110]);
  const [low, high] = axes.get("left")?.range ?? [0, 0];
  assert.ok(
    low > 9000 && low <= 100 ** 2 && high >= 110 ** 2 && high < 13_000,
    `${low} to ${high}`,
  );
  assert.ok((lines[0]?.length ?? 0) < 20);
  const held = layOut(figure, { ...size, view: { y: { left: [0, 50] } } });
  assert.deepEqual(held.y[0]?.scale.range, [0, 50]);
});

Deno.test("draw() says that there is nothing to see when there is not", () => {
  const empty: Figure[] = [
    timeFigure({}),
    timeFigure({ a: points([], []) }),
    timeFigure({ a: points([1, 2], [NaN, NaN]) }),
    { kind: "xy", definition: { kind: "xy", x: "x", y: [] }, x: { name: "x" }, series: [] },
    { kind: "trace", definition: { kind: "trace", dataset: "d" }, series: [] },
    {
      kind: "heatmap",
      definition: { kind: "heatmap", x: "x", y: "y", z: "z" },
      x: { name: "x" },
      y: { name: "y" },
      z: { name: "z" },
      points: { x: new Float64Array(), y: new Float64Array(), z: new Float64Array() },
    },
  ];
  for (const figure of empty) {
    assert.match(toSvg(draw(layOut(figure, size))), />No data</, figure.kind);
  }
  assert.doesNotMatch(toSvg(draw(layOut(timeFigure({ a: points([1], [1]) }), size))), /No data/);
});
