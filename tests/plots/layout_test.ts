import assert from "node:assert/strict";
import fc from "fast-check";
import type { Box, Shape, TextShape } from "../../plots/display_list.ts";
import { draw } from "../../plots/draw.ts";
import type { EventMark, Figure, TimeSeries } from "../../plots/figure.ts";
import { layOut, type LayoutOptions } from "../../plots/layout.ts";
import { textWidth } from "../../plots/text_width.ts";
import { points, timeFigure } from "./_figures.ts";

const DAY = 86_400;
const start = 1.79e9;

/** What a text covers; its letters reach from a little below the baseline to nearly its size above. */
function boxOf({ text, x, y, size, anchor, bold, rotate }: TextShape): Box {
  const width = textWidth(text, size, bold);
  const left = anchor === "start" ? 0 : anchor === "middle" ? -width / 2 : -width;
  return rotate === undefined
    ? { x: x + left, y: y - size * 0.75, width, height: size * 0.95 }
    : { x: x - size * 0.75, y: y - left - width, width: size * 0.95, height: width };
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function texts(figure: Figure, options: LayoutOptions): TextShape[] {
  return draw(layOut(figure, options)).shapes.filter((shape: Shape) => shape.kind === "text");
}

/** Fails if a text of a drawing covers another, lies outside, or is on the data where it has no business. */
function assertTidy(figure: Figure, options: LayoutOptions): void {
  const { width, height } = options;
  const { plot } = layOut(figure, options);
  const all = texts(figure, options);
  const said = (text: TextShape) =>
    `${JSON.stringify(text.text)} (${text.role}) at ${width}x${height}`;
  for (const [k, text] of all.entries()) {
    const box = boxOf(text);
    const inside = box.x >= -1 && box.y >= -1 && box.x + box.width <= width + 1 &&
      box.y + box.height <= height + 1;
    assert.ok(inside, `${said(text)} is outside: ${JSON.stringify(box)}`);
    if (text.role !== "empty") {
      const slack = {
        x: plot.x + 1,
        y: plot.y + 1,
        width: plot.width - 2,
        height: plot.height - 2,
      };
      assert.ok(!overlap(box, slack), `${said(text)} is on the data`);
    }
    for (const other of all.slice(0, k)) {
      assert.ok(!overlap(box, boxOf(other)), `${said(text)} covers ${said(other)}`);
    }
  }
}

const UNITS = ["°C", "V", "mbar", "", "Hz"];
const name = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,12}$/),
  fc.constantFrom("Temperature of the bath", "p", "Übertemperatur ΔT", "漢字"),
);
const value = fc.oneof(
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(9_192_631_770.001, 9_192_631_770.002, 0, 1e300, -1e-12),
);
const span = fc.constantFrom(1e-3, 1, 60, 3_600, DAY, 30 * DAY, 3_650 * DAY);

const figure: fc.Arbitrary<Figure> = fc.record({
  series: fc.uniqueArray(
    fc.record({
      name,
      unit: fc.constantFrom(...UNITS),
      axis: fc.constantFrom("left" as const, "right" as const),
      values: fc.array(value, { maxLength: 20 }),
    }),
    { maxLength: 9, selector: (one) => one.name },
  ),
  long: span,
  title: fc.option(name, { nil: undefined }),
  log: fc.boolean(),
  marks: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), label: name }), {
    maxLength: 12,
  }),
}).map(({ series, long, title, log, marks }) => {
  const lines = series.map(({ values, ...one }): [string, Partial<TimeSeries>] => [one.name, {
    ...one,
    data: [points(values.map((_, k) => start + k * long / 20), values)],
  }]);
  return timeFigure(Object.fromEntries(lines), {
    definition: {
      kind: "time",
      left: [],
      ...(title === undefined ? {} : { title }),
      leftAxis: { scale: log ? "log" : "linear" },
    },
    marks: marks.map(({ at, label }): EventMark => ({
      t: start + at * long,
      level: "info",
      label,
    })),
    span: [start, start + long],
  });
});

const size = fc.constantFrom([390, 260], [640, 300], [1000, 400], [1280, 720], [2560, 1200]);

Deno.test("layOut() never lets texts cover each other, the data or the edge", () => {
  fc.assert(
    fc.property(figure, size, fc.boolean(), (figure, [width = 0, height = 0], lastValues) => {
      assertTidy(figure, { width, height, lastValues });
    }),
    { numRuns: 300 },
  );
});

Deno.test("layOut() keeps heat maps, x–y plots and traces tidy at all sizes", () => {
  const axis = Float64Array.from({ length: 50 }, (_, k) => k * 1.7e-7);
  const figures: Figure[] = [
    {
      kind: "heatmap",
      definition: { kind: "heatmap", title: "Sweep", x: "x", y: "y", z: "z" },
      x: { name: "x", label: "Gate voltage", unit: "V" },
      y: { name: "y", label: "Bias", unit: "mV" },
      z: { name: "z", label: "Current", unit: "A" },
      points: { x: axis.map((_, k) => k % 7), y: axis.map((_, k) => Math.floor(k / 7)), z: axis },
    },
    {
      kind: "xy",
      definition: { kind: "xy", x: "x", y: ["a", "b"] },
      x: { name: "x", unit: "T" },
      series: [{ name: "a", unit: "V", x: axis, y: axis }, { name: "b", x: axis, y: axis }],
    },
    {
      kind: "trace",
      definition: { kind: "trace", dataset: "scope" },
      series: [{ name: "scope", values: axis }],
    },
  ];
  for (const figure of figures) {
    for (const [width, height] of [[390, 260], [800, 400], [2560, 1200]] as const) {
      assertTidy(figure, { width, height });
    }
  }
});

