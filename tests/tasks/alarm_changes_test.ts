import assert from "node:assert/strict";
import fc from "fast-check";
import type { Session } from "../../session/session.ts";
import { alarm } from "../../tasks/alarm.ts";
import type { AlarmCondition, AlarmOptions } from "../../tasks/alarms/options.ts";
import { every } from "../../tasks/every.ts";
import { type Happening, happenings, run } from "./_watched.ts";

type Row = readonly [
  condition: AlarmCondition,
  options: AlarmOptions,
  happenings: readonly Happening[],
  changes: readonly string[],
];

const above80: AlarmCondition = { variable: "t", above: 80 };
const hot: AlarmCondition = ({ t }) => (t ?? NaN) > 80;
const at = (...pairs: readonly (readonly [number, number])[]): Happening[] =>
  pairs.map(([time, t]) => [time, { t }]);
const seen = (who: string) => (session: Session): void => session.acknowledge("hot", who);

const ROWS: Record<string, Row> = {
  "a limit that is passed and passed back": [
    above80,
    {},
    at([1, 79], [2, 80], [3, 81], [4, 82], [5, 80]),
    ["3 raised", "5 cleared"],
  ],
  "a function that holds and does not": [
    hot,
    {},
    at([1, 79], [3, 81], [4, 82], [5, 80]),
    ["3 raised", "5 cleared"],
  ],
  "flapping faster than it must hold": [
    hot,
    { for: "10s" },
    at([1, 81], [6, 79], [7, 81], [16, 79], [17, 81], [26.9, 70]),
    [],
  ],
  "holding long enough with few values": [
    hot,
    { for: "10s" },
    at([1, 81], [30, 79]),
    ["11 raised", "30 cleared"],
  ],
  "holding long enough with many values": [
    hot,
    { for: "10s" },
    at([1, 81], [4, 82], [8, 83], [12, 84], [13, 79]),
    ["11 raised", "13 cleared"],
  ],
  "re-raised": [
    hot,
    { for: "5s" },
    at([1, 81], [8, 79], [10, 81], [20, 79]),
    ["6 raised", "8 cleared", "15 raised", "20 cleared"],
  ],
  "hysteresis": [
    { variable: "t", above: 80, hysteresis: 2 },
    {},
    at([1, 81], [2, 79], [3, 81], [4, 78.1], [5, 78], [6, 79], [7, 80]),
    ["1 raised", "5 cleared"],
  ],
  "hysteresis below": [
    { variable: "t", below: 10, hysteresis: 1 },
    {},
    at([1, 9], [2, 10.5], [3, 11]),
    ["1 raised", "3 cleared"],
  ],
  "outside a band": [
    { variable: "t", above: 80, below: 10, hysteresis: 1 },
    {},
    at([1, 9], [2, 81], [3, 79.5], [4, 79], [5, 50], [6, -1]),
    ["1 raised", "4 cleared", "6 raised"],
  ],
  "a dip within the hysteresis while it must hold": [
    { variable: "t", above: 80, hysteresis: 5 },
    { for: "10s" },
    at([1, 81], [5, 79], [6, 81], [17, 81]),
    ["16 raised"],
  ],
  "a condition of its own that clears": [
    hot,
    { clear: ({ t }) => (t ?? NaN) < 60 },
    at([1, 81], [2, 70], [3, 61], [4, 59], [5, 70]),
    ["1 raised", "4 cleared"],
  ],
  "a limit that clears": [
    hot,
    { clear: { variable: "u", below: 1 } },
    [[1, { t: 81 }], [2, { t: 20 }], [3, { u: 0 }], [4, { t: 20 }]],
    ["1 raised", "3 cleared"],
  ],
  "what clears, while the condition still holds": [
    hot,
    { clear: () => true },
    at([1, 81], [2, 82], [3, 80]),
    ["1 raised", "3 cleared"],
  ],
  "NaN, of a limit": [
    above80,
    {},
    at([1, NaN], [2, 81], [3, NaN], [4, 80], [5, NaN]),
    ["2 raised", "4 cleared"],
  ],
  "NaN, of a function": [
    hot,
    {},
    at([1, NaN], [2, 81], [3, NaN], [4, 80], [5, NaN]),
    ["2 raised", "4 cleared"],
  ],
  "NaN, of what clears": [
    hot,
    { clear: ({ t }) => (t ?? NaN) < 60 },
    at([2, 81], [3, NaN], [4, 59]),
    ["2 raised", "4 cleared"],
  ],
  "NaN while it must hold": [
    hot,
    { for: "10s" },
    at([1, 81], [5, NaN], [6, 81], [20, 81]),
    ["16 raised"],
  ],
  "infinity": [above80, {}, at([1, Infinity], [2, -Infinity]), ["1 raised", "2 cleared"]],
  "latched": [
    hot,
    { latched: true },
    [...at([1, 81], [2, 20], [3, 81], [4, 20]), [5, seen("Anna")], ...at([6, 81])],
    ["1 raised", "5 acknowledged", "5 cleared", "6 raised"],
  ],
  "latched, acknowledged while it holds": [
    hot,
    { latched: true },
    [[1, { t: 81 }], [2, seen("Anna")], [3, seen("Bob")], [4, { t: 20 }]],
    ["1 raised", "2 acknowledged", "4 cleared"],
  ],
  "acknowledged without being latched": [
    hot,
    {},
    [[1, { t: 81 }], [2, seen("Anna")], [4, { t: 20 }]],
    ["1 raised", "2 acknowledged", "4 cleared"],
  ],
  "told again": [
    hot,
    { renotify: "10s" },
    at([1, 81], [25, 82], [35, 20]),
    ["1 raised", "11 again", "21 again", "31 again", "35 cleared"],
  ],
  "told again until acknowledged, and anew when it is raised anew": [
    hot,
    { renotify: "10s" },
    [[1, { t: 81 }], [15, seen("Anna")], [30, { t: 20 }], [31, { t: 81 }]],
    ["1 raised", "11 again", "15 acknowledged", "30 cleared", "31 raised", "41 again", "51 again"],
  ],
  "stale": [
    { stale: "t", after: "10s" },
    {},
    [[1, { t: 1 }], [8, { u: 1 }], [15, { t: 1 }], [20, { t: 1 }]],
    ["11 raised", "15 cleared", "30 raised"],
  ],
  "never recorded": [{ stale: "t", after: "10s" }, {}, [[1, { u: 1 }]], ["10 raised"]],
  "recorded often enough": [
    { stale: "t", after: "10s" },
    {},
    at(...Array.from({ length: 12 }, (_, i) => [i * 5, 1] as const)),
    [],
  ],
  "stale for a while": [
    { stale: "t", after: "10s" },
    { for: "5s" },
    [[1, { t: 1 }]],
    ["16 raised"],
  ],
  "values that come back as NaN are no values but are recorded": [
    { stale: "t", after: "10s" },
    {},
    at([1, NaN], [9, NaN], [18, NaN]),
    ["28 raised"],
  ],
  "a function of no variable": [() => true, {}, [], ["0 raised"]],
};

