import assert from "node:assert/strict";
import { decodePoints, encodePoints } from "../../fresh-ui/points.ts";
import type { DatasetInfo, EventRow, PlanInfo, SessionInfo } from "../../fresh-ui/protocol.ts";
import { pymanipDate } from "../../fresh-ui/routes/pymanip.ts";
import { Session } from "../../session/session.ts";
import { livePage } from "../../fresh-ui/live_page.ts";
import { APART, START } from "../session/_session.ts";
import { get, getJson, watched } from "./_page.ts";

const SESSION = "/api/sessions/memory";

Deno.test("a session tells all about itself but its series", async () => {
  await using it = watched();
  await it.session.declareVariable("a", {
    unit: "V",
    label: "Voltage",
    description: "of the cell",
  });
  for (let i = 0; i < 5; i++) await it.session.addEntry({ a: i, b: NaN }, { at: START + 2 * i });
  await it.session.addEntry({ slow: -Infinity }, { at: START + 3 });
  await it.session.saveParameters({ gain: Infinity, ["__proto__"]: 1 });
  await it.session.saveMetadata({ sample: "Cu-7" });
  await it.session.addDataset("trace", [1, 2, 3]);
  it.session.event("device", "warning", "the cable came off", "bath", { kind: "lost" });
  it.session.event("alarm", "error", "it is too hot", "too hot", { name: "hot", raised: true });
  const plot = { kind: "time", left: ["a"] };
  it.session.event("plot", "debug", "a", undefined, plot);
  it.session.event("plot", "debug", "new", undefined, { kind: "hologram" });
  it.session.event("gap", "warning", "nothing", undefined, {
    from: START * 1e6,
    to: START * 1e6 + 5e5,
  });
  it.session.event("gap", "warning", "nothing", undefined, { pause: 250 });
  it.session.event("gap", "warning", "a point is left out");
  await it.session.flush();
  const info = await getJson<SessionInfo>(it.page, SESSION);
  assert.deepEqual(info.variables, [
    {
      name: "a",
      unit: "V",
      label: "Voltage",
      description: "of the cell",
      last: { t: START + 8, value: 4 },
      period: 2,
    },
    { name: "b", last: { t: START + 8, value: "NaN" }, period: 2 },
    { name: "slow", last: { t: START + 3, value: "-Infinity" } },
  ]);
  assert.deepEqual(Object.entries(info.parameters), [["gain", "Infinity"], ["__proto__", 1]]);
  assert.deepEqual(info.metadata, { sample: "Cu-7" });
  assert.deepEqual(info.datasets, [{ name: "trace", count: 1 }]);
  assert.deepEqual(info.plots, [plot]);
  assert.deepEqual(info.span, [START, START + 8]);
  assert.deepEqual(info.runs.map(({ id, state, started, ended }) => [id, state, started, ended]), [
    [1, "running", START, null],
  ]);
  assert.equal(info.status.entries, 6);
  assert.equal(info.status.now, START);
  assert.deepEqual(info.status.devices.map(({ name, state }) => [name, state]), [["bath", "lost"]]);
  const [alarm] = info.status.alarms;
  assert.deepEqual([alarm?.name, alarm?.raised, alarm?.level], ["hot", true, "error"]);
  assert.deepEqual(
    info.events.filter(({ kind }) => kind === "gap").map(({ span }) => span),
    [[START, START + 0.5], [START - 0.25, START], undefined],
  );
  assert.equal(info.control, false);
});

