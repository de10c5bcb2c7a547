/**
 * A simulated bath: an instrument to try things with, that has the manners of a real one.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { type DurationInput, milliseconds } from "../time/duration.ts";
import type { DeviceDefinition, Safeable } from "./device.ts";
import { normal } from "./random.ts";
import { controlled, cooling, type Course, type ThermalModel } from "./thermal_bath/course.ts";

/** What {@linkcode thermalBath} can be told. Temperatures are in °C. */
export interface ThermalBathOptions {
  /** Temperature of the bath when it is opened. @default ambient */
  readonly initial?: number;
  /** Temperature of the surroundings. @default 20 */
  readonly ambient?: number;
  /** Time in which the unheated bath comes closer to ambient by a factor e. @default "5min" */
  readonly timeConstant?: DurationInput;
  /** Power of the heater, W. @default 1000 */
  readonly maxPower?: number;
  /** Loss to the surroundings, W/K. The heater can hold `ambient + maxPower / loss`. @default 10 */
  readonly loss?: number;
  /** Width of the controller's proportional band, K: full power below it. @default 2 */
  readonly band?: number;
  /** Standard deviation of a reading, K. @default 0.01 */
  readonly noise?: number;
  /** Step of a reading, K; 0 for none. @default 0.01 */
  readonly resolution?: number;
  /** Seed of the noise: the same seed gives the same readings. @default 1 */
  readonly seed?: number;
  /** Lowest setpoint. @default ambient */
  readonly min?: number;
  /** Highest setpoint. @default 95 */
  readonly max?: number;
}

/** An open {@linkcode thermalBath}. */
export interface ThermalBath extends Safeable, Disposable {
  /** One reading of the sensor, °C, with its noise and its resolution. */
  temperature(): number;
  /** The heater's power, W. */
  power(): number;
  /** The setpoint, °C. */
  setpoint(): number;
  /**
   * Changes the setpoint and turns the heater on.
   *
   * @param value °C.
   * @throws {RangeError} If it is outside the bath's limits.
   */
  setSetpoint(value: number): void;
  /**
   * Whether the bath, not its noisy sensor, is at the setpoint.
   *
   * @param tolerance Greatest deviation, K.
   */
  settled(tolerance: number): boolean;
  /** Turns the heater off and sets the setpoint to ambient. */
  safe(): void;
  /** Closes the bath. It can't be used any more. */
  [Symbol.dispose](): void;
}

interface Settings extends ThermalModel {
  readonly initial: number;
  readonly noise: number;
  readonly resolution: number;
  readonly seed: number;
  readonly min: number;
  readonly max: number;
}

class SimulatedBath implements ThermalBath {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #normal: () => number;
  #began: number;
  #course: Course;
  #setpoint: number;
  #closed = false;

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#normal = normal(settings.seed);
    this.#began = clock.monotonic();
    this.#course = cooling(settings, settings.initial);
    this.#setpoint = settings.ambient;
  }

  /** Seconds since the course began. */
  get #seconds(): number {
    return (this.#clock.monotonic() - this.#began) / 1e3;
  }

  get #temperature(): number {
    return this.#course.temperature(this.#seconds);
  }

  #begin(course: Course): void {
    this.#began = this.#clock.monotonic();
    this.#course = course;
  }

  #use(what: string): void {
    if (this.#closed) {
      throw new TypeError(`Cannot ${what}, as the thermal bath is closed. Use it before it is.`);
    }
  }

  temperature(): number {
    this.#use("read the temperature");
    const { noise, resolution } = this.#settings;
    const value = this.#temperature + noise * this.#normal();
    // The division leaves digits such as 20.010000000000002 behind, that no sensor shows.
    return resolution === 0
      ? value
      : Number((Math.round(value / resolution) * resolution).toPrecision(12));
  }

  power(): number {
    this.#use("read the power");
    return this.#course.power(this.#seconds);
  }

  setpoint(): number {
    this.#use("read the setpoint");
    return this.#setpoint;
  }

  setSetpoint(value: number): void {
    this.#use("change the setpoint");
    const { min, max } = this.#settings;
    if (!(value >= min && value <= max)) {
      throw new RangeError(
        `Cannot change the setpoint, as it must be from ${min} to ${max} °C: ${value}. ` +
          `Choose another, or open thermalBath({ min, max }) with wider limits.`,
      );
    }
    this.#begin(controlled(this.#settings, this.#temperature, value));
    this.#setpoint = value;
  }

  settled(tolerance: number): boolean {
    this.#use("tell whether it is settled");
    if (!(tolerance > 0)) {
      throw new RangeError(`Cannot settle within a tolerance that is not above zero: ${tolerance}`);
    }
    return Math.abs(this.#temperature - this.#setpoint) <= tolerance;
  }

  safe(): void {
    this.#begin(cooling(this.#settings, this.#temperature));
    this.#setpoint = this.#settings.ambient;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
  }
}

function check(settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot make a thermal bath, as ${name} must be finite: ${value}`);
    }
  }
  for (const name of ["timeConstant", "maxPower", "loss", "band"] as const) {
    if (settings[name] > 0) continue;
    throw new RangeError(
      `Cannot make a thermal bath, as ${name} must be above zero: ${settings[name]}`,
    );
  }
  for (const name of ["noise", "resolution"] as const) {
    if (settings[name] >= 0) continue;
    throw new RangeError(
      `Cannot make a thermal bath, as ${name} must not be negative: ${settings[name]}`,
    );
  }
  if (settings.min > settings.max) {
    throw new RangeError(
      `Cannot make a thermal bath, as min must not be above max: ${settings.min} and ${settings.max}`,
    );
  }
}

/**
 * A simulated, stirred bath with a heater, a controller, a loss to its surroundings and a noisy sensor.
 *
 * The physics is first-order and is solved exactly on the session's clock: the temperature at a moment
 * does not depend on how often it was read. The noise is drawn a reading, so the same
 * seed and the same calls give the same readings. It has no cooler: a setpoint below ambient is
 * approached no further than ambient.
 *
 * @param options The bath's properties; each has a default.
 * @returns A definition that needs no permission. Its simulation is itself.
 * @throws {RangeError} If a property is out of its range.
 * @throws {SyntaxError} If `timeConstant` is not a duration.
 *
 * @example
 * ```ts
 * import { open, thermalBath } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using bath = await open(thermalBath({ ambient: 20, noise: 0 }));
 * bath.setSetpoint(50);
 * assert.equal(bath.power(), 1000);
 * assert.equal(bath.settled(0.1), false);
 * ```
 */
export function thermalBath(options: ThermalBathOptions = {}): DeviceDefinition<ThermalBath> {
  const ambient = options.ambient ?? 20;
  const settings: Settings = {
    ambient,
    initial: options.initial ?? ambient,
    timeConstant: milliseconds(options.timeConstant ?? "5min") / 1e3,
    maxPower: options.maxPower ?? 1000,
    loss: options.loss ?? 10,
    band: options.band ?? 2,
    noise: options.noise ?? 0.01,
    resolution: options.resolution ?? 0.01,
    seed: options.seed ?? 1,
    min: options.min ?? ambient,
    max: options.max ?? 95,
  };
  check(settings);
  const make = ({ clock }: { readonly clock: Clock }): ThermalBath =>
    new SimulatedBath(settings, clock);
  return Object.freeze({ kind: "thermal bath", open: make, simulate: make });
}
