import assert from "node:assert/strict";
import type { Session } from "../../session/session.ts";
import type { RunSummary, TaskLike } from "../../session/session_types.ts";
import type { StoredEvent, TaskStatistics } from "../../session/store/types.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { once } from "../../tasks/once.ts";
import { repeat } from "../../tasks/repeat.ts";
import { sweep } from "../../tasks/sweep.ts";
import { until } from "../../tasks/until.ts";
import { START, virtualSession } from "../session/_session.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

/** What a monitored session left. */
interface Trace {
  readonly summary: RunSummary;
  /** Offsets from the start in seconds, by variable. */
  readonly times: Record<string, number[]>;
  readonly values: Record<string, number[]>;
  readonly events: StoredEvent[];
  task(name: string): TaskStatistics;
}

async function run(...tasks: readonly TaskLike[]): Promise<Trace> {
  return await runIn(virtualSession(), ...tasks);
}

async function runIn(session: Session, ...tasks: readonly TaskLike[]): Promise<Trace> {
  await session.monitor(...tasks);
  await session.flush();
  const times: Record<string, number[]> = {};
  const values: Record<string, number[]> = {};
  for (const [name, [t, v]] of Object.entries(session.loggedData())) {
    times[name] = [...t].map((at) => Math.round((at - START) * 1e3) / 1e3);
    values[name] = [...v];
  }
  // Events that are held back are said at the end, which the file of a closed memory session can't show.
  const events = session.events();
  const summary = await session.close();
  return {
    summary,
    times,
    values,
    events,
    task: (name) => {
      const found = summary.tasks.find(({ task }) => task === name);
      assert.ok(found, `no task ${name}`);
      return found;
    },
  };
}

const forever = (): Promise<never> => new Promise(() => {});

Deno.test("every() runs on its grid, whatever its steps take", async () => {
  let n = 0;
  const { times, task } = await run(
    every("10s", async (_session, { sleep }) => {
      await sleep("3s");
      return { n: n++ };
    }, { name: "slow" }),
    every("4s", () => ({ m: 1 }), { name: "quick", delay: "1s" }),
    lasting("30s"),
  );
  assert.deepEqual(times.n, [3, 13, 23]);
  assert.deepEqual(times.m, [1, 5, 9, 13, 17, 21, 25, 29]);
  assert.deepEqual([task("slow").lateness.max, task("slow").duration.max], [0, 3_000]);
  assert.equal(task("slow").state, "stopped");
});

Deno.test("every() finishes a step that takes too long, skips, counts and records", async () => {
  const { times, task, events, summary } = await run(
    every("10s", async (session, { sleep }) => {
      session.addEntry({ begun: 1 });
      await sleep("25s");
    }, { name: "long" }),
    lasting("100s"),
  );
  assert.deepEqual(times.begun, [0, 30, 60, 90]);
  assert.equal(task("long").skipped, 6);
  const overruns = events.filter(({ kind }) => kind === "overrun");
  assert.equal(overruns[0]?.source, "long");
  assert.match(overruns[0]?.message ?? "", /^2 starts were missed/);
  assert.equal(summary.status, "completed");
});

Deno.test("every() forgives a failure, keeps its grid and leaves the others alone", async () => {
  let n = 0;
  const { times, task, events, summary } = await run(
    every("10s", () => {
      if (n++ === 1) throw new TypeError("cable");
      return { flaky: n };
    }, { name: "flaky" }),
    every("10s", () => ({ steady: 1 })),
    lasting("45s"),
  );
  assert.deepEqual(times.flaky, [0, 20, 30, 40]);
  assert.deepEqual(times.steady, [0, 10, 20, 30, 40]);
  assert.equal(task("flaky").failures, 1);
  const failure = events.find(({ kind }) => kind === "failure");
  assert.equal(failure?.source, "flaky");
  assert.match(failure?.message ?? "", /TypeError: cable/);
  assert.match(JSON.stringify(failure?.data), /tasks_test/, "the stack is in the file");
  assert.equal(summary.exitCode, 0);
});

