/**
 * A simulated power supply of SCPI.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { normal } from "../random.ts";
import type { Responder } from "../transports/responder.ts";
import { ScpiError } from "./scpi/error.ts";
import { type ScpiCommand, scpiInstrument } from "./scpi/instrument.ts";
import { formatNumber } from "./scpi/response.ts";
import type { ScpiStatus } from "./scpi/status.ts";

/** What a simulated power supply is like. */
export interface PowerSupplyOptions {
  /** Resistance between its terminals, Ω; infinite for nothing there. @default 10 */
  readonly load?: number;
  /** Highest voltage that can be set, V. @default 30 */
  readonly maxVoltage?: number;
  /** Highest current that can be set, A. @default 5 */
  readonly maxCurrent?: number;
  /** Standard deviation of what it measures, as a part of the highest value. @default 1e-5 */
  readonly noise?: number;
  /** Seed of the noise: the same seed gives the same readings. @default 1 */
  readonly seed?: number;
  /** What `*IDN?` answers. @default "STRIPCHART,SIM-PSU,0,1.0" */
  readonly identity?: string;
  /** What waits are on. @default the system's clock */
  readonly clock?: Clock;
}

/** Bits of the questionable register: what is not held, and what cut the output off. */
const QUESTIONABLE = { voltage: 1, current: 2, overVoltage: 512 } as const;

interface State {
  voltage: number;
  current: number;
  protection: number;
  on: boolean;
  tripped: boolean;
}

/**
 * A simulated power supply with one output on a resistor: it holds the voltage or, if the load would draw more than
 * the current that is set, the current; which of them it does not hold is in its questionable register. It is cut
 * off when more than `VOLTage:PROTection` is set, until `OUTPut:PROTection:CLEar`.
 *
 * @param options Its load and its limits.
 *
 * @example
 * ```ts
 * import { open, simulated, simulatedPowerSupply } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using psu = await open(simulated(simulatedPowerSupply({ load: 10, noise: 0 })));
 * await psu.write("VOLTage 5; CURRent 200 mA; OUTPut ON");
 * assert.equal(await psu.queryNumber("MEASure:CURRent?"), 0.2);
 * assert.equal(await psu.queryNumber("MEASure:VOLTage?"), 2);
 * ```
 */
export function simulatedPowerSupply(options: PowerSupplyOptions = {}): Responder {
  const { load = 10, maxVoltage = 30, maxCurrent = 5, noise = 1e-5, seed = 1 } = options;
  if (!(load > 0)) {
    throw new RangeError(`Cannot make a power supply, as its load must be above zero: ${load}`);
  }
  const random = normal(seed);
  const initial = (): State => ({
    voltage: 0,
    current: maxCurrent,
    protection: maxVoltage * 1.1,
    on: false,
    tripped: false,
  });
  let state = initial();

  /** What is at the terminals. */
  const output = (): { voltage: number; current: number; limited: boolean } => {
    if (!state.on) return { voltage: 0, current: 0, limited: false };
    const limited = state.voltage / load > state.current;
    return limited
      ? { voltage: state.current * load, current: state.current, limited }
      : { voltage: state.voltage, current: state.voltage / load, limited };
  };
  const update = (status: ScpiStatus): void => {
    if (state.on && output().voltage > state.protection) {
      state.on = false;
      state.tripped = true;
    }
    const { voltage, current, overVoltage } = QUESTIONABLE;
    const unheld = state.on ? output().limited ? voltage : current : 0;
    status.questionable.condition = unheld | (state.tripped ? overVoltage : 0);
  };
  const level = (name: "voltage" | "current" | "protection", max: number, unit: string) => {
    const limits = { min: 0, max, unit };
    return {
      set: (parameters, { status }) => {
        state[name] = parameters.number(limits);
        update(status);
      },
      get: (parameters) => {
        // The limits can be asked for by their words.
        return formatNumber(parameters.left > 0 ? parameters.number(limits) : state[name]);
      },
    } satisfies ScpiCommand;
  };
  const measure = (name: "voltage" | "current", max: number): ScpiCommand => ({
    get: () => formatNumber(output()[name] + noise * max * random()),
  });

  return scpiInstrument({
    identity: options.identity ?? "STRIPCHART,SIM-PSU,0,1.0",
    clock: options.clock ?? systemClock,
    reset({ status }) {
      state = initial();
      update(status);
    },
    commands: {
      "[:SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]": level("voltage", maxVoltage, "V"),
      "[:SOURce]:CURRent[:LEVel][:IMMediate][:AMPLitude]": level("current", maxCurrent, "A"),
      "[:SOURce]:VOLTage:PROTection[:LEVel]": level("protection", maxVoltage * 1.1, "V"),
      "[:SOURce]:VOLTage:PROTection:TRIPped": { get: () => state.tripped },
      ":OUTPut[:STATe]": {
        set: (parameters, { status }) => {
          const on = parameters.boolean();
          if (on && state.tripped) throw new ScpiError(-221, "over-voltage protection");
          state.on = on;
          update(status);
        },
        get: () => state.on,
      },
      ":OUTPut:PROTection:CLEar": {
        set: (_, { status }) => {
          state.tripped = false;
          update(status);
        },
      },
      ":APPLy": {
        set: (parameters, { status }) => {
          const voltage = parameters.number({ min: 0, max: maxVoltage, unit: "V" });
          const current = parameters.number({
            min: 0,
            max: maxCurrent,
            default: state.current,
            unit: "A",
          });
          state = { ...state, voltage, current };
          update(status);
        },
        get: () => `"${state.voltage.toFixed(4)},${state.current.toFixed(4)}"`,
      },
      ":MEASure[:SCALar]:VOLTage[:DC]": measure("voltage", maxVoltage),
      ":MEASure[:SCALar]:CURRent[:DC]": measure("current", maxCurrent),
    },
  });
}
