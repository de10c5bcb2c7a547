import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { experiment } from "../../dsl/experiment.ts";
import type { Experiment } from "../../dsl/experiment.ts";

/** True if two types are the same. */
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true
  : false;

/** The variables of an experiment. */
type VariablesIn<E> = E extends Experiment<infer _, infer V> ? V : never;

function holds<_T extends true>(): void {}

interface Meter {
  voltage(): Promise<number>;
}

interface Reading {
  volts: number;
  amps: number;
}

const start = experiment("types")
  .device("meter", () => ({ voltage: () => Promise.resolve(1) }) as Meter)
  .device("scale", { kind: "scale", open: () => Promise.resolve({ mass: () => 2 }) });

Deno.test("every() names the variables that its task returns when it returns an object", () => {
  const one = start.every("1s", async ({ meter }) => ({ volts: await meter.voltage() }));
  holds<Same<VariablesIn<typeof one>, "volts">>();
  const two = one.every("1s", ({ scale }) => ({ mass: scale.mass() }));
  holds<Same<VariablesIn<typeof two>, "volts" | "mass">>();
});

Deno.test("every() names the variables of each branch when the task returns one of several", () => {
  const either = start.every("1s", ({ scale }) => {
    if (scale.mass() > 1) return { heavy: 1 };
    if (scale.mass() > 0) return { light: 1 };
    return undefined;
  });
  holds<Same<VariablesIn<typeof either>, "heavy" | "light">>();
  const now_and_then = start.monitor(async ({ scale, sleep }) => {
    await sleep("1s");
    if (scale.mass() > 1) return { heavy: 1 };
  });
  holds<Same<VariablesIn<typeof now_and_then>, "heavy">>();
});

Deno.test("every() takes what the task returns when it is an interface, a record or nothing", () => {
  const reading = start.every("1s", (): Reading => ({ volts: 1, amps: 2 }));
  holds<Same<VariablesIn<typeof reading>, "volts" | "amps">>();
  const record = start.task((): Record<"a" | "b", number> => ({ a: 1, b: 2 }));
  holds<Same<VariablesIn<typeof record>, "a" | "b">>();
  const sometimes = start.every("1s", ({ scale }) => ({ mass: scale.mass() || undefined }));
  holds<Same<VariablesIn<typeof sometimes>, "mass">>();
  // deno-lint-ignore no-explicit-any -- what an untyped driver gives
  const untyped = start.every("1s", () => ({ raw: 1 as any }));
  holds<Same<VariablesIn<typeof untyped>, "raw">>();
  const nothing = start.every("1s", () => {}).task(async () => {});
  holds<Same<VariablesIn<typeof nothing>, never>>();
});

Deno.test("variable() adds a name when no task has returned it yet", () => {
  const declared = start.variable("later", { unit: "V" }).until(({ later }) => later > 1);
  holds<Same<VariablesIn<typeof declared>, "later">>();
});

Deno.test("sweep() gives points as they are and records named axes", () => {
  const plain = start.sweep([1, 2], (_context, point) => {
    holds<Same<typeof point, 1 | 2>>();
    return { doubled: point * 2 };
  });
  holds<Same<VariablesIn<typeof plain>, "doubled">>();
  const list: readonly number[] = [1, 2];
  const axes = start.sweep({ field: list, current: [0, 1] }, ({ meter }, { field, current }) => {
    holds<Same<typeof field, number>>();
    holds<Same<typeof current, number>>();
    return { hall: field * current, meters: meter === undefined ? 0 : 1 };
  }, { set: ({ scale }, { field }) => scale.mass() + field, settle: "1s" });
  holds<Same<VariablesIn<typeof axes>, "hall" | "meters" | "field" | "current">>();
});

Deno.test("until() sees the variables as numbers when tasks return them", () => {
  start.every("1s", () => ({ volts: 1 })).until((values) => {
    holds<Same<typeof values, { readonly volts: number }>>();
    return values.volts > 1;
  });
});

Deno.test("alarm() sees the variables as numbers and its functions the devices", () => {
  start.every("1s", () => ({ volts: 1 })).alarm("high", (values) => {
    holds<Same<typeof values, { readonly volts: number }>>();
    return values.volts > 1;
  }, {
    clear: ({ volts }) => volts < 0.5,
    then: ["stop", (context) => holds<Same<typeof context.meter, Meter>>()],
  })
    .alarm("low", { variable: "volts", below: 0 }, { then: { pause: ["every 1s"] } })
    .alarm("silent", { stale: "volts", after: "1min" });
});

