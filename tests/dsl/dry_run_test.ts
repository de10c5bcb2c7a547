import assert from "node:assert/strict";
import { formatDryRun } from "../../dsl/dry_run.ts";
import { formatEstimate } from "../../dsl/estimate.ts";
import { experiment } from "../../dsl/experiment.ts";
import { expectedBytes, formatBytes } from "../../dsl/file_size.ts";

const meter = {
  kind: "meter",
  open: (): { volts(): number } => {
    throw new Error("the real meter was opened");
  },
  simulate: (): { volts(): number } => ({ volts: () => 1.5 }),
};

Deno.test("dryRun() passes a week in memory when nothing ends the run", async () => {
  const result = await experiment("week").device("meter", meter)
    .every("10min", ({ meter }) => ({ volts: meter.volts() }))
    .dryRun();
  assert.equal(result.status, "completed");
  assert.equal(result.cut, true);
  assert.equal(result.duration, 7 * 86_400_000);
  assert.ok(result.entries >= 7 * 144 && result.entries <= 7 * 144 + 1, String(result.entries));
  assert.equal(result.values, result.entries);
  assert.equal(result.file, ":memory:");
  assert.deepEqual(result.last, { volts: 1.5 });
  assert.match(formatDryRun(result), /^Cut off after 7d: it had not ended by itself\.\n/);
  assert.match(formatDryRun(result), /\n {2}volts {2}1\.5\n/);
});

Deno.test("dryRun() ends when the plan ends it, and says why", async () => {
  const base = experiment("end").every("1s", ({ session }) => ({ t: session.clock.monotonic() }));
  const limited = await base.for("90s").dryRun();
  assert.deepEqual([limited.duration, limited.cut], [90_000, false]);
  assert.match(formatDryRun(limited), /^Ended after 1min 30s: .*1min 30s/);
  const shorter = await base.for("90s").dryRun({ for: "30s" });
  assert.equal(shorter.duration, 30_000);
  const met = await base.until(({ t }) => t >= 5000).dryRun();
  assert.equal(met.duration, 5000);
  assert.equal(met.entries, 6);
  assert.match(met.reason, /^the condition is met: t >= 5000$/);
});

Deno.test("dryRun() goes through a sweep with its settling times", async () => {
  const seen: number[] = [];
  const result = await experiment("sweep").sweep(
    { setpoint: [20, 30, 40] },
    (_context, { setpoint }) => ({ twice: 2 * setpoint }),
    { set: (_context, { setpoint }) => seen.push(setpoint), settle: "10min" },
  ).dryRun();
  assert.deepEqual(seen, [20, 30, 40]);
  assert.equal(result.duration, 1_800_000);
  assert.equal(result.entries, 3);
  assert.deepEqual(result.last, { setpoint: 40, twice: 80 });
});

Deno.test("dryRun() leaves out what is undefined in an entry", async () => {
  let n = 0;
  const result = await experiment("parts")
    .every("1s", () => ({ a: n++, b: n > 2 ? 1 : undefined }))
    .every("1s", () => ({ c: undefined }))
    .until(({ b }) => b === 1).dryRun();
  assert.deepEqual(result.last, { a: 2, b: 1 });
  assert.equal(result.entries, 3);
  assert.equal(result.values, 4);
  assert.deepEqual(result.troubles, []);
});

Deno.test("dryRun() tells what went wrong when a task fails", async () => {
  const result = await experiment("failing").every("1s", () => {
    throw new Error("the cable is loose");
  }, { name: "reading" }).every("1s", () => ({ x: 1 })).for("1min").dryRun();
  assert.equal(result.status, "failed");
  assert.ok(result.entries >= 60);
  assert.ok(result.troubles.some((text) => /^reading: .*the cable is loose/.test(text)));
  assert.match(formatDryRun(result), /^Failed after 1min/);
  assert.match(formatDryRun(result), /What went wrong\n {2}reading: /);
});

