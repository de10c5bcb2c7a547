import assert from "node:assert/strict";
import { definePlot } from "../../../plots/define.ts";
import type { PlotDefinition } from "../../../plots/definition.ts";
import { type PictureOptions, renderPlots } from "../../../session/figures/renderer.ts";
import { readerOf } from "../../../session/reader_of.ts";
import type { Session } from "../../../session/session.ts";
import { axesOf, linesOf, scaleOf, unescape } from "../../plots/_figures.ts";
import { START, virtualSession } from "../_session.ts";
import { recordEverything, SPIKE, timeOf } from "./_everything.ts";

const SIZE = { width: 640, height: 360, scale: 1, timeZone: "UTC" } as const;

/** The SVG of a plot of what a session in memory has recorded. */
async function svgOf(
  session: Session,
  plot: PlotDefinition,
  options: PictureOptions = {},
): Promise<string> {
  await session.flush();
  const [picture] = await renderPlots({
    ...SIZE,
    ...options,
    source: readerOf(session),
    plots: [plot],
    format: "svg",
  });
  return new TextDecoder().decode(picture?.bytes);
}

/** The points of a series' lines, as values. */
function valuesOf(svg: string, series: string, up = "left"): [number, number][][] {
  const axes = axesOf(svg);
  const [x, y] = [scaleOf(axes, "x"), scaleOf(axes, up)];
  return linesOf(svg, series).map((line) => line.map(([a, b]) => [x.toValue(a), y.toValue(b)]));
}

/** How many elements of a class an SVG has. */
function count(svg: string, role: string): number {
  return [...svg.matchAll(new RegExp(` class="${role}"`, "g"))].length;
}

function near(value: number | undefined, wanted: number, within: number): void {
  assert.ok(value !== undefined && Math.abs(value - wanted) <= within, `${value} is ${wanted}`);
}

const last = (values: readonly number[]): number => values.at(-1) ?? NaN;

Deno.test("a figure over time has the values of the file when they are read off its path", async () => {
  await using session = virtualSession();
  const values = [3, -1, 4, 1, -5, 9, 2, 6];
  values.forEach((value, i) => void session.addEntry({ a: value }, { at: START + i * 10 }));
  const [line = []] = valuesOf(await svgOf(session, definePlot("a")), "a");
  assert.equal(line.length, values.length);
  for (const [i, [t, value]] of line.entries()) {
    near(t, START + i * 10, 0.1);
    near(value, values[i] ?? NaN, 0.05);
  }
});

Deno.test("a spike of one value in a million is as high as it was, and where it was", async () => {
  await using session = virtualSession();
  const n = 1_000_000;
  for (let i = 0; i < n; i++) {
    void session.addEntry({ a: i === 612_345 ? 50 : Math.sin(i / 1e5) }, { at: START + i / 100 });
    if (i % 50_000 === 0) await session.flush();
  }
  const svg = await svgOf(session, definePlot("a"));
  assert.ok(svg.length < 100_000, "its length is that of its pixels");
  const points = valuesOf(svg, "a").flat();
  const high = points.filter(([, value]) => value > 25);
  assert.ok(high.length >= 1 && high.length <= 2);
  near(high[0]?.[1], 50, 0.2);
  near(high[0]?.[0], START + 6_123.45, n / 100 / 300);
  for (const [, value] of points) assert.ok(value > -1.2);
});

Deno.test("a gap interrupts the line and is tinted", async () => {
  await using session = virtualSession();
  await recordEverything(session);
  const svg = await svgOf(session, definePlot(["spiky"]));
  const lines = valuesOf(svg, "spiky");
  assert.equal(lines.length, 2);
  assert.ok(count(svg, "gap") >= 1);
  near(last(lines[0]?.map(([t]) => t) ?? []), timeOf(4_000), 10);
  near(lines[1]?.[0]?.[0], timeOf(4_001), 10);
  const spike = lines.flat().reduce((a, b) => b[1] > a[1] ? b : a);
  near(spike[0], timeOf(SPIKE), 10);
});

Deno.test("a logarithmic axis leaves out what is not positive, and is read back by its decades", async () => {
  await using session = virtualSession();
  [1e-6, 1e-3, 0, -5, 1, 1e3].forEach((value, i) =>
    void session.addEntry({ a: value }, { at: START + i })
  );
  const svg = await svgOf(session, definePlot("a", { leftAxis: { scale: "log" } }));
  assert.equal(axesOf(svg).get("left")?.kind, "log");
  const values = valuesOf(svg, "a").flat().map(([, value]) => value);
  assert.equal(values.length, 4);
  for (const [i, wanted] of [1e-6, 1e-3, 1, 1e3].entries()) {
    near(Math.log10(values[i] ?? NaN), Math.log10(wanted), 0.05);
  }
});

Deno.test("variables of two tasks are drawn against each other, each with the last known value", async () => {
  await using session = virtualSession();
  for (let i = 0; i < 20; i++) {
    void session.addEntry({ x: i }, { at: START + 2 * i });
    void session.addEntry({ y: i * i }, { at: START + 2 * i + 1 });
  }
  const svg = await svgOf(session, definePlot({ x: "x", y: "y" }));
  const points = valuesOf(svg, "y").flat();
  assert.equal(points.length, 20);
  for (const [x, y] of points) near(y, Math.round(x) ** 2, 2);
});

