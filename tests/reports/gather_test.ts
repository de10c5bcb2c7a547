import assert from "node:assert/strict";
import { definePlot } from "../../plots/define.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { once } from "../../tasks/once.ts";
import { Session } from "../../session/session.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { APART, START, virtualSession } from "../session/_session.ts";
import { gathered } from "./_report.ts";

Deno.test("gather() tells last values, their change and their extremes since the last report", async () => {
  await using session = virtualSession();
  await session.declareVariable("temperature", { unit: "°C", label: "Bath" });
  const add = (values: Record<string, number>, t: number): void => {
    void session.addEntry(values, { at: START + t });
  };
  add({ temperature: 20, pressure: 1000 }, 0);
  add({ temperature: 30 }, 10);
  add({ temperature: 25, pressure: NaN }, 20);
  await session.clock.advance(25_000);
  const first = await gathered(session);
  assert.deepEqual(first.report.values, [
    {
      name: "temperature",
      label: "Bath",
      unit: "°C",
      value: 25,
      t: START + 20,
      stale: false,
      before: 20,
      min: 20,
      max: 30,
    },
    {
      name: "pressure",
      value: NaN,
      t: START + 20,
      stale: false,
      before: 1000,
      min: 1000,
      max: 1000,
    },
  ]);
  assert.deepEqual([first.report.since, first.report.sinceReport], [START, false]);
  add({ temperature: 28 }, 30);
  add({ temperature: 27, humidity: 40 }, 40);
  add({ humidity: 45 }, 45);
  await session.clock.advance(20_000);
  const { report } = await gathered(session, { baseline: first.baseline });
  assert.deepEqual(
    report.values.map(({ name, value, before, min, max }) => [name, value, before, min, max]),
    [
      ["temperature", 27, 25, 27, 28],
      ["pressure", NaN, NaN, NaN, NaN],
      ["humidity", 45, 40, 40, 45],
    ],
  );
  assert.deepEqual([report.since, report.sinceReport], [START + 25, true]);
});

Deno.test("gather() tells progress, tasks, plots and the run", async () => {
  await using session = virtualSession();
  const reports: Awaited<ReturnType<typeof gathered>>[] = [];
  const plots = [definePlot(["a"], { title: "All" }), definePlot({ x: "a", y: "b" })];
  await session.monitor(
    every("10s", () => ({ a: 1, b: 2 }), { name: "measure" }),
    every("1min", () => {
      throw new Error("no answer");
    }, { name: "broken", onError: "continue" }),
    once(async (_session, { sleep }) => {
      await sleep("895s");
      reports.push(await gathered(session, {}, plots));
    }),
    lasting("1h"),
  );
  const [report] = reports.map((one) => one.report);
  assert.ok(report !== undefined);
  const { name, state, run, started, now, fraction, endsAt, entries, file } = report;
  assert.deepEqual(
    { name, state, run, started, now, fraction, endsAt, entries, file },
    {
      name: "cooling.db",
      state: "running",
      run: 1,
      started: START,
      now: START + 895,
      fraction: 895 / 3600,
      endsAt: START + 3600,
      entries: 90,
      file: "cooling.db",
    },
  );
  assert.deepEqual(report.tasks.map(({ late: _, ...task }) => task), [
    { name: "measure", state: "running", period: 10, steps: 90, missed: 0, failed: 0 },
    { name: "broken", state: "running", period: 60, steps: 15, missed: 0, failed: 15 },
    { name: "once", state: "running", steps: 1, missed: 0, failed: 0 },
  ]);
  assert.deepEqual(report.plots.map(({ title }) => title), ["All", "b against a"]);
});

Deno.test("gather() counts what went wrong by what it is and whom it concerns", async () => {
  await using session = virtualSession();
  const { clock } = session;
  session.event("device", "warning", "dmm is lost: reset", "dmm", { kind: "lost" });
  session.event("overrun", "warning", "3 starts were missed", "measure", { count: 3 });
  await clock.advance(60_000);
  session.event("overrun", "warning", "5 starts were missed", "measure", { count: 5 });
  session.event("gap", "info", "dmm could not be read for 60 s", "dmm");
  session.event("device", "info", "dmm is there again", "dmm", { kind: "reopened" });
  session.event("alarm", "error", "above 80", undefined, { name: "too hot", raised: true });
  session.log("info", "not wrong at all");
  const { report, baseline } = await gathered(session);
  const told = ({ kind, source, level, count, first, last }: typeof report.troubles[number]) => [
    kind,
    source,
    level,
    count,
    first - START,
    last - START,
  ];
  assert.deepEqual(report.troubles.map(told), [
    ["alarm", "too hot", "error", 1, 60, 60],
    ["overrun", "measure", "warning", 8, 0, 60],
    ["device lost", "dmm", "warning", 1, 0, 0],
    ["gap", "dmm", "info", 1, 60, 60],
  ]);
  assert.deepEqual(
    [report.troubles[1]?.firstMessage, report.troubles[1]?.lastMessage],
    ["3 starts were missed", "5 starts were missed"],
  );
  const next = await gathered(session, { baseline });
  assert.deepEqual(next.report.troubles, []);
});

Deno.test("gather() tells what is wrong at this moment until it is over", async () => {
  await using session = virtualSession();
  const now = async (): Promise<unknown[]> =>
    (await gathered(session)).report.standing.map(({ what, name, since }) => [
      what,
      name,
      (since ?? NaN) - START,
    ]);
  session.event("device", "warning", "lost", "dmm", { kind: "lost" });
  await session.clock.advance(5_000);
  session.event("alarm", "error", "above 80", undefined, { name: "too hot", raised: true });
  await session.clock.advance(5_000);
  session.event("alarm", "error", "above 80 still", undefined, { name: "too hot", raised: true });
  assert.deepEqual(await now(), [["device", "dmm", 0], ["alarm", "too hot", 5]]);
  session.event("device", "info", "again", "dmm", { kind: "reopened" });
  session.event("alarm", "info", "below", undefined, { name: "too hot", raised: false });
  assert.deepEqual(await now(), []);
});

Deno.test("gather() says what became of the run before, in the first report only", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/a.db`;
    const open = (): Session =>
      new Session("a", { ...APART, file, clock: new VirtualClock({ start: START * 1e6 }) });
    {
      await using session = open();
      session.fail(new Error("the pump stood still"));
    }
    await using session = open();
    const { report, baseline } = await gathered(session);
    assert.deepEqual(report.before, { run: 1, state: "failed", reason: "the pump stood still" });
    assert.deepEqual(report.troubles, []);
    assert.equal((await gathered(session, { baseline })).report.before, undefined);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("gather() reads everything with a wall clock that was set back", async () => {
  await using session = virtualSession();
  void session.addEntry({ a: 1 });
  const { baseline } = await gathered(session);
  session.clock.stepWall(-3_600_000);
  void session.addEntry({ a: 2 });
  const { report } = await gathered(session, { baseline });
  assert.equal(report.values[0]?.value, 2);
});

Deno.test("gather() counts what is told of together as often as it happened", async () => {
  await using session = virtualSession();
  for (let n = 0; n < 150; n++) {
    session.repeatedEvent("failure", "warning", "measure", 1, (count) => `${count} times`, {
      name: "Error",
    });
    await session.clock.advance(1_000);
  }
  const { report } = await gathered(session);
  // One at once, and those of each minute with the next one after it.
  assert.deepEqual(report.troubles.map(({ source, count }) => [source, count]), [["measure", 121]]);
});
