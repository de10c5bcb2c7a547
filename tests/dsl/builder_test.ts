import assert from "node:assert/strict";
import fc from "fast-check";
import { experiment } from "../../dsl/experiment.ts";
import { webhook } from "../../notify/webhook.ts";
import { hashPlan, type Plan, planJson } from "../../dsl/plan.ts";
import { VERBS } from "../../dsl/registry.ts";

const bath = { kind: "bath", address: "ASRL1::INSTR", open: () => ({ temperature: () => 20 }) };

/** A whole experiment, by each verb once or more. */
function whole(): { plan(): Plan; describe(): string } {
  return experiment("cooling")
    .device("bath", bath, { simulate: { temperature: () => 20 } })
    .device("dice", function roller() {
      return { roll: () => 4 };
    }, { timeout: "5s" })
    .variable("temperature", { unit: "°C", label: "Bath temperature" })
    .parameters({ mass: 0.012, gain: 10 })
    .metadata({ sample: "Cu-7" })
    .onStart(function prepare() {})
    .every("10s", ({ bath }) => ({ temperature: bath.temperature() }))
    .every("1min", ({ dice }) => ({ luck: dice.roll() }), { name: "luck", delay: "30s" })
    .monitor(async function watch({ sleep }) {
      await sleep("1s");
    })
    .task(function once() {})
    .sweep([1, 2, 3], (_context, point) => ({ squared: point * point }))
    .sweep({ field: [0, 0.5, 1], current: [7] }, () => ({ hall: 1 }), {
      name: "map",
      settle: "2min",
      snake: true,
      passes: 2,
    })
    .plot(["temperature", "hall"], { title: "Both", last: "1h", right: ["hall"] })
    .plot({ x: "field", y: "current", z: "hall", zAxis: { scale: "log" } })
    .live({ port: 8080, control: true, token: "abcdefghijklmnopqrstuv" })
    .alarm("too hot", ({ temperature }) => temperature > 80, { for: "1min", then: "stop" })
    .alarm("field", { variable: "hall", above: 5, hysteresis: 0.5 }, {
      severity: "error",
      latched: true,
      renotify: "1h",
      then: [{ pause: ["map"], settle: "5min" }, function cool() {}],
    })
    .alarm("silent", { stale: "temperature", after: "5min" }, { severity: "info" })
    .heartbeat({ url: "https://beats.example/secret", every: "5min", fail: "{url}/fail" })
    .heartbeat({ file: "cooling.alive", silence: "10min" })
    .notify(webhook({ preset: "ntfy", url: "https://ntfy.sh/lab-7" }), { on: ["alarm", "log"] })
    .email({
      from: "rig@lab.org",
      to: ["you@lab.org", "me@lab.org"],
      every: "2h",
      timeZone: "Europe/Paris",
      attach: { csv: "1d" },
      smtp: { host: "smtp.lab.org", user: "rig", password: "open sesame" },
    })
    .email({
      from: "rig@lab.org",
      to: "boss@lab.org",
      at: "08:00",
      on: ["end"],
      timeZone: "UTC",
      plots: [0],
      subject: "{name} at {time}: {state}",
      smtp: { host: "smtp.lab.org" },
    })
    .for("12h")
    .until(({ temperature }) => temperature > 80)
    .onStop(function tidy() {});
}

Deno.test("describe() reads well when an experiment uses every verb", async (t) => {
  await t.assertSnapshot(whole().describe());
});

Deno.test("describe() says how the run ends when nothing in the plan ends it", () => {
  assert.match(experiment().every("1s", () => {}).describe(), /Ends\n {2}with Ctrl-C\n/);
  assert.match(
    experiment().task(() => {}).describe(),
    /Ends\n {2}when all tasks are done\n {2}or with Ctrl-C\n/,
  );
  assert.match(experiment().describe(), /^An experiment without a name\n/);
});

