/**
 * Instruments that need no file.
 *
 * @module
 */

import { simulatedMultimeter } from "../../devices/simulated_instruments/multimeter.ts";
import { simulatedPowerSupply } from "../../devices/simulated_instruments/power_supply.ts";
import { simulatedThermostat } from "../../devices/simulated_instruments/thermostat.ts";
import type { Clock } from "../../time/clock.ts";
import { everywhere, type ServedInstrument } from "./instrument.ts";

/** An instrument by name. */
export interface BuiltIn {
  /** What it is, in a few words. */
  readonly summary: string;
  /** Makes one. */
  readonly make: (clock: Clock) => ServedInstrument;
}

/** All of them by name. */
export const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  dmm: {
    summary: "a multimeter of SCPI, on 1.25 V, 12.5 mA and 100 Ω",
    make: (clock) => everywhere("dmm, a multimeter", simulatedMultimeter({ clock })),
  },
  psu: {
    summary: "a power supply of SCPI with a load of 10 Ω",
    make: (clock) => everywhere("psu, a power supply", simulatedPowerSupply({ clock })),
  },
  bath: {
    summary: "a thermostat with plain commands, as on serial lines (IN_PV_00, OUT_SP_00 45)",
    make: (clock) =>
      everywhere("bath, a thermostat", simulatedThermostat({ clock }), {
        ends: ["\r\n", "\r", "\n"],
        answerEnd: "\r\n",
      }),
  },
};
