/**
 * Two tasks with rates of their own, side by side on their own grids: a slow instrument does not hold up a
 * fast one, and one that fails leaves the other alone.
 *
 * @module
 */

import { experiment } from "@stripchart/stripchart";
import { computer, thermalBath } from "@stripchart/stripchart/devices";

await experiment("two_tasks")
  .device("bath", thermalBath({ seed: 2 }))
  .device("pc", computer())
  .every("50ms", ({ bath }) => ({ temperature: bath.temperature() }), { name: "fast" })
  .every("500ms", async ({ pc, sleep }) => {
    await sleep("100ms");
    return { ...pc.load() };
  }, { name: "slow" })
  .for("3s")
  .run();