Deno.test("every() is given up after four failures in a row within a minute; the others go on", async () => {
  const { times, task, events, summary } = await run(
    every("10s", () => {
      throw new Error("unplugged");
    }, { name: "broken" }),
    every("10s", () => ({ steady: 1 })),
    lasting("100s"),
  );
  assert.deepEqual([task("broken").ticks, task("broken").state], [4, "failed"]);
  assert.equal(times.steady?.length, 10);
  const failed = events.find(({ kind }) => kind === "task-failed");
  assert.match(failed?.message ?? "", /unplugged \(4 failures in a row within 1min\)/);
  assert.deepEqual([summary.status, summary.exitCode], ["failed", 1]);
  assert.match(summary.reason, /the time of 1min 40s is over; broken failed: .*unplugged/);
});

Deno.test("every() goes on for ever, or ends the run, where it is told to", async () => {
  const fail = (): never => {
    throw new Error("no");
  };
  const patient = await run(
    every("10s", fail, { name: "patient", onError: "continue" }),
    lasting("1h"),
  );
  assert.equal(patient.task("patient").failures, 360);
  assert.equal(patient.summary.status, "completed");
  const messages = patient.events.filter(({ kind }) => kind === "failure");
  assert.ok(messages.length >= 50 && messages.length <= 62, "one a minute, not one a failure");
  const strict = await run(
    every("10s", fail, { name: "strict", onError: "stop" }),
    every("1s", () => ({ a: 1 })),
  );
  assert.equal(strict.summary.status, "failed");
  assert.match(strict.summary.reason, /strict failed: no/);
});

Deno.test("every() drops a step after its time-out, tells it, and goes on", async () => {
  let told = 0;
  const { task, events } = await run(
    every("10s", (_session, { signal }) => {
      signal.addEventListener("abort", () => told++);
      return forever();
    }, { name: "stuck", timeout: "3s", onError: "continue" }),
    lasting("35s"),
  );
  assert.deepEqual([task("stuck").ticks, task("stuck").failures, told], [4, 4, 4]);
  assert.match(events.find(({ kind }) => kind === "failure")?.message ?? "", /longer than 3s/);
});

Deno.test("Session.monitor() leaves behind a step that never returns, and says so", async () => {
  const { task, events, summary } = await run(
    every("1s", forever, { name: "stuck" }),
    every("1s", () => ({ a: 1 })),
    lasting("10s"),
  );
  assert.equal(task("stuck").state, "abandoned");
  assert.match(
    events.find(({ kind }) => kind === "task-abandoned")?.message ?? "",
    /did not end within 5s.*Pass `signal` on/,
  );
  assert.equal(summary.status, "failed");
  assert.equal(summary.endedAt - summary.startedAt, 10 + 30 + 5, "grace and then some");
});

Deno.test("every() counts what its step returned wrongly as a failure", async () => {
  const wrong: [unknown, RegExp][] = [
    [3, /as it is no object of numbers: number 3/],
    [[1], /an array/],
    [{ a: "x" }, /"a" as its value must be a number: "x"/],
    [{}, /holds no value/],
  ];
  for (const [result, message] of wrong) {
    const { events, task } = await run(
      every("10s", () => result as Record<string, number>, { name: "wrong" }),
      lasting("5s"),
    );
    assert.equal(task("wrong").failures, 1);
    assert.match(events.find(({ kind }) => kind === "failure")?.message ?? "", message);
  }
});

Deno.test("every() and the others refuse what can't be meant, before anything runs", () => {
  const table: [() => unknown, RegExp][] = [
    [() => every("0s", () => {}), /period above zero/],
    [() => every(5 as unknown as "5s", () => {}), /bare number 5/],
    [() => every("1s", () => {}, { timeout: "0s" }), /time-out is zero/],
    [
      () => every("1s", () => {}, { restarts: { max: -1, within: "1s" } }),
      /no count: -1/,
    ],
    [() => lasting("0s"), /above zero/],
    [() => sweep([], () => {}), /no values/],
    [() => sweep([1], () => {}, { settle: "1 fortnight" as "1s" }), /"fortnight" is not a unit/],
  ];
  for (const [make, message] of table) assert.throws(make, message);
});

