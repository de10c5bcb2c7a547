import assert from "node:assert/strict";
import { experiment } from "../../dsl/experiment.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { APART, START } from "../session/_session.ts";

/** An experiment of a bath that heats, a degree a second, until it is told to cool. */
function heating() {
  return experiment("heating")
    .device("bath", () => {
      let temperature = 20;
      let step = 1;
      return {
        temperature: () => temperature += step,
        cool: () => {
          step = -1;
        },
      };
    }, { simulate: { temperature: () => 20, cool: () => {} } })
    .every("1s", ({ bath }) => ({ temperature: bath.temperature() }), { name: "bath" });
}

/** Options of a run that touches nothing and takes no time. */
function options() {
  const clock = new VirtualClock({ start: START * 1e6 });
  return { args: [], file: null, quiet: true, session: { ...APART, clock } } as const;
}

Deno.test("alarm() ends an experiment with its reason", async () => {
  const { reason, entries } = await heating()
    .alarm("too hot", ({ temperature }) => temperature > 80, { for: "9500ms", then: "stop" })
    .run(options());
  assert.equal(reason, 'the alarm "too hot" was raised: temperature is 90');
  assert.equal(entries, 70);
});

Deno.test("alarm() calls functions with the devices and the session", async () => {
  const told: string[] = [];
  const { status, entries } = await heating()
    .alarm("hot", { variable: "temperature", above: 30 }, {
      then: ({ bath, session }) => {
        told.push(`cooled at ${session.latest["temperature"]}`);
        bath.cool();
      },
    })
    .alarm("cold", { variable: "temperature", below: 10 }, { then: "stop" })
    .run(options());
  assert.deepEqual(told, ["cooled at 31"]);
  assert.equal(status, "completed");
  assert.equal(entries, 33);
});

Deno.test("alarm() refuses before anything is opened to pause a task that there is not", async () => {
  let opened = false;
  const made = experiment("x")
    .device("bath", () => {
      opened = true;
      return 1;
    })
    .every("1s", () => ({ t: 1 }), { name: "bath" })
    .alarm("hot", ({ t }) => t > 80, { then: { pause: ["bahth"] } })
    .sweep([1, 2], () => {});
  const message =
    /^RangeError: Cannot begin, as alarm hot would pause a task that there is not: "bahth"\. These can be paused: bath, sweep\.$/;
  await assert.rejects(made.run(options()), message);
  await assert.rejects(made.dryRun(), message);
  assert.equal(opened, false);
});

Deno.test("alarm() may pause a task that comes after it", async () => {
  const { entries, status } = await experiment("x")
    .variable("go")
    .alarm("wait", ({ go }) => go < 1, { then: { pause: ["sweep"] } })
    .onStart(({ session }) => session.addEntry({ go: 0 }))
    .every("10s", ({ session }) => ({ go: session.clock.monotonic() >= 30_000 ? 1 : 0 }))
    .sweep([1, 2], ({ session }) => ({ at: session.clock.monotonic() }))
    .run(options());
  assert.equal(status, "completed");
  assert.equal(entries, 1 + 4 + 2);
});

Deno.test("alarm() is watched for in a dry run too", async () => {
  const { troubles, reason } = await heating()
    .alarm("cold", ({ temperature }) => temperature < 30, { then: "stop" })
    .dryRun({ for: "1h" });
  assert.equal(reason, 'the alarm "cold" was raised: temperature is 20');
  assert.deepEqual(troubles, ["cold: raised: temperature is 20"]);
});