Deno.test("describe() shows what is done when the function has no name", () => {
  const rows: [() => unknown, RegExp][] = [
    [() => 1 + 1, /at the start {2}1 \+ 1\n/],
    [async () => await Promise.resolve(), /at the start {2}await Promise\.resolve\(\)\n/],
    [
      () => "a text that is far too long to be shown on one line of a description",
      /at the start {2}.{59}…\n/,
    ],
  ];
  for (const [action, expected] of rows) {
    const unnamed = Object.defineProperty(action, "name", { value: "" });
    assert.match(experiment().onStart(unnamed).describe(), expected);
  }
});

Deno.test("plan() is plain JSON that names every verb when an experiment uses them all", async (t) => {
  const plan = whole().plan();
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
  assert.deepEqual(
    new Set(plan.nodes.map(({ kind }) => kind)),
    new Set(VERBS.map(({ kind }) => kind)),
  );
  await t.assertSnapshot(plan);
});

Deno.test("plan() is frozen through and through when it is given out", () => {
  const check = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    assert.ok(Object.isFrozen(value));
    for (const field of Object.values(value)) check(field);
  };
  check(whole().plan());
});

Deno.test("plan() keeps the ends and a digest when a sweep is very long", () => {
  const values = Array.from({ length: 10_001 }, (_, i) => i);
  const of = (list: number[]): unknown =>
    experiment().sweep(list, () => {}).plan().nodes[0]?.["values"];
  const seen = of(values) as Record<string, unknown>;
  assert.equal(seen["count"], 10_001);
  assert.deepEqual([seen["first"], seen["last"]], [0, 10_000]);
  values[5000] = -1;
  assert.notEqual((of(values) as Record<string, unknown>)["sha256"], seen["sha256"]);
});

Deno.test("plan() does not change when what it was given changes later", () => {
  const values = [1, 2];
  const notes = { sample: "A" };
  const options = { name: "one" };
  const built = experiment().metadata(notes).sweep(values, () => {}).every("1s", () => {}, options);
  const before = JSON.stringify(built.plan());
  values.push(3);
  notes.sample = "B";
  options.name = "two";
  assert.equal(JSON.stringify(built.plan()), before);
});

Deno.test("planJson() gives text for what JSON lacks", () => {
  class Meter {}
  const circle: unknown[] = [];
  circle.push(circle);
  const rows: [unknown, unknown][] = [
    [NaN, "NaN"],
    [-0, "-0"],
    [-Infinity, "-Infinity"],
    [undefined, null],
    [12n, "12"],
    [{ a: undefined, b: null }, { b: null }],
    [new Float64Array([1, 2]), [1, 2]],
    [new Meter(), "[Meter]"],
    [Temporal.Duration.from("PT5S"), "PT5S"],
    [new Date(0), new Date(0).toString()],
    [circle, ["[circular]"]],
    [Object.assign(() => 1, { extra: 1 }), { name: "", source: "() => 1" }],
  ];
  for (const [given, expected] of rows) {
    const seen = planJson(given);
    if (typeof given === "function") assert.match(JSON.stringify(seen), /"source":"\(\)\s*=>\s*1"/);
    else assert.deepEqual(seen, expected);
  }
});

Deno.test("hashPlan() depends on what a plan says and not on the order of its fields", () => {
  const one: Plan = {
    kind: "experiment",
    version: 1,
    name: "x",
    nodes: [{ kind: "for", duration: "1ms" }],
  };
  const same = {
    nodes: [{ duration: "1ms", kind: "for" }],
    name: "x",
    version: 1,
    kind: "experiment",
  };
  assert.equal(hashPlan(one), hashPlan(same as Plan));
  assert.match(hashPlan(one), /^[0-9a-f]{64}$/);
  assert.notEqual(hashPlan(one), hashPlan({ ...one, name: "y" }));
  assert.notEqual(hashPlan(one), hashPlan({ ...one, nodes: [...one.nodes, ...one.nodes] }));
});