Deno.test("repeat() drifts by what a round takes, and backs off after failures", async () => {
  let n = 0;
  const { times, task } = await run(
    repeat(async function beat(session, { sleep }) {
      session.addEntry({ n });
      if (n++ === 2) throw new Error("once");
      await sleep("10s");
    }),
    lasting("50s"),
  );
  assert.deepEqual(times.n, [0, 10, 20, 21, 31, 41]);
  assert.equal(task("beat").failures, 1);
});

Deno.test("repeat() refuses to spin in a dry run", async () => {
  const { summary } = await run(repeat(() => ({ a: 1 })), lasting("1h"));
  assert.match(summary.reason, /it never waits: call sleep\(\)/);
});

Deno.test("once() does it once and the run ends with it", async () => {
  const { values, summary } = await run(
    once(async (_session, { sleep }) => {
      await sleep("10s");
      return { result: 42 };
    }),
  );
  assert.deepEqual(values.result, [42]);
  assert.deepEqual([summary.status, summary.reason], ["completed", "everything was done"]);
});

Deno.test("once() that throws fails the run, ends it or leaves the others alone", async () => {
  const fail = (): never => {
    throw new Error("no");
  };
  const alone = await run(once(fail), every("1s", () => ({ a: 1 })), lasting("5s"));
  assert.equal(alone.values.a?.length, 5);
  assert.equal(alone.summary.status, "failed");
  const ends = await run(once(fail, { onError: "stop" }), every("1s", () => ({ a: 1 })));
  assert.ok((ends.values.a?.length ?? 0) <= 1);
  assert.equal(ends.summary.status, "failed");
});

Deno.test("sweep() sets, settles, measures each point and ends the run", async () => {
  const log: string[] = [];
  const { values, times, summary, task } = await run(
    sweep({ a: [1, 2], b: [10, 20] }, (_session, { a, b }) => ({ sum: a + b }), {
      set: (_session, point) => void log.push(JSON.stringify(point)),
      settle: "1min",
      snake: true,
    }),
    every("1h", () => ({ beside: 1 })),
  );
  assert.deepEqual(values.sum, [11, 21, 22, 12]);
  assert.deepEqual(values.a, [1, 1, 2, 2]);
  assert.deepEqual(values.b, [10, 20, 20, 10]);
  assert.deepEqual(times.sum, [60, 120, 180, 240]);
  assert.equal(log.length, 4);
  assert.deepEqual([summary.status, summary.reason], ["completed", "sweep is complete: 4 points"]);
  assert.equal(task("every 1h").state, "stopped");
});

Deno.test("sweep() tries a point again, skips it, or ends, as it is told", async () => {
  const flaky = (failures: number) => {
    let left = failures;
    return (_session: Session, x: number): Record<string, number> => {
      if (x === 2 && left-- > 0) throw new Error("noise");
      return { x };
    };
  };
  const retried = await run(sweep([1, 2, 3], flaky(3)));
  assert.deepEqual([retried.values.x, retried.times.x], [[1, 2, 3], [0, 3, 3]]);
  assert.equal(retried.summary.status, "completed");
  const given = await run(sweep([1, 2, 3], flaky(4)), every("1s", () => ({ a: 1 })));
  assert.deepEqual([given.values.x, given.summary.status], [[1], "failed"]);
  const skipped = await run(sweep([1, 2, 3], flaky(9), { onError: "skip" }));
  assert.deepEqual(skipped.values.x, [1, 3]);
  assert.equal(
    skipped.events.find(({ kind }) => kind === "gap")?.message,
    "the point is left out: 2",
  );
  const ended = await run(sweep([1, 2, 3], flaky(1), { onError: "stop" }));
  assert.deepEqual([ended.values.x, ended.summary.status], [[1], "failed"]);
});

Deno.test("sweep() finishes its step on a stop, gives up one that settles, and takes no further one", async () => {
  for (const [at, expected] of [["25s", [1, 2]], ["35s", [1, 2, 3]]] as const) {
    const { values, summary } = await run(
      sweep([1, 2, 3, 4], async (session, x) => {
        // What does not look at the stop is finished.
        await session.clock.sleepUntil(session.clock.monotonic() + 10_000);
        return { x };
      }),
      lasting(at),
    );
    assert.deepEqual(values.x, [...expected, expected.length + 1]);
    assert.equal(summary.status, "completed");
  }
  const settling = await run(
    sweep([1, 2, 3], (_session, x) => ({ x }), { settle: "10s" }),
    lasting("15s"),
  );
  assert.deepEqual(settling.values.x, [1], "no hurried point");
});

