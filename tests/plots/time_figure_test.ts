import assert from "node:assert/strict";
import type { TimePlotDefinition } from "../../plots/definition.ts";
import { type FigureEvent, timeFigure, type TimeParts } from "../../plots/time_figure.ts";
import { points } from "./_figures.ts";

const UNITS: Readonly<Record<string, string>> = { T: "°C", U: "V", V: "V", p: "Pa" };

function figure(definition: TimePlotDefinition, parts: Partial<TimeParts> = {}) {
  return timeFigure({
    definition,
    span: [0, 1_000],
    width: 500,
    variable: (name) => {
      const unit = UNITS[name];
      return unit === undefined ? { name } : { name, unit, period: 5 };
    },
    data: () => [points([0, 10, 20, 990], [1, 2, 3, 4])],
    events: [],
    ...parts,
  });
}

const SIDES: readonly (readonly [TimePlotDefinition, string])[] = [
  [{ kind: "time", left: ["T", "U"] }, "left right"],
  [{ kind: "time", left: ["U", "T", "V"] }, "left right left"],
  [{ kind: "time", left: ["U", "V"] }, "left left"],
  [{ kind: "time", left: ["T", "U", "p"] }, "left left left"],
  [{ kind: "time", left: ["U"], right: ["V"] }, "left right"],
  [{ kind: "time", left: ["T", "U"], right: [] }, "left left"],
];

for (const [definition, sides] of SIDES) {
  Deno.test(`timeFigure() puts ${JSON.stringify(definition)} on ${sides}`, () => {
    assert.equal(figure(definition).series.map(({ axis }) => axis).join(" "), sides);
  });
}

Deno.test("timeFigure() breaks lines over ten periods, or over three pixels if these are longer", () => {
  const steps = (width: number) =>
    figure({ kind: "time", left: ["T", "unknown"] }, { width }).series.map((one) =>
      one.longestStep
    );
  assert.deepEqual(steps(500), [50, undefined]);
  assert.deepEqual(steps(20), [150, undefined]);
});

function gap(from: number, to: number): FigureEvent {
  return { t: to, kind: "gap", level: "warning", message: "", span: [from, to] };
}

Deno.test("timeFigure() lets a gap interrupt the series that have no value in it", () => {
  const data = (name: string) =>
    name === "T" ? [points([0, 100, 200], [1, 2, 3])] : [points([0, 200], [1, 2])];
  const gaps = (events: FigureEvent[]) =>
    figure({ kind: "time", left: ["T", "U"] }, { data, events }).gaps;
  assert.deepEqual(gaps([gap(110, 190)]), [{ from: 110, to: 190 }]);
  assert.deepEqual(gaps([gap(50, 150)]), [{ from: 50, to: 150, series: ["U"] }]);
  assert.deepEqual(gaps([gap(-50, -10), gap(1_010, 1_020)]), []);
});

Deno.test("timeFigure() marks what is grave, and notes, alarms and pauses, within its times", () => {
  const event = (t: number, kind: string, level: FigureEvent["level"], source?: string) => ({
    t,
    kind,
    level,
    message: `said at ${t}`,
    ...(source === undefined ? {} : { source }),
  });
  const { marks = [] } = figure({ kind: "time", left: ["T"] }, {
    events: [
      event(-1, "failure", "error"),
      event(10, "log", "info"),
      event(20, "failure", "error", "every"),
      event(30, "note", "info", "web"),
      event(40, "pause", "info"),
      gap(50, 60),
      event(1_001, "failure", "error"),
    ],
  });
  assert.deepEqual(marks.map(({ t, label }) => [t, label]), [
    [20, "failure: every"],
    [30, "said at 30"],
    [40, "pause"],
  ]);
});