Deno.test("devices and alarms that the plan names are there before anything happens, and only of the last run", async () => {
  const plan = {
    kind: "experiment",
    nodes: [
      { kind: "device", name: "bath", device: { kind: "thermal bath", address: "COM3" } },
      { kind: "device", name: "dice", device: { name: "roll", source: "() => 4" } },
      { kind: "device", name: 7 },
      { kind: "alarm", name: "hot" },
      "nonsense",
    ],
  };
  await using session = new Session(null, { ...APART, provenance: { plan } });
  await session.flush();
  using page = livePage({ source: session });
  const { status } = await getJson<SessionInfo>(page, SESSION);
  assert.deepEqual(status.devices, [
    { name: "bath", title: "thermal bath at COM3", state: "open" },
    { name: "dice", title: "opened by roll()", state: "open" },
  ]);
  assert.deepEqual(status.alarms, [{ name: "hot", level: "warning", raised: false }]);
  session.event("device", "warning", "gone", "bath", { kind: "lost" });
  session.event("device", "info", "back", "bath", { kind: "reopened" });
  session.event("device", "debug", "traffic", "bath", { kind: "traffic" });
  await session.flush();
  const again = (await getJson<SessionInfo>(page, SESSION)).status.devices[0];
  assert.deepEqual([again?.state, again?.message], ["open", "back"]);
});

Deno.test("an alarm keeps its severity, since when it is raised and who has seen it", async () => {
  await using it = watched();
  const steps: readonly (readonly [change: string, raised: boolean, row: object])[] = [
    ["watched", false, { raised: false }],
    ["raised", true, { raised: true, since: 1, message: "raised" }],
    ["again", true, { raised: true, since: 1, message: "again" }],
    ["acknowledged", true, { raised: true, since: 1, message: "again", acknowledged: "Anna" }],
    ["failing", true, { raised: true, since: 1, message: "failing", acknowledged: "Anna" }],
    ["cleared", false, { raised: false, since: 5, message: "cleared" }],
    ["raised", true, { raised: true, since: 6, message: "raised" }],
  ];
  for (const [change, raised, row] of steps) {
    const by = change === "acknowledged" ? { by: "Anna" } : {};
    const data = { name: "hot", raised, change, severity: "error", ...by };
    it.session.event("alarm", "info", change, "hot", data);
    await it.session.flush();
    await it.clock.advance(1_000);
    const [seen] = (await getJson<SessionInfo>(it.page, SESSION)).status.alarms;
    const since = seen?.since === undefined ? {} : { since: seen.since - START };
    assert.deepEqual({ ...seen, ...since }, { name: "hot", level: "error", ...row }, change);
  }
});

Deno.test("events are told page by page, the last ones first", async () => {
  await using it = watched();
  for (let i = 0; i < 30; i++) it.session.log("info", `${i}`);
  await it.session.flush();
  const pages: string[][] = [];
  let before = "";
  while (true) {
    const rows = await getJson<EventRow[]>(it.page, `${SESSION}/events?limit=12${before}`);
    const logged = rows.filter(({ kind }) => kind === "log").map(({ message }) => message);
    if (rows.length === 0) break;
    pages.push(logged);
    before = `&before=${rows[0]?.seq}`;
  }
  assert.deepEqual(pages.reverse().flat(), Array.from({ length: 30 }, (_, i) => `${i}`));
  for (const bad of ["limit=0", "limit=1001", "before=-1", "before=x"]) {
    assert.equal((await get(it.page, `${SESSION}/events?${bad}`)).status, 400, bad);
  }
});

Deno.test("datasets are told in full where they are short, else by the least and greatest of each bucket", async () => {
  await using it = watched();
  const long = Float32Array.from(
    { length: 10_000 },
    (_, i) => i === 4_321 ? 99 : Math.sin(i / 100),
  );
  await it.session.addDataset("a/b", [[1, 2], [3, NaN]]);
  await it.session.addDataset("a/b", long);
  await it.session.addDataset("big", BigInt64Array.of(2n ** 60n, -5n));
  await it.session.addDataset("json", { "<b>": [1, null] });
  const path = (name: string, query = "") =>
    `${SESSION}/datasets/${encodeURIComponent(name)}${query}`;
  const first = await getJson<DatasetInfo>(it.page, path("a/b", "?n=0"));
  assert.deepEqual([first.n, first.dtype, first.shape], [0, "float64", [2, 2]]);
  assert.deepEqual([first.index, first.values], [[0, 1, 2, 3], [1, 2, 3, "NaN"]]);
  const second = await getJson<DatasetInfo>(it.page, path("a/b", "?buckets=100"));
  assert.deepEqual([second.n, second.shape, second.index?.length], [1, [10_000], 200]);
  assert.ok(second.index?.includes(4_321));
  assert.ok(second.index?.every((i, n, all) => n === 0 || i > (all[n - 1] ?? 0)));
  assert.ok(second.values?.every((value, n) => value === long[second.index?.[n] ?? -1]));
  const big = await getJson<DatasetInfo>(it.page, path("big"));
  assert.deepEqual(big.values, [2 ** 60, -5]);
  const json = await getJson<DatasetInfo>(it.page, path("json"));
  assert.deepEqual([json.json, json.values], [{ "<b>": [1, null] }, undefined]);
  for (const bad of [path("nothing"), path("a/b", "?n=2"), path("a/b", "?n=-3")]) {
    assert.equal((await get(it.page, bad)).status, 404, bad);
  }
});