for (const [what, [condition, options, all, changes]] of Object.entries(ROWS)) {
  Deno.test(`alarm() changes as it should with ${what}`, async () => {
    const left = await run(
      60,
      [happenings(...all), every("7h", () => {}), alarm("hot", condition, options)]
        .slice(all.length === 0 ? 1 : 0),
    );
    assert.deepEqual(left.changes.filter((change) => parseFloat(change) < 60), changes);
    assert.equal(left.summary.status, "completed");
  });
}

/** When a limit of 80 should be raised and cleared: from what each value holds for, not from moment to moment. */
function expected(
  values: readonly (readonly [at: number, value: number])[],
  hold: number,
  hysteresis: number,
): number[] {
  const changes: number[] = [];
  let raised = false;
  let since = NaN;
  for (const [i, [at, value]] of values.entries()) {
    const until = values[i + 1]?.[0] ?? Infinity;
    if (raised) {
      if (!(value <= 80 - hysteresis)) continue;
      raised = false;
      changes.push(at);
    }
    if (value > 80) since = Number.isNaN(since) ? at : since;
    else since = NaN;
    if (!(since + hold < until)) continue;
    raised = true;
    changes.push(since + hold);
    since = NaN;
  }
  return changes;
}

/** Milliseconds between values, and values. */
const flapping = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 30_000 }), fc.constantFrom(20, 79, 81, 90, NaN, 300)),
  { minLength: 1, maxLength: 40 },
);

Deno.test("raise and clear alternate, and a task is held exactly while it should be, however values flap", async () => {
  await fc.assert(
    fc.asyncProperty(
      flapping,
      fc.constantFrom(0, 5_000, 20_000),
      fc.constantFrom(0, 7_000),
      fc.constantFrom(0, 2),
      async (steps, hold, settle, hysteresis) => {
        let now = 0;
        const all: Happening[] = steps.map(([wait, t]) => {
          now += wait;
          return [now / 1e3, { t }];
        });
        // Where both come at one moment, either may be first.
        fc.pre(!all.some(([at]) => all.some(([from]) => at === from + hold / 1e3 && hold > 0)));
        const { changes, events, times } = await run(now / 1e3 + 60, [
          every("1s", () => ({ a: 1 }), { name: "a" }),
          happenings(...all),
          alarm("hot", { variable: "t", above: 80, hysteresis }, {
            for: `${hold}ms`,
            then: { pause: ["a"], settle: `${settle}ms` },
          }),
        ]);
        const states = changes.map((change) => change.split(" ")[1]);
        assert.deepEqual(states, states.map((_, i) => i % 2 === 0 ? "raised" : "cleared"));
        const moments = changes.map(parseFloat);
        const values = all.map(([at, what]) => [at * 1e3, (what as { t: number }).t] as const);
        assert.deepEqual(
          moments.map((at) => Math.round(at * 1e3)),
          expected(values, hold, hysteresis).map(Math.round),
        );
        const holds: [number, number][] = [];
        for (let i = 0; i < moments.length; i += 2) {
          const from = moments[i] as number;
          const to = (moments[i + 1] ?? Infinity) + settle / 1e3;
          const before = holds.at(-1);
          // Raised again before things have settled: it goes on being held.
          if (before !== undefined && from < before[1]) before[1] = to;
          else holds.push([from, to]);
        }
        const end = now / 1e3 + 60;
        const seen = new Set(times["a"]);
        assert.equal(seen.size, times["a"]?.length ?? 0, "nothing comes twice");
        for (let second = 0; second < end; second++) {
          // At the very moment either may come first.
          if (holds.some(([from, to]) => second === from || second === to)) continue;
          const held = holds.some(([from, to]) => second > from && second < to);
          assert.equal(seen.has(second), !held, `${second} s of ${JSON.stringify(holds)}`);
        }
        const pauses = events.filter(({ kind }) => kind === "pause").length;
        assert.equal(pauses, holds.length);
      },
    ),
    { numRuns: 60 },
  );
});