Deno.test("layOut() gives each unit an axis, and names it", () => {
  const axes = (units: readonly (readonly [unit: string, side: "left" | "right"])[]) => {
    const series = units.map(([unit, axis], k): [string, Partial<TimeSeries>] => [
      `v${k}`,
      { unit, axis, data: [points([0, 1], [1, 2])] },
    ]);
    const { y } = layOut(timeFigure(Object.fromEntries(series)), { width: 900, height: 400 });
    return y.map(({ id, label, series }) => `${id}: ${label} ${series}`).join("; ");
  };
  assert.equal(axes([["V", "left"], ["V", "left"]]), "left: v0, v1 (V) 0,1");
  assert.equal(axes([["V", "left"], ["A", "left"]]), "left: v0 (V) 0; right: v1 (A) 1");
  assert.equal(
    axes([["V", "left"], ["A", "left"], ["K", "right"], ["V", "left"]]),
    "left: v0, v3 (V) 0,3; right: v2 (K) 2; right2: v1 (A) 1",
  );
  assert.equal(axes([["K", "right"]]), "right: v0 (K) 0");
  assert.equal(
    axes([["a", "left"], ["b", "left"], ["c", "left"], ["d", "left"], ["e", "left"]]),
    "left: v0 (a) 0; right: v1 (b) 1; right2: v2 (c) 2; right3: v3 (d), v4 (e) 3,4",
  );
});

Deno.test("layOut() says in the axis's label what its ticks leave out", () => {
  const label = (values: readonly number[], more: Partial<TimeSeries> = {}) =>
    layOut(timeFigure({ p: { unit: "Pa", data: [points([0, 1], values)], ...more } }), {
      width: 900,
      height: 400,
    }).y[0]?.label;
  assert.equal(label([1e6, 5e6]), "p (10⁶ Pa)");
  assert.equal(label([1, 5]), "p (Pa)");
  assert.equal(label([1e-9, 5e-9], { unit: "", label: "Pressure" }), "Pressure (10⁻⁹)");
  assert.equal(
    label([123456.7891, 123456.7892]),
    "p − 123456.7891 (10⁻⁶ Pa)",
  );
});

Deno.test("layOut() finds the value under a pixel and the pixel of a value", () => {
  const figure = timeFigure({ a: points([start, start + 100], [0, 10]) });
  const { x, y, plot } = layOut(figure, { width: 600, height: 300 });
  assert.deepEqual(x.scale.pixels, [plot.x, plot.x + plot.width]);
  assert.ok(Math.abs(x.scale.toValue(plot.x + plot.width / 2) - (start + 50)) < 1e-3);
  const [left] = y;
  assert.ok(left !== undefined);
  assert.deepEqual(left.scale.pixels, [plot.y + plot.height, plot.y]);
  assert.ok(Math.abs(left.scale.toValue(left.scale.toPixel(7)) - 7) < 1e-9);
});

Deno.test("layOut() marks the gravest of events that fall together, and leaves out those outside", () => {
  const marks: EventMark[] = [
    { t: start + 50.1, level: "error", label: "stopped" },
    { t: start + 50, level: "info", label: "noted" },
    { t: start + 90, level: "warning", label: "late" },
    { t: start - 1, level: "error", label: "before" },
    { t: start + 101, level: "error", label: "after" },
  ];
  const figure = timeFigure({ a: points([start, start + 100], [0, 10]) }, { marks });
  const placed = layOut(figure, { width: 600, height: 300 }).marks;
  assert.deepEqual(placed.map(({ level, label }) => `${level} ${label}`), [
    "error stopped",
    "warning late",
  ]);
  assert.deepEqual(placed[0]?.events.map(({ label }) => label), ["noted", "stopped"]);
});

Deno.test("layOut() joins gaps that touch, and shows the shortest", () => {
  const figure = timeFigure({ a: points([start, start + 100], [0, 10]) }, {
    gaps: [[60, 80], [10, 10.001], [70, 90], [-50, -1], [99, 200]].map(([from = 0, to = 0]) => ({
      from: start + from,
      to: start + to,
    })),
  });
  const { gaps, x } = layOut(figure, { width: 600, height: 300 });
  const spans = gaps.map((gap) => gap.map((pixel) => Math.round(x.scale.toValue(pixel) - start)));
  assert.deepEqual(spans, [[10, 10], [60, 90], [99, 100]]);
  for (const [from, to] of gaps) assert.ok(to - from >= 2 - 1e-9);
});

Deno.test("layOut() counts what a legend has no room for", () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, k) => [`sensor ${k}`, points([0, 1], [k, k])]),
  );
  const { legend, plot } = layOut(timeFigure(many), { width: 390, height: 260, lastValues: true });
  const more = legend.entries.at(-1);
  assert.equal(more?.series, null);
  assert.equal(more?.label, `+ ${60 - (legend.entries.length - 1)} more`);
  assert.ok(plot.height > 100);
  assert.equal(
    layOut(timeFigure(many), { width: 390, height: 260, legend: false }).legend.height,
    0,
  );
});

Deno.test("layOut() refuses a size that is none", () => {
  for (const [width, height] of [[0, 100], [100, NaN], [-1, 5], [1e6, 5]] as const) {
    assert.throws(() => layOut(timeFigure({}), { width, height }), /must have a size: .* x /);
  }
});

Deno.test("layOut() and draw() survive any size when it is tiny", () => {
  for (const [width, height] of [[1, 1], [20, 400], [400, 20], [60, 60]] as const) {
    const list = draw(layOut(timeFigure({ a: points([0, 1], [1, 2]) }), { width, height }));
    assert.ok(list.shapes.length > 0);
  }
});
