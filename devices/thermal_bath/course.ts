/**
 * How a heated bath's temperature runs, in closed form.
 *
 * @module
 */

/** A stirred bath with one heater and a loss to its surroundings. */
export interface ThermalModel {
  /** Temperature of the surroundings, °C. */
  readonly ambient: number;
  /** Time in which the cold bath comes closer to ambient by a factor e, s. */
  readonly timeConstant: number;
  /** Loss to the surroundings, W/K. */
  readonly loss: number;
  /** Power of the heater, W. */
  readonly maxPower: number;
  /** Width of the controller's proportional band, K. */
  readonly band: number;
}

/** The way from a temperature on, until the setpoint changes. */
export interface Course {
  /** The temperature in °C, `seconds` after the course began. */
  temperature(seconds: number): number;
  /** The heater's power in W, `seconds` after the course began. */
  power(seconds: number): number;
}

/** From `start` on, the temperature relaxes from `from` to `target`. Seconds and °C. */
interface Leg {
  readonly start: number;
  readonly from: number;
  readonly target: number;
  readonly timeConstant: number;
}

function along(leg: Leg, seconds: number): number {
  return leg.target +
    (leg.from - leg.target) * Math.exp(-(seconds - leg.start) / leg.timeConstant);
}

function follow(legs: readonly Leg[], seconds: number): number {
  return along(legs.findLast((leg) => leg.start <= seconds) ?? legs[0] as Leg, seconds);
}

/**
 * The course of a bath whose heater is off.
 *
 * @param model The bath.
 * @param from Temperature at the start, °C.
 */
export function cooling(model: ThermalModel, from: number): Course {
  const { ambient: target, timeConstant } = model;
  const legs: Leg[] = [{ start: 0, from, target, timeConstant }];
  return { temperature: (seconds) => follow(legs, seconds), power: () => 0 };
}

/**
 * The course of a bath under a proportional controller that knows the loss: full power below the
 * band, none above it, and in the band what holds the setpoint plus a share of the deviation.
 *
 * In each of the three the temperature is a pure exponential, and it changes from one to another at a known
 * moment; so the temperature at any time is exact, however often it is asked for.
 *
 * @param model The bath.
 * @param from Temperature at the start, °C.
 * @param setpoint °C; one that the heater cannot hold is approached as far as its power allows.
 */
export function controlled(model: ThermalModel, from: number, setpoint: number): Course {
  const { ambient, loss, maxPower, band, timeConstant } = model;
  const gain = maxPower / band;
  const holding = loss * (setpoint - ambient);
  const low = setpoint + (holding - maxPower) / gain;
  const high = setpoint + holding / gain;
  const full: Zone = { target: ambient + maxPower / loss, timeConstant };
  const inBand: Zone = { target: setpoint, timeConstant: timeConstant * loss / (loss + gain) };
  const off: Zone = { target: ambient, timeConstant };

  const legs: Leg[] = [];
  let zone = from < low ? full : from > high ? off : inBand;
  let start = 0;
  let temperature = from;
  for (;;) {
    const { target } = zone;
    legs.push({ start, from: temperature, target, timeConstant: zone.timeConstant });
    let edge: number;
    if (zone === inBand) {
      if (target > high) [edge, zone] = [high, off];
      else if (target < low) [edge, zone] = [low, full];
      else break;
    } else {
      edge = zone === full ? low : high;
      if (zone === full ? target <= low : target >= high) break;
      zone = inBand;
    }
    const { timeConstant: tau } = legs.at(-1) as Leg;
    start += tau * Math.log((temperature - target) / (edge - target));
    temperature = edge;
  }
  return {
    temperature: (seconds) => follow(legs, seconds),
    power: (seconds) => {
      const wanted = holding + gain * (setpoint - follow(legs, seconds));
      return Math.min(Math.max(wanted, 0), maxPower);
    },
  };
}

interface Zone {
  readonly target: number;
  readonly timeConstant: number;
}
