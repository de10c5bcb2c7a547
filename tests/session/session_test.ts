import assert from "node:assert/strict";
import { join } from "node:path";
import { openSession } from "../../session/open_session.ts";
import { Session } from "../../session/session.ts";
import { isStopped, Stopped } from "../../session/stopped.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { temporaryFolder } from "../_child.ts";
import { APART, paper, START, virtualSession } from "./_session.ts";

Deno.test("Session gives back what was recorded, bit by bit and in order", async () => {
  await using session = virtualSession();
  const values = [1.5, NaN, Infinity, -Infinity, -0, 0, Number.MIN_VALUE, Number.MAX_VALUE];
  for (const value of values) {
    await session.clock.sleepUntil(session.clock.monotonic() + 1);
    session.addEntry({ value, other: 1 });
  }
  await session.flush();
  const [t, seen] = session.loggedVariable("value");
  assert.deepEqual([...seen], values, "deepEqual tells -0 from 0");
  assert.deepEqual([...t], values.map((_, i) => START + (i + 1) / 1e3));
  assert.deepEqual(session.loggedVariables(), ["value", "other"]);
  assert.deepEqual({ ...session.loggedLastValues() }, {
    other: { t: START + 0.008, value: 1 },
    value: { t: START + 0.008, value: Number.MAX_VALUE },
  });
  assert.deepEqual(session.loggedFirstValues().value, { t: START + 0.001, value: 1.5 });
  assert.equal(session.lastTimestamp, START + 0.008);
  assert.equal(session.startedAt, START);
});

Deno.test("Session.loggedVariable() takes windows and the last so many", async () => {
  await using session = virtualSession();
  for (let n = 0; n < 10; n++) session.addEntry({ n }, { at: START + n });
  await session.flush();
  const read = (window: Parameters<Session["loggedVariable"]>[1]): number[] => [
    ...session.loggedVariable("n", window)[1],
  ];
  assert.deepEqual(read({ from: START + 3, to: START + 5 }), [3, 4, 5]);
  assert.deepEqual(read({ last: 2 }), [8, 9]);
  assert.deepEqual(read({ last: 0 }), []);
  assert.deepEqual(read({ to: START + 5, last: 2 }), [4, 5]);
  assert.deepEqual(read({ from: Temporal.Instant.fromEpochMilliseconds(START * 1e3 + 8_000) }), [
    8,
    9,
  ]);
  assert.deepEqual([...session.loggedDataFrom("n", new Date(START * 1e3 + 9_000))[1]], [9]);
  assert.throws(() => read({ last: 1.5 }), /not a count: 1.5/);
  const buckets = session.loggedBuckets("n", 2);
  assert.deepEqual([...buckets.min, ...buckets.max, ...buckets.count], [0, 5, 4, 9, 5, 5]);
  assert.equal(buckets.t[0], START);
});

