/**
 * What a multimeter measures, and how well.
 *
 * @module
 */

/** A quantity that a simulated multimeter measures. */
export type MultimeterQuantity =
  | "voltage"
  | "voltage-ac"
  | "current"
  | "current-ac"
  | "resistance"
  | "resistance-4-wire";

/** A measuring function. */
export interface MeasuringFunction {
  /** What it measures. */
  readonly quantity: MultimeterQuantity;
  /** Its header in the tree, behind `CONFigure` or `[:SENSe]`. */
  readonly header: string;
  /** Its name in answers. */
  readonly name: string;
  /** Full scales, from the finest to the coarsest. */
  readonly ranges: readonly number[];
  /** The unit of its numbers. */
  readonly unit: string;
  /** The bit of the questionable register that says that it is overloaded. */
  readonly overload: number;
}

const VOLTAGE = { unit: "V", overload: 1 } as const;
const CURRENT = { unit: "A", overload: 2 } as const;
const RESISTANCE = {
  unit: "OHM",
  overload: 512,
  ranges: [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
} as const;

/** All functions; the first one is that of the initial state. */
export const FUNCTIONS: readonly [MeasuringFunction, ...MeasuringFunction[]] = [
  {
    quantity: "voltage",
    header: ":VOLTage[:DC]",
    name: "VOLT",
    ranges: [0.1, 1, 10, 100, 1000],
    ...VOLTAGE,
  },
  {
    quantity: "voltage-ac",
    header: ":VOLTage:AC",
    name: "VOLT:AC",
    ranges: [0.1, 1, 10, 100, 750],
    ...VOLTAGE,
  },
  {
    quantity: "current",
    header: ":CURRent[:DC]",
    name: "CURR",
    ranges: [0.01, 0.1, 1, 3],
    ...CURRENT,
  },
  {
    quantity: "current-ac",
    header: ":CURRent:AC",
    name: "CURR:AC",
    ranges: [0.01, 0.1, 1, 3],
    ...CURRENT,
  },
  { quantity: "resistance", header: ":RESistance", name: "RES", ...RESISTANCE },
  { quantity: "resistance-4-wire", header: ":FRESistance", name: "FRES", ...RESISTANCE },
];

/** How far a reading may be above the full scale; the coarsest range has no such room. */
const OVERRANGE = 1.2;

/** Standard deviation of a reading over one power line cycle, as a part of the full scale. */
const NOISE = 1e-6;

/** The finest range that takes a value; the coarsest if none does. */
export function rangeFor({ ranges }: MeasuringFunction, value: number): number {
  return ranges.find((range) => Math.abs(value) <= range) ?? ranges.at(-1) ?? NaN;
}

/**
 * What the display shows of a value.
 *
 * @param value The value at the terminals.
 * @param range The full scale; null chooses it by the value.
 * @param cycles How many power line cycles are integrated over.
 * @param noise A normally distributed number.
 * @returns The reading; infinite if the value is above the range.
 */
export function readingOf(
  measured: MeasuringFunction,
  value: number,
  range: number | null,
  cycles: number,
  noise: number,
): number {
  const scale = range ?? rangeFor(measured, value);
  const room = scale === measured.ranges.at(-1) ? 1 : OVERRANGE;
  const reading = value + noise * scale * NOISE / Math.sqrt(cycles);
  return Math.abs(reading) > scale * room ? Math.sign(reading) * Infinity : reading;
}