Deno.test("the plan tells what was run, as far as it was kept", async () => {
  const provenance = {
    description: "cooling\n\nDevices\n  bath",
    planHash: "abc",
    script: { path: "/lab/cooling.ts", source: "await experiment();" },
    versions: { stripchart: "0.1.0", deno: "2.9.6" },
    host: { name: null, os: "linux" },
    git: { commit: "f00", script: "modified" },
    args: ["--for", "2h"],
  };
  await using session = new Session(null, { ...APART, provenance });
  await session.flush();
  using page = livePage({ source: session });
  assert.deepEqual(await getJson<PlanInfo>(page, `${SESSION}/plan`), {
    run: 1,
    description: provenance.description,
    source: provenance.script.source,
    facts: {
      "script": "/lab/cooling.ts",
      "plan sha256": "abc",
      "git commit": "f00",
      "script in git": "modified",
      "stripchart": "0.1.0",
      "deno": "2.9.6",
      "system": "linux",
      "arguments": "--for 2h",
    },
  });
  assert.equal((await get(page, `${SESSION}/plan?run=2`)).status, 404);
  await using bare = watched();
  await bare.session.flush();
  const none = await getJson<PlanInfo>(bare.page, `${SESSION}/plan?run=1`);
  assert.deepEqual(none, { run: 1, description: null, source: null, facts: {} });
});

