import assert from "node:assert/strict";
import { experiment } from "../../dsl/experiment.ts";
import { hashPlan, type Plan } from "../../dsl/plan.ts";
import type { RunOptions } from "../../dsl/run.ts";
import { openSession } from "../../session/open_session.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

/** A run without command line, terminal, signals or real time. */
function silent(options: RunOptions = {}): RunOptions {
  const clock = new VirtualClock();
  const session = { clock, terminal: null, signals: false, exitCode: false };
  return { args: [], file: null, session, ...options };
}

/** A device that writes down what happens to it. */
function witness(log: string[], name: string): () => Disposable & { safe(): void } {
  return () => {
    log.push(`open ${name}`);
    return {
      safe: () => void log.push(`safe ${name}`),
      [Symbol.dispose]: () => void log.push(`close ${name}`),
    };
  };
}

Deno.test("run() opens in order, does what it should, and closes in reverse", async () => {
  const log: string[] = [];
  const summary = await experiment("order")
    .device("a", witness(log, "a"))
    .device("b", witness(log, "b"))
    .onStop(async ({ sleep }) => {
      await sleep("5s");
      log.push("stop");
    })
    .onStart(() => log.push("start"))
    .task(({ a, b }) => void log.push(a !== undefined && b !== undefined ? "task" : "no devices"))
    .run(silent());
  assert.deepEqual([summary.status, summary.exitCode], ["completed", 0]);
  assert.deepEqual(log, [
    "open a",
    "open b",
    "start",
    "task",
    "stop",
    "safe b",
    "close b",
    "safe a",
    "close a",
  ]);
});

Deno.test("run() fails and closes what is open when a device can't be opened", async () => {
  const log: string[] = [];
  const summary = await experiment("broken")
    .device("a", witness(log, "a"))
    .device("dmm", {
      kind: "multimeter",
      address: "ASRL1::INSTR",
      open: () => Promise.reject(new Error("no such port")),
    })
    .device("c", witness(log, "c"))
    .onStop(() => log.push("stop"))
    .task(() => void log.push("task"))
    .run(silent());
  assert.deepEqual([summary.status, summary.exitCode], ["failed", 1]);
  assert.match(summary.reason, /Cannot open "dmm" \(multimeter at ASRL1::INSTR\): no such port/);
  assert.deepEqual(log, ["open a", "safe a", "close a"]);
});

Deno.test("run() gives up a device that does not open in time, and closes it if it comes late", async () => {
  const log: string[] = [];
  const late = Promise.withResolvers<Disposable>();
  const summary = await experiment("slow")
    .device("slow", ({ signal }) => {
      signal.addEventListener("abort", () => log.push(`told: ${signal.reason.message}`));
      return late.promise;
    }, { timeout: "5s" })
    .task(() => void log.push("task"))
    .run(silent());
  assert.equal(summary.status, "failed");
  assert.match(
    summary.reason,
    /Cannot open "slow" \(opened by a function\): it took longer than 5s/,
  );
  late.resolve({ [Symbol.dispose]: () => void log.push("closed") });
  await late.promise;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(log, ["told: it took longer than 5s", "closed"]);
});

Deno.test("run() gives what a task returned last to until(), NaN before the first", async () => {
  const seen: number[] = [];
  const summary = await experiment("condition")
    .variable("later")
    .every("1s", ({ session }) => ({ t: session.clock.monotonic() }))
    .every("1s", () => ({ later: 1 }), { delay: "2500ms" })
    .until(({ later, t }) => {
      seen.push(later);
      return later === 1 && t >= 2000;
    })
    .run(silent());
  assert.match(summary.reason, /^the condition is met/);
  assert.deepEqual(seen, [NaN, NaN, NaN, 1]);
});

Deno.test("run() begins no task but tidies up when onStart throws", async () => {
  const log: string[] = [];
  const summary = await experiment("early")
    .device("a", witness(log, "a"))
    .onStart(() => {
      throw new Error("the door is open");
    })
    .task(() => void log.push("task"))
    .onStop(() => log.push("stop"))
    .run(silent());
  assert.equal(summary.status, "failed");
  assert.match(summary.reason, /the door is open/);
  assert.deepEqual(log, ["open a", "stop", "safe a", "close a"]);
});

Deno.test("run() does what follows the tasks when they fail", async () => {
  const log: string[] = [];
  const summary = await experiment("late")
    .task(() => {
      throw new Error("burnt out");
    })
    .onStop(() => log.push("stop"))
    .run(silent());
  assert.equal(summary.status, "failed");
  assert.deepEqual(log, ["stop"]);
});

Deno.test("run() begins no task when onStart asks for the end", async () => {
  const log: string[] = [];
  const summary = await experiment("enough")
    .onStart(({ session }) => session.askExit("the sample is gone"))
    .task(() => void log.push("task"))
    .run(silent());
  assert.deepEqual([summary.status, summary.reason], ["completed", "the sample is gone"]);
  assert.deepEqual(log, []);
});

