import assert from "node:assert/strict";
import { definePlot, type Plottable } from "../../plots/define.ts";
import { parsePlotDefinition } from "../../plots/parse_definition.ts";

Deno.test("parsePlotDefinition() reads back whatever can be defined", () => {
  const axis = { label: "T / °C", scale: "log", range: [null, 5] } as const;
  const cases: Plottable[] = [
    ["a"],
    ["a", "__proto__", "<img onerror>"],
    { x: "a", y: "b", line: false, last: "1h", title: "t", xAxis: axis, yAxis: { range: [1, 2] } },
    { x: "a", y: ["b", "c"] },
    { x: "a", y: "b", z: "c", zAxis: axis },
    { dataset: "d", count: 3 },
  ];
  for (const one of cases) {
    const plot = definePlot(one);
    assert.deepEqual(parsePlotDefinition(JSON.parse(JSON.stringify(plot))), plot);
  }
  const full = definePlot(["a", "b"], { right: ["b"], leftAxis: axis, rightAxis: axis });
  assert.deepEqual(parsePlotDefinition(JSON.parse(JSON.stringify(full))), full);
});

Deno.test("parsePlotDefinition() gives nothing for what is no plot", () => {
  const cases: unknown[] = [
    undefined,
    null,
    "time",
    [],
    {},
    { kind: "pie", left: ["a"] },
    { kind: "time" },
    { kind: "time", left: "a" },
    { kind: "time", left: [1] },
    { kind: "time", left: ["a"], last: -1 },
    { kind: "time", left: ["a"], last: "1h" },
    { kind: "time", left: ["a"], leftAxis: { range: [1] } },
    { kind: "time", left: ["a"], leftAxis: { scale: "square" } },
    { kind: "time", left: ["a"], leftAxis: [] },
    { kind: "time", left: new Array(101).fill("a") },
    { kind: "time", left: ["a".repeat(1001)] },
    { kind: "xy", x: "a", y: [] },
    { kind: "xy", y: ["a"] },
    { kind: "xy", x: "a", y: ["a"], line: 1 },
    { kind: "heatmap", x: "a", y: "b" },
    { kind: "trace", dataset: "d", count: 0 },
    { kind: "trace", dataset: "d", count: 1.5 },
  ];
  for (const one of cases) assert.equal(parsePlotDefinition(one), undefined, JSON.stringify(one));
});

Deno.test("parsePlotDefinition() leaves out fields that no plot has", () => {
  const plot = parsePlotDefinition({
    kind: "trace",
    dataset: "d",
    onclick: "x",
    xAxis: { html: "y" },
  });
  assert.deepEqual(plot, { kind: "trace", dataset: "d", xAxis: {} });
});