Deno.test("Session names what there is when an unknown name is read", async () => {
  await using session = virtualSession();
  assert.throws(() => session.loggedVariable("x"), /"x"\. There is no variable yet/);
  session.addEntry({ temperature: 1, voltage: 2 });
  session.addDataset("trace", [1]);
  session.saveParameter("gain", 3);
  await session.flush();
  const table: [() => unknown, RegExp][] = [
    [() => session.loggedVariable("temprature"), /"temprature".*"temperature", "voltage"/],
    [() => session.variableInfo("v"), /unknown variable: "v"/],
    [() => session.loggedBuckets("v", 3), /unknown variable/],
    [() => session.dataset("spectrum"), /unknown dataset: "spectrum".*"trace"/],
    [() => session.dataset("trace", { n: 1 }), /there is none at index 1/],
    [() => session.dataset("trace", { at: 0 }), /there is none at 0/],
    [() => session.parameter("offset"), /unknown parameter: "offset".*"gain"/],
    [() => session.parameter("constructor"), /unknown parameter/],
  ];
  for (const [read, message] of table) {
    assert.throws(read, (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("Session throws bad input at the call, and records nothing of it", async () => {
  await using session = virtualSession();
  const table: [() => unknown, RegExp][] = [
    [() => session.addEntry({}), /holds no value/],
    [() => session.addEntry({ a: "1" as unknown as number, b: 2 }), /"a".*number: "1"/],
    [() => session.addEntry({ a: undefined as unknown as number }), /a.*undefined/],
    [() => session.addEntry({ a: 1n as unknown as number }), /a.*bigint/],
    [() => session.addEntry([1, 2] as unknown as Record<string, number>), /an array/],
    [() => session.addEntry(null as unknown as Record<string, number>), /null/],
    [() => session.addEntry({ "": 1 }), /empty/],
    [() => session.addEntry({ "a\0b": 1 }), /NUL/],
    [() => session.addEntry({ ["x".repeat(5_000)]: 1 }), /4096/],
    [() => session.addEntry({ a: 1 }, { at: NaN }), /NaN/],
    [() => session.addDataset("", [1]), /empty/],
    [() => session.addDataset("d", [[1], [1, 2]]), /rows differ/],
    [() => session.saveParameter("p", "1" as unknown as number), /"p".*string 1/],
    [() => session.saveMetadata({ m: 1 as unknown as string }), /"m"/],
    [() => session.declareVariable("", {}), /empty/],
    [() => session.sleep(5 as unknown as "5s"), /bare number 5/],
  ];
  for (const [act, message] of table) assert.throws(act, message, String(act));
  await session.flush();
  assert.deepEqual(session.loggedVariables(), []);
  assert.deepEqual(session.datasetNames(), []);
});

Deno.test("Session takes any name and ten thousand variables", async () => {
  await using session = virtualSession();
  const names = ["it's", 'a "b"', "line\nbreak", "🙂", "é".repeat(500), "__proto__", "constructor"];
  const entry: Record<string, number> = Object.create(null);
  for (const [i, name] of names.entries()) entry[name] = i;
  session.addEntry(entry);
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`v${i}`, i]));
  session.addEntry(wide);
  await session.flush();
  for (const [i, name] of names.entries()) {
    assert.deepEqual([...session.loggedVariable(name)[1]], [i], name);
    assert.equal(session.loggedLastValues()[name]?.value, i, name);
  }
  assert.equal(session.loggedVariable("v9999")[1][0], 9_999);
  assert.equal(session.loggedVariables().length, 10_000 + names.length);
});

Deno.test("Session keeps datasets, parameters, metadata and variables' texts", async () => {
  await using session = virtualSession();
  session.addDataset("trace", new Float32Array([1, 2]), { at: START + 1 });
  session.addDataset("trace", [[1, 2], [3, 4]], { at: START + 2 });
  session.addDataset("note", { who: "me", list: [1, null] });
  session.saveParameters({ gain: -0, offset: NaN });
  session.saveParameter("gain", 2);
  session.saveMetadata({ sample: "Cu-7" });
  session.declareVariable("T", { unit: "°C" });
  await session.flush();
  assert.deepEqual(session.datasetNames(), ["trace", "note"]);
  assert.deepEqual([...session.datasetTimes("trace")], [START + 1, START + 2]);
  assert.deepEqual(session.dataset("trace", { n: 0 }).data, new Float32Array([1, 2]));
  const last = session.dataset("trace", { at: START + 60 });
  assert.deepEqual([last.shape, last.dtype, last.t], [[2, 2], "float64", START + 2]);
  assert.deepEqual(session.datasetLastData("note"), { who: "me", list: [1, null] });
  const seen: number[] = [];
  for await (const { t } of session.datasets("trace")) seen.push(t);
  assert.deepEqual(seen, [START + 1, START + 2]);
  assert.equal(session.parameter("gain"), 2);
  assert.equal(session.hasParameter("nothing"), false);
  assert.deepEqual({ ...session.parameters() }, { gain: 2, offset: NaN });
  assert.deepEqual({ ...session.metadata() }, { sample: "Cu-7" });
  assert.deepEqual(session.variableInfo("T"), { unit: "°C" });
});

Deno.test("Session appends a run when its name is opened again, and others read meanwhile", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "cooling.db");
  for (const n of [1, 2]) {
    await using session = new Session("cooling", { ...APART, file });
    await session.addEntry({ n });
    using reader = openSession(file);
    assert.equal(reader.loggedVariable("n")[1].at(-1), n);
    assert.equal(reader.runs().at(-1)?.status, "running");
    if (n === 2) session.askExit("enough");
  }
  assert.equal([...Deno.readDirSync(folder.path)].length, 1, "one file is left");
  using reader = openSession(file);
  assert.deepEqual([...reader.loggedVariable("n")[1]], [1, 2]);
  assert.deepEqual(
    reader.runs().map(({ id, status, reason }) => [id, status, reason]),
    [[1, "completed", "everything was done"], [2, "completed", "enough"]],
  );
  assert.deepEqual(
    reader.events({ kinds: ["start", "stop"] }).map(({ kind, run }) => [kind, run]),
    [
      ["start", 1],
      ["stop", 1],
      ["start", 2],
      ["stop", 2],
    ],
  );
});