Deno.test("device() gives each task the devices before it, typed", () => {
  start.onStart((context) => {
    holds<Same<typeof context.meter, Meter>>();
    holds<
      Same<
        typeof context.sleep,
        (duration: import("../../time/duration.ts").DurationInput) => Promise<void>
      >
    >();
  });
  const name: string = "computed";
  assert.ok(start.device(name, () => 1));
});

/** Code that must not compile, and what the person who writes it reads. */
const MISTAKES: Record<string, readonly [code: string, message: RegExp]> = {
  "an unknown variable in until": [
    `e.every("1s", () => ({ temperature: 1 })).until(({ temprature }) => temprature > 80);`,
    /Property 'temprature' does not exist on type 'Values<"temperature">'/,
  ],
  "an unknown variable of a value": [
    `e.every("1s", () => ({ temperature: 1 })).until((last) => last.temprature > 80);`,
    /Property 'temprature' does not exist on type 'Values<"temperature">'. Did you mean 'temperature'\?/,
  ],
  "an unknown variable in a plot": [
    `e.every("1s", () => ({ temperature: 1 })).plot(["temprature"]);`,
    /Type '"temprature"' is not assignable to type '"temperature"'/,
  ],
  "an unknown variable in a plot of two": [
    `e.every("1s", () => ({ temperature: 1, volts: 2 })).plot({ x: "temprature", y: "volts" });`,
    /Type '"temprature"' is not assignable to type '"temperature" \| "volts"[^']*'\. Did you mean '"temperature"'\?/,
  ],
  "an unknown variable on the right axis": [
    `e.every("1s", () => ({ temperature: 1, volts: 2 })).plot("volts", { right: ["volt"] });`,
    /Type '"volt"' is not assignable to type '"temperature" \| "volts"'\. Did you mean '"volts"'\?/,
  ],
  "a plot before the task that records it": [
    `e.plot(["temperature"]).every("1s", () => ({ temperature: 1 }));`,
    /There is no variable yet: put \.plot\(\) behind the tasks that record what it shows/,
  ],
  "an unknown variable in an alarm": [
    `e.every("1s", () => ({ temperature: 1 })).alarm("hot", ({ temprature }) => temprature > 80);`,
    /Property 'temprature' does not exist on type 'Values<"temperature">'/,
  ],
  "an unknown variable in an alarm's limit": [
    `e.every("1s", () => ({ temperature: 1 })).alarm("hot", { variable: "temprature", above: 80 });`,
    /Type '"temprature"' is not assignable to type '"temperature"'/,
  ],
  "an unknown variable that is stale": [
    `e.every("1s", () => ({ temperature: 1 })).alarm("old", { stale: "temprature", after: "5min" });`,
    /Type '"temprature"' is not assignable to type '"temperature"'/,
  ],
  "an unknown variable that clears an alarm": [
    `e.every("1s", () => ({ volts: 1 })).alarm("x", ({ volts }) => volts > 1, { clear: ({ volt }) => volt < 1 });`,
    /Property 'volt' does not exist on type '[^']*volts/,
  ],
  "an alarm before the task that records it": [
    `e.alarm("hot", ({ temperature }) => temperature > 80).every("1s", () => ({ temperature: 1 }));`,
    /There is no variable yet: put \.alarm\(\) behind the tasks that record what it watches/,
  ],
  "an unknown device in what an alarm does": [
    `e.every("1s", () => ({ volts: 1 })).alarm("x", ({ volts }) => volts > 1, { then: ({ bath }) => bath.safe() });`,
    /Property 'bath' does not exist on type 'Context<never>'/,
  ],
  "an unknown action of an alarm": [
    `e.every("1s", () => ({ volts: 1 })).alarm("x", ({ volts }) => volts > 1, { then: "halt" });`,
    /Type '"halt"' is not assignable to type/,
  ],
  "an unknown severity": [
    `e.every("1s", () => ({ volts: 1 })).alarm("x", ({ volts }) => volts > 1, { severity: "fatal" });`,
    /Type '"fatal"' is not assignable to type 'AlarmSeverity\b/,
  ],
  "a condition that gives no boolean": [
    `e.every("1s", () => ({ volts: 1 })).alarm("x", ({ volts }) => volts);`,
    /Type 'number' is not assignable to type 'boolean'/,
  ],
  "a report at no time of day": [
    `e.email({ from: "a@lab.org", to: "b@lab.org", at: "8 am", smtp: { host: "smtp.lab.org" } });`,
    /Type '"8 am"' is not assignable to type '`\$\{number\}:\$\{number\}`'/,
  ],
  "a report on an unknown occasion": [
    `e.email({ from: "a@lab.org", to: "b@lab.org", on: ["finish"], smtp: { host: "smtp.lab.org" } });`,
    /Type '"finish"' is not assignable to type 'ReportOccasion'/,
  ],
  "a report without a server": [
    `e.email({ from: "a@lab.org", to: "b@lab.org", every: "2h" });`,
    /Property 'smtp' is missing in type/,
  ],
  "an unknown device": [
    `e.device("bath", () => 1).every("1s", ({ dmm }) => ({ volts: dmm }));`,
    /Property 'dmm' does not exist on type 'Context<Named<"bath", number>>'/,
  ],
  "a device before it is added": [
    `e.every("1s", ({ bath }) => ({ x: bath })).device("bath", () => 1);`,
    /Property 'bath' does not exist on type 'Context<never>'/,
  ],
  "a device named twice": [
    `e.device("bath", () => 1).device("bath", () => 2);`,
    /There is a device 'bath' already: choose another name/,
  ],
  "a reserved name": [
    `e.device("session", () => 1);`,
    /'session' has a meaning of its own in a task: choose another name/,
  ],
  "an empty name": [`e.device("", () => 1);`, /A device needs a name that is not empty/],
  "a duration of an unknown unit": [
    `e.every("10 parsecs", () => ({ x: 1 }));`,
    /Argument of type '"10 parsecs"' is not assignable to parameter of type 'DurationInput'/,
  ],
  "a duration without a unit": [
    `e.for(10);`,
    /Argument of type '10' is not assignable to parameter of type 'DurationInput'/,
  ],
  "a duration in minutes as m": [
    `e.for("10m");`,
    /Argument of type '"10m"' is not assignable to parameter of type 'DurationInput'/,
  ],
  "a value that is text": [
    `e.every("1s", () => ({ temperature: "hot" }));`,
    /A task returns numbers by name, and 'temperature' is not a number/,
  ],
  "a value that was not awaited": [
    `e.every("1s", async () => ({ temperature: Promise.resolve(1) }));`,
    /A task returns numbers by name, and 'temperature' is not a number/,
  ],
  "a value without a name": [
    `e.every("1s", () => 3);`,
    /A task returns its values by name, such as \{ voltage: 1\.2 \}/,
  ],
  "an unknown option": [
    `e.every("1s", () => ({ x: 1 }), { onerror: "stop" });`,
    /'onerror' does not exist in type 'EveryOptions'. Did you mean to write 'onError'\?/,
  ],
  "an unknown axis": [
    `e.sweep({ field: [1, 2] }, (_context, { fields }) => ({ x: fields }));`,
    /Property 'fields' does not exist on type/,
  ],
  "a stand-in that answers with text": [
    `e.device("dmm", () => ({ volts: () => 1 }), { simulate: { volts: () => "1" } });`,
    /Type 'string' is not assignable to type 'number'/,
  ],
  "metadata that is a number": [
    `e.metadata({ sample: 7 });`,
    /Type 'number' is not assignable to type 'string'/,
  ],
};

Deno.test("a mistake is refused by the compiler with a sentence that says what is wrong", async (t) => {
  const folder = Deno.makeTempDirSync();
  try {
    const module = import.meta.resolve("../../dsl/experiment.ts");
    const names = Object.keys(MISTAKES);
    const files = names.map((name, i) => {
      const file = `${folder}/mistake_${i}.ts`;
      const [code] = MISTAKES[name] as [string, RegExp];
      Deno.writeTextFileSync(
        file,
        `import { experiment } from ${
          JSON.stringify(module)
        };\nconst e = experiment("x");\n${code}\n`,
      );
      return file;
    });
    const config = fileURLToPath(import.meta.resolve("../../deno.json"));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--no-lock", "--config", config, ...files],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.equal(success, false);
    const blocks = new TextDecoder().decode(stderr).split(/^(?=TS\d+ \[ERROR\])/m);
    for (const [i, name] of names.entries()) {
      await t.step(name, () => {
        const seen = blocks.filter((block) => block.includes(`mistake_${i}.ts`)).join("\n");
        const [, message] = MISTAKES[name] as [string, RegExp];
        assert.match(seen, message);
      });
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