Deno.test("dryRun() refuses when a device has no stand-in, and names each of them", async () => {
  const built = experiment("real")
    .device("meter", meter)
    .device("dmm", {
      kind: "multimeter",
      address: "ASRL1::INSTR",
      open: () => ({ volts: () => 1 }),
    })
    .device("valve", () => ({ flow: () => 1 }))
    .every("1s", ({ dmm }) => ({ volts: dmm.volts() }));
  await assert.rejects(
    built.dryRun(),
    /^TypeError: Cannot make a dry run, as nothing stands in for some devices: dmm \(multimeter at ASRL1::INSTR\), valve \(opened by a function\)\. Declare what the methods that you use answer: \.device\("dmm", …, \{ simulate: /,
  );
});

Deno.test("dryRun() uses declared values when the device has some", async () => {
  const result = await experiment("declared")
    .device("dmm", () => ({ volts: () => Promise.resolve(1) }), { simulate: { volts: 2.5 } })
    .every("1s", async ({ dmm }) => ({ volts: await dmm.volts() }))
    .for("2s").dryRun();
  assert.deepEqual(result.last, { volts: 2.5 });
});

Deno.test("dryRun() is cut off after 200,000 steps when the period is short", async () => {
  const result = await experiment("fast").every("1h", () => {}).every("100ms", () => {})
    .sweep([1], ({ sleep }) => sleep("400d")).dryRun();
  assert.equal(result.cut, true);
  assert.ok(Math.abs(result.duration - 2e7) < 1e5, String(result.duration));
  assert.match(formatDryRun(result), /^Cut off after 5h 33min: it had made 200,000 steps, which/);
});

Deno.test("dryRun() refuses an experiment that has nothing to do", async () => {
  await assert.rejects(
    experiment("idle").for("1h").onStart(() => {}).dryRun(),
    /^TypeError: Cannot run the experiment, as it has nothing to do\. Add a task with \.every\(\)/,
  );
});

Deno.test("estimate() tells the whole run when it ends", async () => {
  const estimate = await experiment("night").device("meter", meter)
    .every("1min", ({ meter }) => ({ volts: meter.volts(), amps: 1 })).for("12h").estimate();
  assert.equal(estimate.per, "run");
  assert.equal(estimate.basis, "dry run");
  assert.equal(estimate.duration, 43_200_000);
  assert.ok(estimate.ticks !== null && Math.abs(estimate.ticks - 720) <= 1);
  assert.equal(estimate.points, 2 * (estimate.ticks ?? 0));
  assert.match(
    formatEstimate(estimate),
    /^about 72[01] steps, about 1,44[02] values, about 11\d kB on disk, in 12h\n$/,
  );
});

Deno.test("estimate() tells a day when nothing ends the run", async () => {
  const estimate = await experiment("endless").every("10s", () => ({ x: 1 })).estimate();
  assert.deepEqual([estimate.per, estimate.duration], ["day", null]);
  assert.ok(Math.abs((estimate.points ?? 0) - 8640) <= 2, String(estimate.points));
  assert.match(formatEstimate(estimate), /, each day\n {2}it goes on until it is stopped: /);
});

Deno.test("estimate() takes the rate of a part when the run is very long", async () => {
  const estimate = await experiment("year").every("1s", () => ({ x: 1 })).for("365d").estimate();
  assert.equal(estimate.duration, 365 * 86_400_000);
  assert.ok(Math.abs((estimate.points ?? 0) / (365 * 86_400) - 1) < 1e-4, String(estimate.points));
});

Deno.test("estimate() says why it can't tell when a device has no stand-in", async () => {
  const base = experiment("real").device("dmm", () => ({ volts: () => 1 }))
    .every("10s", ({ dmm }) => ({ volts: dmm.volts() }));
  const limited = await base.for("1h").estimate();
  assert.deepEqual(limited, {
    per: "run",
    duration: 3_600_000,
    ticks: 360,
    points: null,
    bytes: null,
    basis: "plan",
    notes: ["how many values an entry has shows only in a run, as nothing stands in for dmm"],
  });
  const endless = await base.estimate();
  assert.deepEqual([endless.per, endless.duration, endless.ticks], ["day", null, 8640]);
  const open = await base.until(({ volts }) => volts > 2).estimate();
  assert.deepEqual([open.per, open.duration, open.ticks], ["run", null, null]);
  assert.match(formatEstimate(open), /when a condition is met shows only in the run/);
});

Deno.test("expectedBytes() grows with entries and values", () => {
  assert.equal(expectedBytes(0, 0), 98_304);
  // Measured: 20,000 entries of 10 values took 1,957,888 bytes.
  assert.ok(Math.abs(expectedBytes(20_000, 200_000) / 1_957_888 - 1) < 0.05);
});

Deno.test("formatBytes() uses decimal units of three digits", () => {
  const rows: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [999_600, "1 MB"],
    [1_234_567, "1.23 MB"],
    [5e12, "5 TB"],
    [5e16, "50000 TB"],
  ];
  for (const [bytes, text] of rows) assert.equal(formatBytes(bytes), text);
});