Deno.test("Session leaves no file open when its options are refused", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.db");
  assert.throws(
    () => new Session("a", { ...APART, file, grace: "1 fortnight" as "1s" }),
    /"fortnight" is not a unit/,
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("Session.backup() copies while recording goes on", async () => {
  using folder = temporaryFolder();
  await using session = new Session("a", { ...APART, file: join(folder.path, "a.db") });
  await session.addEntry({ n: 1 });
  await session.backup(join(folder.path, "copy.db"));
  await session.addEntry({ n: 2 });
  using copy = openSession(join(folder.path, "copy.db"));
  assert.deepEqual([...copy.loggedVariable("n")[1]], [1]);
});

Deno.test("Session.sleep() is exact, and ends with Stopped when a stop is asked for", async () => {
  const session = virtualSession();
  const { clock } = session;
  await session.sleep("1h 30min");
  assert.equal(clock.monotonic(), 5_400_000);
  const sleeping = session.sleep("1h");
  setTimeout(() => session.askExit("enough"), 0);
  using _hold = clock.hold();
  await assert.rejects(sleeping, (error) => isStopped(error) && error instanceof Stopped);
  assert.equal(session.running, false);
  await assert.rejects(session.sleep("1s"), Stopped);
  assert.equal((await session.close()).reason, "enough");
});

Deno.test("Session.sleep() is counted down where a person watches", async () => {
  const terminal = paper(true);
  await using session = virtualSession({ terminal, pulse: true });
  await session.sleep("5s");
  await session.sleep("1s");
  const shown = [...terminal.text.matchAll(/next in (\d+s)/g)].map(([, left]) => left);
  assert.deepEqual(shown, ["4s", "3s", "2s", "1s"]);
});

Deno.test("Session.monitor() calls functions with the session as this and as argument", async () => {
  class Mine extends Session {
    count = 0;
    async task(argument: Mine): Promise<void> {
      assert.equal(argument, this);
      this.addEntry({ count: ++this.count });
      if (this.count === 3) this.askExit();
      await this.sleep("10s");
    }
  }
  const { clock } = virtualSession();
  const session = new Mine(null, { ...APART, clock });
  await session.monitor(session.task);
  const summary = await session.close();
  assert.equal(summary.entries, 3);
  assert.equal(summary.status, "completed");
  assert.deepEqual(summary.tasks.map(({ task, state }) => [task, state]), [["task", "stopped"]]);
});

Deno.test("Session.monitor() can be called again, and not without tasks", async () => {
  await using session = virtualSession();
  await session.monitor(every("1s", () => ({ a: 1 }), { name: "a" }), lasting("2500ms"));
  await session.monitor(every("1s", () => ({ b: 1 }), { name: "a" }), lasting("2500ms"));
  await session.flush();
  assert.deepEqual(session.statistics().map(({ task, ticks }) => [task, ticks]), [
    ["a", 3],
    ["for 2.5s", 0],
    ["a 2", 3],
    ["for 2.5s 2", 0],
  ]);
  await assert.rejects(session.monitor(), /no task was given/);
});

Deno.test("Session.log() puts a line into the file and onto the terminal", async () => {
  const terminal = paper();
  await using session = virtualSession({ terminal });
  session.log("warning", "pump\x1b[2J noisy", { level: 7 });
  session.log("debug", "detail");
  await session.flush();
  const [warning, debug] = session.events({ kinds: ["log"] });
  assert.deepEqual([warning?.message, warning?.data], ["pump\x1b[2J noisy", { level: 7 }]);
  assert.equal(debug?.level, "debug");
  assert.match(terminal.text, /^\d\d:\d\d:\d\d {2}warning: pump·\[2J noisy\n$/);
});

Deno.test("Session.close() runs what was deferred, last first, and tells what failed", async () => {
  const session = virtualSession();
  const done: string[] = [];
  session.defer("first", () => done.push("first"));
  session.defer("bad", () => {
    throw new Error("valve stuck");
  });
  session.defer("hangs", () => new Promise(() => {}), { timeout: "5s" });
  session.defer("last", () => done.push("last"));
  const summary = await session.close();
  assert.deepEqual(done, ["last", "first"]);
  assert.equal(summary.status, "failed");
  assert.equal(summary.exitCode, 1);
  assert.match(summary.reason, /hangs.*took too long.*bad: valve stuck/);
  assert.equal(await session.close(), summary, "closing again gives the same");
});

Deno.test("Session says on the terminal how the run went", async () => {
  const terminal = paper();
  const session = virtualSession({ terminal });
  await session.addEntry({ a: 1 });
  await session.close();
  assert.equal(
    terminal.text,
    "completed after 0s (everything was done): 1 entry in memory\n",
  );
});