async function pointsOf(it: ReturnType<typeof watched>, query: string) {
  const response = await get(it.page, `${SESSION}/points?${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  const { t, values, of } = decodePoints(await response.arrayBuffer());
  return { t: [...t], values: values.map((column) => [...column]), of };
}

Deno.test("points take their values from one entry, or the last known ones of other tasks", async () => {
  await using it = watched();
  const at = (s: number) => ({ at: START + s });
  await it.session.addEntry({ y: 0 }, at(0));
  await it.session.addEntry({ x: 1 }, at(1));
  await it.session.addEntry({ y: 10 }, at(2));
  await it.session.addEntry({ y: 20 }, at(3));
  await it.session.addEntry({ x: 2 }, at(4));
  await it.session.addEntry({ x: 3, y: 30 }, at(5));
  assert.deepEqual(await pointsOf(it, "name=x&name=y"), {
    t: [START + 2, START + 3, START + 5],
    values: [[1, 1, 3], [10, 20, 30]],
    of: 3,
  });
  // What was known before the window is known in it.
  assert.deepEqual(await pointsOf(it, `name=x&name=y&from=${START + 2.5}&to=${START + 4}`), {
    t: [START + 3],
    values: [[1], [20]],
    of: 1,
  });
  assert.deepEqual((await pointsOf(it, "name=y&name=x")).values, [[0, 20, 30], [1, 2, 3]]);
  assert.deepEqual((await pointsOf(it, "name=y")).values, [[0, 10, 20, 30]]);
  for (const bad of ["", "name=z", "name=x&most=0", "name=x&most=100001"]) {
    const { status } = await get(it.page, `${SESSION}/points?${bad}`);
    assert.ok(status === 400 || status === 404, bad);
  }
});

Deno.test("points are thinned to about as many as were asked for, and keep what sticks out", async () => {
  await using it = watched();
  const n = 120_000;
  for (let i = 0; i < n; i++) {
    const x = i === 70_001 ? -50 : Math.cos(i / 999);
    void it.session.addEntry({ x, y: i === 70_002 ? 50 : Math.sin(i / 999), z: NaN });
    if (i % 20_000 === 0) await it.session.flush();
  }
  await it.session.flush();
  for (const most of [1, 100, 4_000]) {
    const { t, values: [x = [], y = [], z = []], of } = await pointsOf(
      it,
      `name=x&name=y&name=z&most=${most}`,
    );
    assert.equal(of, n);
    assert.ok(t.length <= Math.max(most, 6), `${t.length}`);
    assert.deepEqual([Math.min(...x), Math.max(...y)], [-50, 50]);
    assert.ok(z.every(Number.isNaN));
    assert.deepEqual(t, t.toSorted((a, b) => a - b));
  }
});

Deno.test("decodePoints() refuses what is cut short or something else", () => {
  const points = {
    t: Float64Array.of(1),
    values: [Float64Array.of(2), Float64Array.of(NaN)],
    of: 9,
  };
  const { buffer } = encodePoints(points);
  assert.deepEqual(decodePoints(buffer), points);
  for (const length of [0, 8, 23, 24, buffer.byteLength - 1]) {
    assert.throws(() => decodePoints(buffer.slice(0, length)), /Cannot read points/, `${length}`);
  }
  assert.throws(() => decodePoints(new ArrayBuffer(32)), /SCP1/);
});

Deno.test("pymanip's API answers as pymanip does", async () => {
  await using it = watched();
  await it.session.addEntry({ 'T "x"': 1.5, n: NaN, m: -Infinity }, { at: START });
  await it.session.addEntry({ 'T "x"': -0, n: 1, m: 2 }, { at: START + 1.25 });
  await it.session.saveParameters({ gain: 2, _hidden: 1, constructor: Infinity });
  const text = async (path: string) => await (await get(it.page, `/api/${path}`)).text();
  const date = pymanipDate(START + 1.25);
  assert.equal(
    await text("logged_last_values"),
    `[{"name": "T \\"x\\"", "value": -0.0, "datestr": "${date}"}, ` +
      `{"name": "n", "value": 1, "datestr": "${date}"}, {"name": "m", "value": 2, "datestr": "${date}"}]`,
  );
  assert.equal(await text("server_current_ts"), `{"now":${START}}`);
  assert.equal(await text("get_parameters"), `{"gain": 2, "constructor": Infinity}`);
  const from = async (body: unknown) => {
    const response = await get(it.page, "/api/data_from_ts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.ok ? await response.text() : response.status;
  };
  assert.equal(
    await from({ name: "n", last_ts: START }),
    `[[${START}, NaN], [${START + 1.25}, 1]]`,
  );
  assert.equal(await from({ name: "m", last_ts: START + 1 }), `[[${START + 1.25}, 2]]`);
  assert.equal(await from({ name: "n", last_ts: START + 2 }), "[]");
  assert.equal(await from({ name: "nothing", last_ts: 0 }), "[]");
  for (
    const bad of [{}, null, { name: "n" }, { name: 1, last_ts: 0 }, { name: "n", last_ts: 1e300 }]
  ) {
    assert.equal(await from(bad), 400, JSON.stringify(bad));
  }
  assert.match(await (await get(it.page, "/plot/n")).text(), /^<!DOCTYPE html>/);
});

Deno.test("pymanipDate() prints as strftime does with pymanip's format", () => {
  const seconds = START + 5 * 86_400 + 4_009;
  assert.match(
    pymanipDate(seconds),
    /^(?:Monday|Tuesday|Wednesday) {2}\d January 2026 - \d\d:\d\d:49 \(UTC[+-]\d{4}\)$/,
  );
});
