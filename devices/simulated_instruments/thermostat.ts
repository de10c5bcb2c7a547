/**
 * A simulated thermostat with the manners of those on serial lines.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { type ThermalBath, thermalBath, type ThermalBathOptions } from "../thermal_bath.ts";
import type { Responder } from "../transports/responder.ts";

/** What a simulated thermostat is like. Temperatures are in °C. */
export interface ThermostatOptions extends ThermalBathOptions {
  /** What `VERSION` answers. @default "STRIPCHART SIM-BATH VERSION 1.0" */
  readonly version?: string;
  /** What the bath's time is. @default the system's clock */
  readonly clock?: Clock;
}

/** What `STATUS` says after something was refused, once. */
const REFUSED = {
  unknown: "-08 INVALID COMMAND",
  low: "-10 VALUE TOO SMALL",
  high: "-11 VALUE TOO LARGE",
} as const;

/** How many setpoints are kept; one of them is in use. */
const SETPOINTS = 3;

const DIGITS = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/**
 * A simulated thermostat: a {@linkcode thermalBath} behind the plain commands of circulators on serial lines.
 * `IN_PV_00` gives the temperature, `IN_PV_01` the heating power in percent, `OUT_SP_00 45.5` and `IN_SP_00` are the
 * setpoint, `OUT_MODE_05 1` and `IN_MODE_05` the heater's switch, `OUT_MODE_01` and `IN_MODE_01` which of the
 * setpoints 00 to 02 is in use; `VERSION` and `STATUS` are text. Nothing but an `IN_` command and those two is
 * answered, and what was refused is said by the next `STATUS` alone.
 *
 * On a line its messages end with a carriage return: serve it with `ends: ["\r\n", "\r", "\n"]` and
 * `answerEnd: "\r\n"`.
 *
 * @param options The bath's properties.
 *
 * @example
 * ```ts
 * import { open, simulated, simulatedThermostat } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const thermostat = simulatedThermostat({ initial: 20, noise: 0 });
 * await using bath = await open(simulated(thermostat));
 * await bath.write("OUT_SP_00 60");
 * await bath.write("OUT_MODE_05 1");
 * assert.equal(await bath.queryNumber("IN_SP_00"), 60);
 * assert.equal(await bath.queryNumber("IN_PV_01"), 100);
 * ```
 */
export function simulatedThermostat(options: ThermostatOptions = {}): Responder {
  const { version = "STRIPCHART SIM-BATH VERSION 1.0", clock = systemClock, ...properties } =
    options;
  const { min = -20, max = 95, ambient = 20, maxPower = 1000 } = properties;
  // What it does when it fails and when it is closed is of no interest here.
  const bath = thermalBath({ ...properties, min, max }).open({
    name: "thermostat",
    clock,
    signal: new AbortController().signal,
    report: () => {},
  }) as ThermalBath;
  const setpoints = new Array<number>(SETPOINTS).fill(ambient);
  let used = 0;
  let on = false;
  let refused: string | undefined;

  const apply = (): void => {
    if (on) bath.setSetpoint(setpoints[used] ?? ambient);
    else bath.safe();
  };
  const answer = (text: string): string | undefined => {
    switch (text) {
      case "VERSION":
        return version;
      case "STATUS": {
        const said = refused ?? (on ? "03 REMOTE START" : "02 REMOTE STOP");
        refused = undefined;
        return said;
      }
      case "IN_PV_00":
        return bath.temperature().toFixed(2);
      case "IN_PV_01":
        return (100 * bath.power() / maxPower).toFixed(1);
      case "IN_MODE_01":
        return String(used);
      case "IN_MODE_05":
        return on ? "1" : "0";
    }
    const asked = /^IN_SP_0([0-2])$/.exec(text);
    if (asked !== null) return setpoints[Number(asked[1])]?.toFixed(2);
    refused = set(text);
    return undefined;
  };
  /** Carries out what is not answered; why it was refused, if it was. */
  const set = (text: string): string | undefined => {
    const [, header = "", written = ""] = /^(OUT_\w+) +(\S+)$/.exec(text) ?? [];
    if (!DIGITS.test(written)) return REFUSED.unknown;
    const value = Number(written);
    const setpoint = /^OUT_SP_0([0-2])$/.exec(header);
    if (setpoint !== null) {
      if (value < min) return REFUSED.low;
      if (value > max) return REFUSED.high;
      setpoints[Number(setpoint[1])] = value;
    } else if (header === "OUT_MODE_01") {
      if (value < 0) return REFUSED.low;
      if (value >= SETPOINTS) return REFUSED.high;
      used = Math.trunc(value);
    } else if (header === "OUT_MODE_05") {
      if (value < 0) return REFUSED.low;
      if (value > 1) return REFUSED.high;
      on = value !== 0;
    } else return REFUSED.unknown;
    apply();
    return undefined;
  };

  return {
    receive(message) {
      const text = new TextDecoder().decode(message).trim().toUpperCase();
      // Both characters of a line end may be taken for one each.
      if (text === "") return undefined;
      const said = answer(text);
      return said === undefined ? undefined : new TextEncoder().encode(said);
    },
  };
}