Deno.test("Session.monitor() ends when all sweeps are done", async () => {
  const { values, summary } = await run(
    sweep([1, 2], (_session, a) => ({ a }), { settle: "1s", name: "short" }),
    sweep([1, 2, 3], (_session, b) => ({ b }), { settle: "1s", name: "long" }),
  );
  assert.deepEqual([values.a, values.b], [[1, 2], [1, 2, 3]]);
  assert.equal(summary.reason, "short is complete: 2 points; long is complete: 3 points");
});

Deno.test("Session.monitor() ends when nothing is left that runs", async () => {
  const { summary } = await run(
    every("1s", () => {
      throw new Error("no");
    }),
    lasting("1h"),
  );
  assert.equal(summary.endedAt - summary.startedAt, 3);
  assert.match(summary.reason, /nothing is left that runs/);
});

Deno.test("until() ends the run when the condition holds; what was not recorded is NaN", async () => {
  let n = 0;
  const seen: number[] = [];
  const { values, summary } = await run(
    every("1s", () => ({ n: n++ })),
    until(({ n = 0, missing = 0 }) => {
      seen.push(missing);
      return n >= 3 || missing > 0;
    }, { name: "n is 3" }),
  );
  assert.deepEqual(values.n, [0, 1, 2, 3]);
  assert.ok(seen.every(Number.isNaN));
  assert.deepEqual([summary.status, summary.reason], [
    "completed",
    "the condition is met: n is 3",
  ]);
});

Deno.test("until() that throws fails alone", async () => {
  const { values, summary } = await run(
    every("1s", () => ({ n: 1 })),
    until(() => {
      throw new Error("typo");
    }),
    lasting("5s"),
  );
  assert.equal(values.n?.length, 5);
  assert.match(summary.reason, /typo/);
});

Deno.test("A step of the wall clock is one event, loses nothing and moves no tick", async () => {
  for (const step of [3_600_000, -3_600_000]) {
    const clock = new VirtualClock({ start: START * 1e6 });
    const session = virtualSession({ clock, pulse: true });
    let n = 0;
    const ticks: number[] = [];
    const { values, events } = await runIn(
      session,
      every("10s", () => {
        ticks.push(clock.monotonic());
        if (n === 3) clock.stepWall(step);
        return { n: n++ };
      }),
      lasting("100s"),
    );
    assert.deepEqual(values.n, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "in order, though time went back");
    assert.deepEqual(ticks, values.n?.map((k) => k * 10_000));
    const steps = events.filter(({ kind }) => kind === "clock-step");
    assert.deepEqual(steps.map(({ data }) => data), [{ step }]);
  }
});

Deno.test("A suspended machine is one gap, and no burst after it", async () => {
  const clock = new VirtualClock({ start: START * 1e6 });
  const session = virtualSession({ clock, pulse: true });
  let n = 0;
  const { times, events, task } = await runIn(
    session,
    every("10s", () => {
      if (n++ === 2) clock.jump(600_000);
      return { n };
    }, { name: "slept" }),
    lasting("700s"),
  );
  assert.deepEqual(times.n, [0, 10, 620, 630, 640, 650, 660, 670, 680, 690]);
  assert.equal(task("slept").skipped, 60);
  assert.equal(events.filter(({ kind }) => kind === "gap").length, 1);
  assert.equal(events.filter(({ kind }) => kind === "overrun").length, 1);
});

Deno.test("A step that runs far too long is reported once while it runs", async () => {
  const session = virtualSession({ pulse: true });
  const { events } = await runIn(
    session,
    every("1s", async (inner) => await inner.clock.sleepUntil(300_000), { name: "slow" }),
    lasting("301s"),
  );
  const hung = events.filter(({ kind }) => kind === "hung");
  assert.deepEqual(hung.map(({ source }) => source), ["slow"]);
  assert.match(hung[0]?.message ?? "", /running for 1min/);
});
