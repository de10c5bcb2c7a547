/**
 * A simulated multimeter of SCPI.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { normal } from "../random.ts";
import type { Responder } from "../transports/responder.ts";
import {
  FUNCTIONS,
  type MeasuringFunction,
  type MultimeterQuantity,
  rangeFor,
  readingOf,
} from "./multimeter/functions.ts";
import { formatReadings, type ReadingFormat } from "./multimeter/readings.ts";
import { MOST_READINGS, TriggerModel, type TriggerSettings } from "./multimeter/trigger_model.ts";
import { ScpiError } from "./scpi/error.ts";
import { pause, type ScpiCommand, type ScpiContext, scpiInstrument } from "./scpi/instrument.ts";
import type { ScpiParameters } from "./scpi/parameters.ts";
import { formatNumber, type ScpiResponse } from "./scpi/response.ts";

/** What a simulated multimeter is like. */
export interface MultimeterOptions {
  /**
   * What is at its terminals: the quantity's value, in its SI unit, so many seconds after it was switched on.
   * @default a steady voltage, current and resistance, with 50 Hz on the voltage
   */
  readonly input?: (quantity: MultimeterQuantity, seconds: number) => number;
  /** Seed of the noise: the same seed gives the same readings. @default 1 */
  readonly seed?: number;
  /** Frequency of the mains, which an integration over whole cycles takes out, Hz. @default 50 */
  readonly mains?: number;
  /** What `*IDN?` answers. @default "STRIPCHART,SIM-DMM,0,1.0" */
  readonly identity?: string;
  /** What time is taken from. @default the system's clock */
  readonly clock?: Clock;
}

const STEADY: Readonly<Record<MultimeterQuantity, number>> = {
  "voltage": 1.25,
  "voltage-ac": 0.02,
  "current": 0.0125,
  "current-ac": 2e-4,
  "resistance": 100.31,
  "resistance-4-wire": 100.18,
};

/** Ripple of the mains on the voltage at the terminals, as its amplitude in V. */
const RIPPLE = 0.02 * Math.SQRT2;

interface State {
  measured: MeasuringFunction;
  /** Full scale by quantity; null chooses it by itself. */
  ranges: Partial<Record<MultimeterQuantity, number | null>>;
  cycles: number;
  trigger: TriggerSettings;
  format: ReadingFormat;
  trace: { points: number; interval: number };
  readings: number[];
}

function initialState(): State {
  return {
    measured: FUNCTIONS[0],
    ranges: {},
    cycles: 1,
    trigger: { source: "IMMediate", triggers: 1, samples: 1, delay: 0 },
    format: { type: "ASC", endianness: "big" },
    trace: { points: 1000, interval: 1e-4 },
    readings: [],
  };
}

/**
 * A simulated multimeter: `MEASure`, `CONFigure`, `READ?`, `INITiate` and `FETCh?` on six functions with their
 * ranges, integration times that cost time and lower the noise, triggers, readings as text or blocks by
 * `FORMat` and `FORMat:BORDer`, and `TRACe:DATA?`, a waveform of the voltage.
 *
 * @param options What it measures.
 *
 * @example
 * ```ts
 * import { open, simulated, simulatedMultimeter } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const meter = simulatedMultimeter({ input: () => 4.2 });
 * await using dmm = await open(simulated(meter));
 * assert.ok(Math.abs(await dmm.queryNumber("MEASure:VOLTage:DC? 10") - 4.2) < 1e-3);
 *
 * await dmm.write("FORMat REAL,64; :SAMPle:COUNt 5; :VOLTage:NPLC 0.02");
 * const readings = await dmm.queryBlock("READ?", { type: "float64" });
 * assert.equal(readings.length, 5);
 * ```
 */
