/**
 * Quick start: a bath is driven to 60 °C and watched for a while.
 *
 * Run it with the line that `--help` prints; the data is in quick_start.db.
 *
 * @module
 */

import { experiment } from "@stripchart/stripchart";
import { thermalBath } from "@stripchart/stripchart/devices";

await experiment("quick_start")
  .device("bath", thermalBath({ initial: 20, timeConstant: "4s", seed: 7 }))
  .variable("temperature", { unit: "°C", label: "Bath temperature" })
  .variable("power", { unit: "W", label: "Heater power" })
  .metadata({ sample: "Cu-7", cell: "B" })
  .onStart(({ bath }) => bath.setSetpoint(60))
  .every("200ms", ({ bath }) => ({ temperature: bath.temperature(), power: bath.power() }))
  .until(({ temperature }) => temperature > 59)
  .for("10s")
  .run();
