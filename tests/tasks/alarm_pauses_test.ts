import assert from "node:assert/strict";
import type { Session } from "../../session/session.ts";
import { alarm } from "../../tasks/alarm.ts";
import type { AlarmCondition } from "../../tasks/alarms/options.ts";
import { every } from "../../tasks/every.ts";
import { once } from "../../tasks/once.ts";
import { repeat } from "../../tasks/repeat.ts";
import { sweep } from "../../tasks/sweep.ts";
import { virtualSession } from "../session/_session.ts";
import { happenings, run } from "./_watched.ts";

const hot: AlarmCondition = ({ t }) => (t ?? NaN) > 80;
const seen = (who: string) => (session: Session): void => session.acknowledge("hot", who);

Deno.test("alarm() is raised at once when it is tripped before the start, and holds tasks before their first step", async () => {
  const { changes, times } = await run(100, [
    every("10s", () => ({ a: 1 }), { name: "a" }),
    repeat(async (_session, { sleep }) => {
      await sleep("10s");
      return { b: 1 };
    }, { name: "b" }),
    sweep([1, 2, 3, 4, 5, 6, 7, 8, 9], async (_session, _point, { sleep }) => {
      await sleep("10s");
      return { c: 1 };
    }),
    happenings([35, { t: 20 }]),
    alarm("hot", hot, { then: { pause: ["a", "b", "sweep"] } }),
  ], { before: (session) => void session.addEntry({ t: 90 }) });
  assert.deepEqual(changes, ["0 raised", "35 cleared"]);
  assert.deepEqual(times["a"], [40, 50, 60, 70, 80, 90]);
  assert.deepEqual(times["b"]?.slice(0, 2), [45, 55]);
  assert.deepEqual(times["c"]?.slice(0, 2), [45, 55]);
});

Deno.test("alarm() pauses tasks until it clears and things have settled; intervals are kept, nothing comes twice", async () => {
  const { times, events, summary } = await run(120, [
    every("10s", () => ({ a: 1 }), { name: "a" }),
    every("10s", () => ({ b: 1 }), { name: "b" }),
    happenings([15, { t: 90 }], [42, { t: 20 }], [45, { t: 90 }], [55, { t: 20 }]),
    alarm("hot", hot, { then: [{ pause: ["a"], settle: "12s" }, "notify"] }),
  ]);
  // Raised at 15 and again, while things settle, at 45; clear at 55, settled at 67.
  assert.deepEqual(times["a"], [0, 10, 70, 80, 90, 100, 110]);
  assert.deepEqual(times["b"], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
  const told = events.filter(({ kind }) => ["pause", "resume", "gap", "overrun"].includes(kind));
  assert.deepEqual(told.map(({ kind, message }) => [kind, message]), [
    ["pause", 'paused by the alarm "hot"'],
    ["resume", 'resumed by the alarm "hot"'],
    ["gap", "nothing was done for 52s: the task was paused"],
  ]);
  assert.equal(summary.tasks.find(({ task }) => task === "a")?.skipped, 0);
});

Deno.test("a task that several hold goes on when all have let it go", async () => {
  const { times } = await run(60, [
    every("5s", () => ({ a: 1 }), { name: "a" }),
    happenings(
      [7, { t: 90 }],
      [12, (session) => session.pause("a", "Anna")],
      [17, { p: 5 }],
      [22, { t: 20 }],
      [27, (session) => session.resume("a", "Anna")],
      [37, { p: 1 }],
    ),
    alarm("hot", hot, { then: { pause: ["a"] } }),
    alarm("pressure", { variable: "p", above: 4 }, { then: { pause: ["a"] } }),
  ]);
  assert.deepEqual(times["a"], [0, 5, 40, 45, 50, 55]);
});

Deno.test("a latched alarm holds its tasks until it is acknowledged", async () => {
  const { times } = await run(60, [
    every("10s", () => ({ a: 1 }), { name: "a" }),
    happenings([5, { t: 90 }], [12, { t: 20 }], [32, seen("Anna")]),
    alarm("hot", hot, { latched: true, then: { pause: ["a"] } }),
  ]);
  assert.deepEqual(times["a"], [0, 40, 50]);
});

Deno.test("an alarm that holds a task which is over does nothing, and a task that ends while held is let be", async () => {
  const { summary, changes } = await run(
    60,
    [
      sweep([1], () => ({ a: 1 }), { name: "short" }),
      every("1s", () => ({ b: 1 })),
      happenings([5, { t: 90 }], [12, { t: 20 }]),
      alarm("hot", hot, { then: { pause: ["short"] } }),
    ].map((task) => task.kind === "sweep" ? { ...task, ends: undefined as never } : task),
  );
  assert.deepEqual(changes, ["5 raised", "12 cleared"]);
  assert.equal(summary.status, "completed");
});

Deno.test("alarm() refuses before anything begins to pause a task that there is not, or that has no steps", async () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    [
      "bathh",
      /^RangeError: Cannot begin, as alarm hot would pause a task that there is not: "bathh"\. These can be paused: bath, bath 2\.$/,
    ],
    [
      "once",
      /^TypeError: Cannot begin, as alarm hot would pause a task that has no steps to wait between: "once"$/,
    ],
  ];
  for (const [name, message] of rows) {
    const session = virtualSession();
    let begun = 0;
    const tasks = [
      every("1s", () => void begun++, { name: "bath" }),
      every("1s", () => void begun++, { name: "bath" }),
      once(() => void begun++),
      alarm("hot", hot, { then: { pause: ["bath", "bath 2", name] } }),
    ];
    await assert.rejects(session.monitor(...tasks), message);
    assert.equal(begun, 0);
    assert.deepEqual((await session.close()).tasks, []);
  }
});
