// deno-lint-ignore-file no-console -- it prints for a person
/**
 * The demonstration: 20 seconds of this computer and a simulated bath at two rates, then what was recorded.
 *
 * @module
 */

import { experiment, openSession } from "@stripchart/stripchart";
import { computer, thermalBath } from "@stripchart/stripchart/devices";

const summary = await experiment("demo")
  .device("pc", computer())
  .device("bath", thermalBath({ initial: 20, timeConstant: "6s", seed: 11 }))
  .variable("temperature", { unit: "°C", label: "Bath temperature" })
  .variable("power", { unit: "W", label: "Heater power" })
  .variable("cpu", { label: "Processor, busy fraction" })
  .metadata({ purpose: "demonstration" })
  .onStart(({ bath }) => bath.setSetpoint(50))
  .every("100ms", ({ bath }) => ({ temperature: bath.temperature(), power: bath.power() }), {
    name: "bath",
  })
  .every("1s", ({ pc }) => ({ ...pc.load(), cpu: pc.cpu() }), { name: "computer" })
  .plot(["temperature", "power"], { title: "The bath" })
  .plot(["cpu", "load1"], { title: "This computer" })
  .for("20s")
  .run();

using session = openSession(summary.file);
console.log(`\nRun ${summary.run} of ${summary.file} ${summary.status}: ${summary.reason}.`);
console.log(`It recorded ${summary.entries} entries:\n`);
for (const [name, { value }] of Object.entries(session.loggedLastValues())) {
  const [t] = session.loggedVariable(name);
  const { unit = "" } = session.variableInfo(name);
  console.log(
    `  ${name.padEnd(12)} ${String(t.length).padStart(6)} values, the last ${
      Number(value.toPrecision(6))
    } ${unit}`,
  );
}
for (const { task, period, ticks, skipped, lateness } of session.statistics()) {
  if (period === null) continue;
  console.log(
    `  ${task.padEnd(12)} ${String(ticks).padStart(6)} steps, ${skipped} missed, ` +
      `late by ${lateness.p50.toFixed(2)} ms (median), ${lateness.max.toFixed(2)} ms (most)`,
  );
}
console.log(`
Read it back from a script:

  import { openSession } from "@stripchart/stripchart";
  using session = openSession("${summary.file}");
  const [t, temperature] = session.loggedVariable("temperature");

Watch it in a browser while it runs, or now with

  npx -y deno@2.9.6 task stripchart view demo.db

Run it longer with --for, and see all flags with --help:

  npx -y deno@2.9.6 task demo --for 1h`);
