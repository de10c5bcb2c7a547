import assert from "node:assert/strict";
import { alarm } from "../../tasks/alarm.ts";
import type { AlarmCondition } from "../../tasks/alarms/options.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { once } from "../../tasks/once.ts";
import { virtualSession } from "../session/_session.ts";
import { facts, type Happening, happenings, run } from "./_watched.ts";

const hot: AlarmCondition = ({ t }) => (t ?? NaN) > 80;

Deno.test("alarm() says why, with the values, and how grave it is", async () => {
  const { events } = await run(40, [
    happenings([0, { p: 2, t: 81.25 }], [10, { t: 20 }]),
    every("7h", () => {}),
    alarm("limit", { variable: "t", above: 80 }, { severity: "error" }),
    alarm("function", ({ t, p }) => (t ?? 0) > 80 && (p ?? 0) > 1),
    alarm("stale", { stale: "t", after: "15s" }, { severity: "info" }),
    alarm("never", { stale: "q", after: "15s" }),
  ]);
  const told = events.filter((event) =>
    event.kind === "alarm" && facts(event)["change"] !== "watched"
  );
  assert.deepEqual(
    told.map(({ source, level, message, data }) => [source, level, message, data]),
    [
      ["limit", "error", "raised: t is 81.25, above 80", {
        name: "limit",
        raised: true,
        change: "raised",
        severity: "error",
        values: { t: 81.25 },
      }],
      ["function", "warning", "raised: t is 81.25, p is 2", {
        name: "function",
        raised: true,
        change: "raised",
        severity: "warning",
        values: { t: 81.25, p: 2 },
      }],
      ["limit", "info", "clear after 10s: t is 20", {
        name: "limit",
        raised: false,
        change: "cleared",
        severity: "error",
        values: { t: 20 },
      }],
      ["function", "info", "clear after 10s: t is 20, p is 2", {
        name: "function",
        raised: false,
        change: "cleared",
        severity: "warning",
        values: { t: 20, p: 2 },
      }],
      ["never", "warning", "raised: nothing was ever recorded of q, for 15s", {
        name: "never",
        raised: true,
        change: "raised",
        severity: "warning",
        values: {},
      }],
      ["stale", "info", "raised: nothing was recorded of t for 15s, the last was 20", {
        name: "stale",
        raised: true,
        change: "raised",
        severity: "info",
        values: { t: 20 },
      }],
    ],
  );
});

Deno.test("alarm() ends the run with its reason when it is to", async () => {
  const { summary } = await run(60, [
    every("1s", (session) => ({ t: 75 + session.clock.monotonic() / 1e3 }), { name: "bath" }),
    alarm("too hot", hot, { then: "stop" }),
  ]);
  assert.equal(summary.reason, 'the alarm "too hot" was raised: t is 81');
  assert.equal(summary.status, "completed");
  assert.equal(summary.entries, 7);
});

Deno.test("several alarms at once are raised apart, and the first that stops says why", async () => {
  const { changes, summary } = await run(60, [
    happenings([5, { t: 90, p: 9 }]),
    every("7h", () => {}),
    alarm("one", hot),
    alarm("two", { variable: "p", above: 8 }, { then: "stop" }),
    alarm("three", ({ t, p }) => (t ?? 0) + (p ?? 0) > 90, { then: "stop" }),
  ]);
  assert.deepEqual(changes, ["5 one raised", "5 two raised", "5 three raised"]);
  assert.equal(summary.reason, 'the alarm "two" was raised: p is 9, above 8');
});

Deno.test("an alarm while the run is being stopped is told, calls its functions and pauses nothing", async () => {
  const called: string[] = [];
  const { changes, summary, events } = await run(60, [
    every("1h", async (session, { signal }) => {
      session.askExit("enough");
      // The last step takes its time, and measures all the same.
      await session.clock.sleepUntil(5_000, signal);
      session.addEntry({ t: 90 });
    }, { name: "last" }),
    alarm("hot", hot, {
      then: ["stop", { pause: ["last"] }, async (session, { sleep }) => {
        called.push(`begun at ${session.clock.monotonic() / 1e3}`);
        await sleep("3s");
        called.push(`done at ${session.clock.monotonic() / 1e3}`);
      }],
    }),
  ]);
  assert.deepEqual(changes, ["5 raised"]);
  assert.deepEqual(called, ["begun at 5", "done at 8"]);
  assert.equal(summary.reason, "enough");
  assert.equal(events.filter(({ kind }) => kind === "pause").length, 0);
});

