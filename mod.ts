/**
 * Stripchart scripts a laboratory experiment in one file and runs it, unattended, for weeks.
 *
 * @example An experiment
 * ```ts
 * import { experiment } from "@stripchart/stripchart";
 * import { thermalBath } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const summary = await experiment("soak")
 *   .device("bath", thermalBath({ initial: 20, seed: 1 }))
 *   .variable("temperature", { unit: "°C", label: "Bath temperature" })
 *   .every("20ms", ({ bath }) => ({ temperature: bath.temperature() }))
 *   .for("100ms")
 *   .run({ file: ":memory:", args: [], quiet: true });
 *
 * assert.equal(summary.status, "completed");
 * ```
 *
 * @module
 */

export * from "./dsl/mod.ts";
export * from "./notify/mod.ts";
export * from "./session/mod.ts";
export * from "./tasks/mod.ts";
export * from "./time/mod.ts";
