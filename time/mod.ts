/**
 * Durations and clocks.
 *
 * @module
 */

export type { Clock, PreciseTimer, Timer } from "./clock.ts";
export {
  duration,
  type DurationInput,
  type DurationPart,
  type DurationText,
  type DurationUnit,
  formatDuration,
  milliseconds,
} from "./duration.ts";
export { systemClock } from "./system_clock.ts";
export { VirtualClock, type VirtualClockOptions } from "./virtual_clock.ts";
