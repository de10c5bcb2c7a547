/**
 * A night with reports by e-mail. Its dry run sends nothing and writes what it would send to `night-report.html`, for a
 * browser: run it with the second line that `--help` prints.
 *
 * @module
 */

import { experiment } from "@stripchart/stripchart";
import { thermalBath } from "@stripchart/stripchart/devices";

await experiment("night")
  .device("bath", thermalBath({ initial: 20, timeConstant: "40min", seed: 7 }))
  .variable("temperature", { unit: "°C", label: "Bath temperature" })
  .variable("power", { unit: "W", label: "Heater power" })
  .onStart(({ bath }) => bath.setSetpoint(60))
  .every("10s", ({ bath }) => ({ temperature: bath.temperature(), power: bath.power() }))
  .plot(["temperature", "power"], { title: "The night" })
  .alarm("too hot", { variable: "temperature", above: 80, hysteresis: 2 }, { severity: "error" })
  .email({
    from: "The rig <rig@lab.example>",
    to: ["you@lab.example", "night@lab.example"],
    every: "2h",
    attach: { csv: "1d" },
    smtp: { host: "smtp.lab.example", user: "rig", passwordFile: "smtp.password" },
  })
  .for("12h")
  .run();