/** A builder's call, of those that may come in any order. */
type Call = readonly [verb: "every" | "task" | "sweep" | "metadata" | "device", number: number];

/** Makes the calls; `branch` keeps their names apart from those of another branch. */
function apply(builder: unknown, calls: readonly Call[], branch = "trunk"): unknown {
  // deno-lint-ignore no-explicit-any -- as JavaScript has it, without a compiler
  return calls.reduce<any>((built, [verb, n], i) => {
    switch (verb) {
      case "every":
        return built.every(`${n}ms`, () => {}, { name: `task ${n}` });
      case "sweep":
        return built.sweep([n], () => {});
      case "metadata":
        return built.metadata({ [`${branch} ${i} of ${n}`]: "text" });
      case "device":
        return built.device(`${branch} ${i} of ${n}`, () => n);
      default:
        return built.task(() => {});
    }
  }, builder);
}

const call = fc.tuple(
  fc.constantFrom("every", "task", "sweep", "metadata", "device" as const),
  fc.integer({ min: 1, max: 1e6 }),
) as fc.Arbitrary<Call>;
const calls = fc.array(call, { maxLength: 6 });

Deno.test("a branch never changes what it grew from, nor another branch", () => {
  fc.assert(fc.property(calls, calls, calls, (shared, left, right) => {
    type Planned = { plan(): Plan };
    const trunk = apply(experiment("tree"), shared) as Planned;
    const before = hashPlan(trunk.plan());
    const one = apply(trunk, left, "left") as Planned;
    const alone = hashPlan(one.plan());
    const other = apply(trunk, right, "right") as Planned;
    assert.equal(hashPlan(trunk.plan()), before);
    assert.equal(hashPlan(one.plan()), alone);
    assert.equal(one.plan().nodes.length, shared.length + left.length);
    assert.equal(other.plan().nodes.length, shared.length + right.length);
    assert.ok(Object.isFrozen(one));
  }));
});

Deno.test("a plan is the same when it has been through JSON", () => {
  fc.assert(fc.property(calls, (given) => {
    const plan = (apply(experiment("tree"), given) as { plan(): Plan }).plan();
    const back: Plan = JSON.parse(JSON.stringify(plan));
    assert.deepEqual(back, plan);
    assert.equal(hashPlan(back), hashPlan(plan));
  }));
});