Deno.test("a condition that throws, or gives no boolean, fails the alarm and nothing else", async () => {
  const { changes, events, summary, times } = await run(30, [
    every("10s", () => ({ a: 1 }), { name: "a" }),
    happenings([5, { t: 1 }], [6, { t: 1 }], [15, { t: 90 }], [16, { t: 1 }], [25, { t: 20 }]),
    alarm("hot", ({ t }) => {
      if (t === 1) throw new Error("cable");
      if (Number.isNaN(t)) return "no" as unknown as boolean;
      return (t ?? 0) > 80;
    }),
  ]);
  assert.deepEqual(changes, [
    "0 failing",
    "15 working",
    "15 raised",
    "16 failing",
    "25 working",
    "25 cleared",
  ]);
  const [first, second] = events.filter((event) => facts(event)?.["change"] === "failing");
  assert.equal(
    first?.message,
    "its condition can't be told, and it stays as it is: TypeError: Cannot tell whether the alarm's " +
      "condition holds, as it must give true or false: no",
  );
  assert.match(second?.message ?? "", /it stays as it is: cable$/);
  assert.deepEqual([facts(first as never)["raised"], facts(second as never)["raised"]], [
    false,
    true,
  ]);
  assert.deepEqual(times["a"], [0, 10, 20]);
  assert.equal(summary.status, "completed");
});

Deno.test("a function that hangs is given up; the run has failed and goes on", async () => {
  const called: number[] = [];
  const { summary, times } = await run(120, [
    every("10s", () => ({ a: 1 }), { name: "a" }),
    happenings([5, { t: 90 }], [25, { t: 20 }], [65, { t: 90 }]),
    alarm("hot", hot, {
      timeout: "20s",
      then: [
        (session, { signal }) => {
          called.push(session.clock.monotonic() / 1e3);
          signal.addEventListener("abort", () => called.push(session.clock.monotonic() / 1e3));
          return new Promise(() => {});
        },
        () => {
          throw new Error("the valve is stuck");
        },
      ],
    }),
  ]);
  assert.deepEqual(called, [5, 25, 65, 85]);
  assert.equal(times["a"]?.length, 12);
  assert.equal(summary.status, "failed");
  assert.match(
    summary.reason,
    /the alarm "hot": TimeoutError: what it does when it is raised took longer than 20s, and was given up; the alarm "hot": the valve is stuck/,
  );
});

Deno.test("a function that is at it when the alarm is raised anew is called once more, not thrice", async () => {
  const called: number[] = [];
  await run(120, [
    happenings(
      ...[5, 7, 9].flatMap((at): Happening[] => [[at, { t: 90 }], [at + 1, { t: 20 }]]),
      [80, { t: 90 }],
    ),
    every("7h", () => {}),
    alarm("hot", hot, {
      then: async (session, { sleep }) => {
        called.push(session.clock.monotonic() / 1e3);
        await sleep("20s");
      },
    }),
  ]);
  assert.deepEqual(called, [5, 25, 80]);
});

Deno.test("acknowledge() refuses what is not raised and what is not watched for", async () => {
  const session = virtualSession();
  const refused: string[] = [];
  await session.monitor(
    once(() => {
      for (const name of ["hot", "cold"]) {
        try {
          session.acknowledge(name);
        } catch (error) {
          refused.push(String(error));
        }
      }
    }),
    alarm("hot", hot),
  );
  assert.deepEqual(refused, [
    'RangeError: Cannot acknowledge an alarm that is not raised: "hot"',
    'RangeError: Cannot acknowledge an alarm that is not watched for: "cold". There are: "hot".',
  ]);
  assert.throws(() => session.acknowledge("hot"), /not watched for/, "the tasks are over");
  await session.close();
});

Deno.test("two alarms of one name are refused, and the same one may run again with other tasks", async () => {
  const two = await run(5, [every("1s", () => {}), alarm("hot", hot), alarm("hot", hot)]);
  assert.match(two.summary.reason, /Cannot watch for two alarms of one name: "hot"/);
  const session = virtualSession();
  for (let n = 0; n < 2; n++) {
    await session.monitor(every("1s", () => ({ t: 90 })), alarm("hot", hot), lasting("5s"));
  }
  await session.flush();
  const raised = session.events().filter((event) =>
    event.kind === "alarm" && facts(event)["change"] === "raised"
  );
  assert.equal(raised.length, 2);
  assert.equal((await session.close()).status, "completed");
});

Deno.test("an alarm sets no timer for each entry", async () => {
  const session = virtualSession();
  let most = 0;
  await session.monitor(
    every("100ms", () => {
      most = Math.max(most, session.clock.waiting);
      return { t: 1 };
    }),
    alarm("silent", { stale: "t", after: "5min" }),
    lasting("1min"),
  );
  // The end, the step's own and that of the alarm.
  assert.ok(most <= 3, `${most} timers`);
  await session.close();
});
