import assert from "node:assert/strict";
import type { PlotDefinition } from "../../plots/definition.ts";
import { ownSpan, type SpanFacts } from "../../plots/own_span.ts";

const TIME: PlotDefinition = { kind: "time", left: ["a"] };
const XY: PlotDefinition = { kind: "xy", x: "a", y: ["b"] };
const MINUTE = { last: 60_000 };

const facts = (
  started: number | undefined,
  now: number | undefined,
  entries: SpanFacts["entries"],
): SpanFacts => ({ started, now, entries });

const CASES: readonly (readonly [PlotDefinition, SpanFacts, from: number, to: number])[] = [
  [TIME, facts(100, undefined, [50, 900]), 100, 900],
  [TIME, facts(100, 950, [50, 900]), 100, 950],
  [TIME, facts(100, 101, null), 91, 101],
  [TIME, facts(undefined, undefined, null), -10, 0],
  [TIME, facts(undefined, undefined, [50, 900]), 50, 900],
  [{ ...TIME, ...MINUTE }, facts(100, undefined, [50, 900]), 840, 900],
  [{ ...TIME, ...MINUTE }, facts(100, 120, [50, 110]), 60, 120],
  [{ ...TIME, ...MINUTE }, facts(100, undefined, [50, 120]), 100, 120],
  [XY, facts(100, undefined, [50, 900]), 100, 900],
  [{ ...XY, ...MINUTE }, facts(100, 950, [50, 900]), 890, 950],
  [{ ...XY, ...MINUTE }, facts(100, 120, [50, 110]), 100, 120],
  [XY, facts(undefined, undefined, null), 0, 0],
];

for (const [definition, known, from, to] of CASES) {
  Deno.test(`ownSpan() is ${from} to ${to} when ${definition.kind} is asked for with ${JSON.stringify([definition, known])}`, () => {
    assert.deepEqual(ownSpan(definition, known), [from, to]);
  });
}