export function simulatedMultimeter(options: MultimeterOptions = {}): Responder {
  const { clock = systemClock, mains = 50, seed = 1 } = options;
  const born = clock.monotonic();
  const seconds = (): number => (clock.monotonic() - born) / 1e3;
  const input = options.input ?? ((quantity) => STEADY[quantity]);
  const wave = options.input === undefined
    ? (at: number) => STEADY.voltage + RIPPLE * Math.sin(2 * Math.PI * mains * at)
    : (at: number) => input("voltage", at);
  const noise = normal(seed);
  const model = new TriggerModel();
  let state = initialState();

  /** Takes one reading into the memory. */
  const sample = ({ status }: ScpiContext): void => {
    const { measured, ranges, cycles } = state;
    const value = input(measured.quantity, seconds());
    const reading = readingOf(measured, value, ranges[measured.quantity] ?? null, cycles, noise());
    status.questionable.condition = Number.isFinite(reading) ? 0 : measured.overload;
    state.readings.push(reading);
  };
  const start = (context: ScpiContext): Promise<void> => {
    if (!model.busy) state.readings = [];
    return model.start(state.trigger, state.cycles / mains, () => sample(context), context);
  };
  const read = async (context: ScpiContext): Promise<ScpiResponse> => {
    // Nobody could trigger it while the answer is waited for.
    if (state.trigger.source !== "IMMediate") throw new ScpiError(-214);
    await start(context);
    return formatReadings(state.readings, state.format);
  };
  const setRange = (measured: MeasuringFunction, parameters: ScpiParameters): void => {
    const { ranges, unit } = measured;
    const limits = { min: ranges[0] ?? 0, max: ranges.at(-1) ?? 0, unit };
    if (parameters.left === 0) {
      state.ranges[measured.quantity] = null;
      return;
    }
    const wanted = parameters.numberOrWord({ ...limits, min: 0 }, ["AUTO", "DEFault"]);
    state.ranges[measured.quantity] = typeof wanted === "string"
      ? null
      : rangeFor(measured, wanted);
  };
  /** Sets a function up, with range and resolution; all else goes to its initial state but format and trace. */
  const configure = (measured: MeasuringFunction, parameters: ScpiParameters): void => {
    model.abort();
    const { format, trace } = state;
    state = { ...initialState(), measured, format, trace };
    setRange(measured, parameters);
    // The resolution: a finer one takes a longer integration, coarsely as instruments do it.
    if (parameters.left > 0) {
      const scale = state.ranges[measured.quantity] ?? measured.ranges[0] ?? 1;
      const resolution = parameters.number({ min: 0, max: scale, default: scale * 1e-6 });
      state.cycles = resolution >= scale * 1e-5 ? 0.02 : resolution >= scale * 1e-6 ? 1 : 10;
    }
  };

  const perFunction = FUNCTIONS.flatMap((measured): [string, ScpiCommand][] => {
    const { header, quantity } = measured;
    const set = (parameters: ScpiParameters): void => configure(measured, parameters);
    const range = (): number =>
      state.ranges[quantity] ?? rangeFor(measured, input(quantity, seconds()));
    return [
      [`:CONFigure${header}`, { set }],
      [`:MEASure${header}`, {
        get: (parameters, context) => {
          set(parameters);
          return read(context);
        },
      }],
      [`[:SENSe]${header}:RANGe[:UPPer]`, {
        set: (parameters) => {
          if (parameters.left === 0) throw new ScpiError(-109);
          setRange(measured, parameters);
        },
        get: () => formatNumber(range()),
      }],
      [`[:SENSe]${header}:RANGe:AUTO`, {
        set: (parameters) => {
          state.ranges[quantity] = parameters.boolean() ? null : range();
        },
        get: () => (state.ranges[quantity] ?? null) === null,
      }],
      [`[:SENSe]${header}:NPLCycles`, {
        set: (parameters) => void (state.cycles = parameters.number({ min: 0.02, max: 100 })),
        get: () => formatNumber(state.cycles),
      }],
    ];
  });

  const number = (
    limits: { readonly min: number; readonly max: number; readonly unit?: string },
    of: () => number,
    set: (value: number) => void,
    whole = false,
  ): ScpiCommand => ({
    set: (parameters) => set(whole ? parameters.integer(limits) : parameters.number(limits)),
    get: () => of(),
  });

  return scpiInstrument({
    identity: options.identity ?? "STRIPCHART,SIM-DMM,0,1.0",
    clock,
    reset() {
      model.abort();
      state = initialState();
    },
    trigger: () => model.trigger(),
    commands: {
      ...Object.fromEntries(perFunction),
      ":CONFigure": {
        get: () => {
          const { name, quantity, ranges } = state.measured;
          const scale = state.ranges[quantity] ?? ranges[0] ?? 1;
          return `"${name} ${formatNumber(scale)},${formatNumber(scale * 1e-6)}"`;
        },
      },
      "[:SENSe]:FUNCtion[:ON]": {
        set: (parameters) => {
          const name = parameters.string().toUpperCase().replace(/:DC$/, "")
            .replace(/VOLTAGE/, "VOLT").replace(/CURRENT/, "CURR").replace(/RESISTANCE/, "RES");
          const measured = FUNCTIONS.find((one) => one.name === name);
          if (measured === undefined) throw new ScpiError(-224, name);
          state.measured = measured;
        },
        get: () => `"${state.measured.name}"`,
      },
      ":READ": { get: (_, context) => read(context) },
      ":INITiate[:IMMediate]": { set: (_, context) => context.overlap(start(context)) },
      ":FETCh": {
        get: async () => {
          await model.calm;
          if (state.readings.length === 0) throw new ScpiError(-230);
          return formatReadings(state.readings, state.format);
        },
      },
      ":ABORt": { set: () => model.abort() },
      ":DATA:POINts": { get: () => state.readings.length },
      ":TRIGger:SOURce": {
        set: (parameters) => {
          state.trigger.source = parameters.word(["IMMediate", "BUS", "EXTernal"]);
        },
        get: () => ({ IMMediate: "IMM", BUS: "BUS", EXTernal: "EXT" })[state.trigger.source],
      },
      ":TRIGger:COUNt": number(
        { min: 1, max: MOST_READINGS },
        () => state.trigger.triggers,
        (value) => void (state.trigger.triggers = value),
        true,
      ),
      ":TRIGger:DELay": number(
        { min: 0, max: 3600, unit: "S" },
        () => state.trigger.delay,
        (value) => void (state.trigger.delay = value),
      ),
      ":SAMPle:COUNt": number(
        { min: 1, max: MOST_READINGS },
        () => state.trigger.samples,
        (value) => void (state.trigger.samples = value),
        true,
      ),
      ":FORMat[:DATA]": {
        set: (parameters) => {
          const kind = parameters.word(["ASCii", "REAL"]);
          const length = parameters.left > 0 ? parameters.integer({ min: 0, max: 64 }) : undefined;
          if (kind === "REAL" && length !== undefined && length !== 32 && length !== 64) {
            throw new ScpiError(-224, String(length));
          }
          const type = kind === "ASCii" ? "ASC" : length === 32 ? "REAL,32" : "REAL,64";
          state.format = { ...state.format, type };
        },
        get: () => state.format.type,
      },
      ":FORMat:BORDer": {
        set: (parameters) => {
          const border = parameters.word(["NORMal", "SWAPped"]);
          state.format = { ...state.format, endianness: border === "NORMal" ? "big" : "little" };
        },
        get: () => state.format.endianness === "big" ? "NORM" : "SWAP",
      },
      ":TRACe:POINts": number(
        { min: 1, max: MOST_READINGS },
        () => state.trace.points,
        (value) => void (state.trace.points = value),
        true,
      ),
      ":TRACe:INTerval": number(
        { min: 1e-6, max: 1, unit: "S" },
        () => state.trace.interval,
        (value) => void (state.trace.interval = value),
      ),
      ":TRACe[:DATA]": {
        get: async (_, context) => {
          const { points, interval } = state.trace;
          const from = seconds();
          await pause(context, points * interval);
          const values = Array.from({ length: points }, (_, i) => wave(from + i * interval));
          return formatReadings(values, state.format);
        },
      },
    },
  });
}
