/**
 * A sweep: the bath is brought to each setpoint, left to settle, and measured. The run ends after the last one.
 *
 * @module
 */

import { experiment, linspace } from "@stripchart/stripchart";
import { thermalBath } from "@stripchart/stripchart/devices";

await experiment("bath_sweep")
  .device("bath", thermalBath({ initial: 20, timeConstant: "200ms", noise: 0.01, seed: 3 }))
  .variable("setpoint", { unit: "°C" })
  .variable("temperature", { unit: "°C" })
  .sweep(
    { setpoint: linspace(25, 45, 5) },
    ({ bath }) => ({ temperature: bath.temperature() }),
    { set: ({ bath }, { setpoint }) => bath.setSetpoint(setpoint), settle: "400ms" },
  )
  .run();