Deno.test("run() keeps the plan, its hash and its words with the data", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/kept.db`;
    const built = experiment("kept")
      .device("meter", ({ report, name }) => {
        report({ kind: "lost", level: "warning", message: `${name} was lost`, data: { times: 2 } });
        return { volts: () => 1.5 };
      })
      .variable("volts", { unit: "V" })
      .parameters({ gain: 10 })
      .metadata({ sample: "Cu-7" })
      .sweep({ field: [1, 2] }, ({ meter }) => ({ volts: meter.volts() }));
    const summary = await built.run(silent({ file }));
    assert.deepEqual([summary.entries, summary.file], [2, file]);

    using saved = openSession(file);
    assert.deepEqual([...saved.loggedVariable("field")[1]], [1, 2]);
    assert.deepEqual([...saved.loggedVariable("volts")[1]], [1.5, 1.5]);
    assert.deepEqual(saved.variableInfo("volts"), { unit: "V" });
    assert.equal(saved.parameters()["gain"], 10);
    assert.equal(saved.metadata()["sample"], "Cu-7");
    const [run] = saved.runs();
    const provenance = run?.provenance as unknown as {
      plan: Plan;
      planHash: string;
      description: string;
    };
    assert.deepEqual(provenance.plan, built.plan());
    assert.equal(provenance.planHash, hashPlan(built.plan()));
    assert.equal(provenance.description, built.describe());
    const event = saved.events().find(({ kind }) => kind === "device");
    assert.equal(event?.source, "meter");
    assert.equal(event?.message, "meter was lost");
    assert.deepEqual(event?.data, { times: 2, kind: "lost" });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("run() takes --for in place of what the plan says, and options in place of flags", async () => {
  let now = (): number => NaN;
  const built = experiment("length").onStart(({ session }) => {
    now = () => session.clock.monotonic();
  }).every("1s", () => {}).for("1h");
  for (
    const [options, seconds] of [
      [{ args: [] }, 3600],
      [{ args: ["--for", "2h"] }, 7200],
      [{ args: ["--for", "2h"], for: "30s" }, 30],
    ] as const
  ) {
    const { reason } = await built.run(silent(options));
    assert.match(reason, /over$/);
    assert.equal(now() / 1000, seconds);
  }
});

Deno.test("run() gives the dry run's result when it is asked for", async () => {
  let opened = 0;
  const built = experiment("dry").device("x", () => opened++, { simulate: () => 7 })
    .every("1s", ({ x }) => ({ x })).for("10s");
  const summary = await built.run(silent({ dryRun: true, quiet: true }));
  assert.deepEqual([summary.file, opened], [":memory:", 0]);
  assert.ok(summary.entries >= 10);
});

const REFUSED: Record<string, readonly [options: RunOptions, message: RegExp]> = {
  "an unknown flag": [{ args: ["--fro"] }, /^UsageError: .* no flag --fro\. Did you mean --for\?$/],
  "a bad duration": [
    { args: ["--for", "1 fortnight"] },
    /^UsageError: Cannot run with --for: .*fortnight/,
  ],
  "a length of zero": [{ for: "0s" }, /^RangeError: Cannot limit the run/],
};

for (const [what, [options, message]] of Object.entries(REFUSED)) {
  Deno.test(`run() refuses ${what} before any device opens`, async () => {
    let opened = false;
    const built = experiment("refused").device("x", () => {
      opened = true;
      return 1;
    }).every("1s", () => {});
    await assert.rejects(built.run(silent(options)), message);
    assert.equal(opened, false);
  });
}

Deno.test("run() refuses an experiment with nothing to do before any device opens", async () => {
  let opened = false;
  const built = experiment("idle").device("x", () => {
    opened = true;
    return 1;
  }).for("1h");
  await assert.rejects(
    built.run(silent()),
    /^TypeError: Cannot run the experiment, as it has nothing to do\./,
  );
  assert.equal(opened, false);
});

Deno.test({
  name: "run() refuses what Deno does not permit before any device opens",
  permissions: { read: [Deno.cwd()], write: false, sys: false },
  async fn(): Promise<void> {
    let opened = false;
    const built = experiment("barred").device("x", {
      kind: "x",
      permissions: { net: ["lab:5025"], read: ["/dev/ttyUSB0"] },
      open: () => {
        opened = true;
      },
    }).every("1s", () => {});
    await assert.rejects(built.run(silent({ file: "barred.db" })), (error: Error) => {
      const [first, ...rest] = error.message.split("\n");
      assert.equal(first, "Cannot run the experiment, as Deno does not permit what it needs:");
      assert.deepEqual(rest.slice(0, 4), [
        "  --allow-read=/dev/ttyUSB0",
        "  --allow-write=barred.db,barred.db.lock",
        "  --allow-net=lab:5025",
        "Run it with",
      ]);
      assert.match(
        rest[4] ?? "",
        /^ {2}deno run --allow-read=barred\.db,barred\.db-wal,barred\.db\.lock,\/dev\/ttyUSB0,/,
      );
      return true;
    });
    assert.equal(opened, false);
  },
});
