import assert from "node:assert/strict";
import { traceFigure } from "../../plots/trace_figure.ts";

const DAY = 86_400;
const NOON = Date.UTC(2026, 10, 26, 12) / 1e3;

Deno.test("traceFigure() labels traces by when they were stored, on the clocks that are wanted", () => {
  const trace = (t: number) => ({
    name: "scope",
    t,
    index: Float64Array.of(0, 1),
    values: Float64Array.of(1, 2),
  });
  const definition = { kind: "trace", dataset: "scope", count: 3 } as const;
  const traces = [trace(NOON - DAY), { name: "scope", t: NOON }, trace(NOON + 0.9)];
  const { series, definition: { yAxis } } = traceFigure(definition, traces, NOON + 60, () => 3_600);
  assert.deepEqual(series.map(({ label, color }) => [label, color]), [
    ["scope, 2026-11-25 13:00:00", 2],
    ["scope, 13:00:00", 0],
  ]);
  assert.deepEqual(yAxis, { label: "scope" });
  const own = { ...definition, yAxis: { label: "U (V)" } };
  assert.equal(traceFigure(own, traces, NOON, () => 0).definition.yAxis?.label, "U (V)");
});