Deno.test("a heat map of a sweep that is half done has the cells that were measured", async () => {
  await using session = virtualSession();
  for (let i = 0; i < 25; i++) {
    void session.addEntry({ x: i % 10, y: Math.floor(i / 10), z: i }, { at: START + i });
  }
  const svg = await svgOf(session, definePlot({ x: "x", y: "y", z: "z" }));
  const cells = /<g class="cells".*?<\/g>/s.exec(svg)?.[0] ?? "";
  assert.equal([...cells.matchAll(/M/g)].length, 25);
  assert.deepEqual(axesOf(svg).get("z")?.range.map(Math.round), [0, 24]);
});

Deno.test("traces are the last datasets, with their extremes, the newest last", async () => {
  await using session = virtualSession();
  for (let n = 0; n < 5; n++) {
    const values = Float64Array.from({ length: 50_000 }, (_, i) => i === 33_333 ? 100 + n : n);
    await session.addDataset("scope", values, { at: START + n });
  }
  await session.addDataset("notes", { text: "no numbers" });
  const svg = await svgOf(session, definePlot({ dataset: "scope", count: 2 }));
  const traces = valuesOf(svg, "scope");
  assert.equal(traces.length, 2);
  for (const [n, trace] of traces.entries()) {
    near(Math.max(...trace.map(([, value]) => value)), 103 + n, 0.5);
    near(trace.find(([, value]) => value > 50)?.[0], 33_333, 100);
  }
  const window = { to: START + 1.5 };
  const earlier = await svgOf(session, definePlot({ dataset: "scope" }), window);
  near(Math.max(...valuesOf(earlier, "scope").flat().map(([, value]) => value)), 101, 0.5);
  const none = await svgOf(session, definePlot({ dataset: "notes" }));
  assert.equal(count(none, "line"), 0);
});

for (
  const plot of [
    definePlot("absent"),
    definePlot({ x: "absent", y: "missing" }),
    definePlot({ x: "absent", y: "missing", z: "gone" }),
    definePlot({ dataset: "absent" }),
  ]
) {
  Deno.test(`a ${plot.kind} figure of nothing is a picture that says so`, async () => {
    await using session = virtualSession();
    assert.match(await svgOf(session, plot), /class="empty"/);
    await session.addEntry({ other: 1 }, { at: START });
    assert.match(await svgOf(session, plot), /class="empty"/);
  });
}

Deno.test("a single entry, at the moment at which the run began, is shown", async () => {
  await using session = virtualSession();
  void session.addEntry({ a: 7, b: 8 }, { at: START });
  assert.equal(count(await svgOf(session, definePlot("a")), "points"), 1);
  const svg = await svgOf(session, definePlot({ x: "a", y: "b", line: false }));
  assert.equal(count(svg, "points"), 1);
});

Deno.test("names with markup and control characters stay texts", async () => {
  await using session = virtualSession();
  const nasty = `</text><script>alert("1")</script>&amp;`;
  void session.declareVariable(nasty, { unit: "<b>", label: `${nasty}\u0007` });
  for (let i = 0; i < 3; i++) void session.addEntry({ [nasty]: i }, { at: START + i });
  const svg = await svgOf(session, definePlot(nasty));
  assert.ok(!svg.includes("<script"));
  assert.ok(!svg.includes("\u0007"));
  assert.equal(valuesOf(svg, nasty).flat().length, 3);
  assert.ok(unescape(svg).includes(nasty));
});

const WINDOWS: readonly (readonly [string, PictureOptions, from: number, to: number])[] = [
  ["is absent", {}, START, START + 99],
  ["has a beginning", { from: START + 40 }, START + 40, START + 99],
  ["has an end", { to: START + 40 }, START, START + 40],
  ["has both", { from: START + 10, to: START + 20 }, START + 10, START + 20],
  ["has a while", { last: "30s" }, START + 69, START + 99],
  ["has a while and an end", { last: "30s", to: START + 50 }, START + 20, START + 50],
  ["has the present of a run that goes on", { now: START + 120 }, START, START + 120],
  ["ends after the data", { to: START + 1_000 }, START, START + 1_000],
];

for (const [what, options, from, to] of WINDOWS) {
  Deno.test(`a figure's times are right when the window ${what}`, async () => {
    await using session = virtualSession();
    for (let i = 0; i < 100; i++) void session.addEntry({ a: i, b: -i }, { at: START + i });
    const svg = await svgOf(session, definePlot("a"), options);
    assert.deepEqual(axesOf(svg).get("x")?.range, [from, to]);
    const pairs = await svgOf(session, definePlot({ x: "a", y: "b", line: false }), options);
    const axes = axesOf(pairs);
    const xs = linesOf(pairs, "b", "points").flat().map(([x]) => scaleOf(axes, "x").toValue(x));
    near(Math.min(...xs), from - START, 0.5);
    near(Math.max(...xs), Math.min(to - START, 99), 0.5);
  });
}

Deno.test("a figure is refused when it is to end before it begins", async () => {
  await using session = virtualSession();
  await session.addEntry({ a: 1 }, { at: START });
  await assert.rejects(
    svgOf(session, definePlot("a"), { from: START + 20, to: START + 10 }),
    /^RangeError: Cannot plot, as the plot must begin before it ends: from 2026-01-01T00:00:20/,
  );
});

Deno.test("events are marked however many there are after them", async () => {
  await using session = virtualSession();
  for (let i = 0; i < 100; i++) void session.addEntry({ a: i }, { at: START + i });
  session.event("note", "info", "the lid was opened");
  for (let i = 0; i < 2_500; i++) session.event("log", "debug", `line ${i}`);
  assert.match(await svgOf(session, definePlot("a")), /the lid was opened/);
});