// What a compiler would have refused, as JavaScript's users meet it.
// deno-lint-ignore no-explicit-any -- as JavaScript has it, without a compiler
const js = (): any => experiment("x");
const REFUSED: Record<string, readonly [call: () => unknown, message: RegExp]> = {
  "a name that is no text": [
    () => experiment(7 as unknown as string),
    /^TypeError: Cannot begin an experiment, as its name must be a text that is not empty: 7$/,
  ],
  "an empty name": [() => experiment(" "), /^TypeError: .* not empty: " "$/],
  "a device named twice": [
    () => js().device("bath", () => 1).device("bath", () => 2),
    /^TypeError: Cannot add the device "bath", as there is one of that name already\. Choose/,
  ],
  "a reserved name": [
    () => js().device("sleep", () => 1),
    /^TypeError: Cannot add the device "sleep", as the name has a meaning of its own in a task\./,
  ],
  "a device that is none": [
    () => js().device("bath", { address: "x" }),
    /^TypeError: Cannot add the device "bath", as it must be a device's definition .*: {"address":"x"}$/,
  ],
  "an unknown option of a device": [
    () => js().device("bath", () => 1, { timeuot: "1s" }),
    /^TypeError: Cannot add the device "bath", as there is no option "timeuot"\. There are: simulate, timeout$/,
  ],
  "a period without a unit": [
    () => js().every(10, () => {}),
    /^TypeError: Cannot run a task periodically: Cannot read a duration, as it carries no unit: .* 10\./,
  ],
  "a period of an unknown unit": [
    () => js().every("10 parsecs", () => {}),
    /^SyntaxError: Cannot run a task periodically: Cannot read a duration, as "parsecs" is not a unit/,
  ],
  "a period of zero": [
    () => js().every("0s", () => {}),
    /^RangeError: Cannot run a task periodically, as its period must be longer than nothing: "0s"$/,
  ],
  "a task that is no function": [
    () => js().every("1s", { x: 1 }),
    /^TypeError: Cannot run a task periodically, as the task must be a function: {"x":1}$/,
  ],
  "a sweep without values": [
    () => js().sweep([], () => {}),
    /^RangeError: Cannot sweep, as there are no values$/,
  ],
  "a sweep without axes": [
    () => js().sweep({}, () => {}),
    /^RangeError: Cannot sweep, as there is no axis$/,
  ],
  "an axis without values": [
    () => js().sweep({ field: [] }, () => {}),
    /^RangeError: Cannot sweep the axis "field", as it has no values$/,
  ],
  "a sweep over a number": [
    () => js().sweep(7, () => {}),
    /^TypeError: Cannot sweep, as an array of values.*: 7$/,
  ],
  "a variable declared twice": [
    () => js().variable("t", {}).variable("t", {}),
    /^TypeError: Cannot declare the variable "t", as it was declared before\. Declare it once\.$/,
  ],
  "a unit that is no text": [
    () => js().variable("t", { unit: 7 }),
    /^TypeError: Cannot declare the variable "t", as its unit must be text: 7$/,
  ],
  "a parameter that is no number": [
    () => js().parameters({ mass: "1" }),
    /^TypeError: Cannot save parameters, as "mass" must be a number: "1"$/,
  ],
  "a parameter without a name": [
    () => js().parameters({ "": 1 }),
    /^RangeError: Cannot name a parameter as it is empty: ""\./,
  ],
  "metadata that would not come back": [
    () => js().metadata({ sample: "\ud800" }),
    /^RangeError: Cannot store metadata "sample" as it holds half of a surrogate pair/,
  ],
  "a variable without a name": [
    () => js().variable(),
    /^TypeError: Cannot name a variable as a name is text/,
  ],
  "an axis that can't be stored": [
    () => js().sweep({ "\0": [1] }, () => {}),
    /^RangeError: Cannot name a variable as it holds a NUL character/,
  ],
  "metadata given twice": [
    () => js().metadata({ sample: "a" }).metadata({ sample: "b" }),
    /^TypeError: Cannot save metadata, as "sample" was given before\. Give it once\.$/,
  ],
  "a length given twice": [
    () => js().for("1h").for("2h"),
    /as its length was given before\. Give it once\.$/,
  ],
  "a length of zero": [
    () => js().for("0s"),
    /^RangeError: Cannot limit the run, as its length must be longer/,
  ],
  "a condition that is no function": [
    () => js().until(true),
    /as the condition must be a function: true$/,
  ],
  "an alarm without a name": [
    () => js().alarm("", () => true),
    /^TypeError: Cannot set an alarm, as its name must be a text that is not empty: ""$/,
  ],
  "an alarm named twice": [
    () => js().alarm("hot", () => true).alarm("hot", () => true),
    /^TypeError: Cannot watch for "hot", as there is an alarm of that name already\. Choose another name\.$/,
  ],
  "a set that is no function": [
    () => js().sweep([1], () => {}, { set: 1 }),
    /^TypeError: Cannot sweep, as set must be a function: 1$/,
  ],
};

for (const [what, [attempt, message]] of Object.entries(REFUSED)) {
  Deno.test(`the builder refuses ${what}`, () => assert.throws(attempt, message));
}

Deno.test("the builder's errors point at the caller's line", () => {
  try {
    js().every(10, () => {});
    assert.fail("nothing was thrown");
  } catch (error) {
    assert.match((error as Error).stack?.split("\n    at ")[1] ?? "", /builder_test\.ts/);
  }
});
