/**
 * The clocks of time zones.
 *
 * @module
 */

import type { ZoneOffset } from "./time_ticks.ts";

/** Zones change their clocks at multiples of so many seconds. */
const BLOCK = 900;
/** How many offsets are kept. */
const MOST = 4_096;

const FIELDS = ["year", "month", "day", "hour", "minute", "second"] as const;

/**
 * The offset of a time zone, fast enough to be asked for each tick.
 *
 * @param timeZone An IANA name such as `"Europe/Paris"`; the system's zone if left out.
 * @throws {RangeError} If there is no such zone.
 *
 * @example
 * ```ts
 * import { zoneOffset } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const paris = zoneOffset("Europe/Paris");
 * assert.equal(paris(Date.UTC(2026, 6, 1) / 1000), 7200);
 * ```
 */
export function zoneOffset(timeZone?: string): ZoneOffset {
  const format = new Intl.DateTimeFormat("en-US", {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, number>();
  return (t) => {
    const block = Math.floor(t / BLOCK);
    let offset = known.get(block);
    if (offset === undefined) {
      offset = offsetAt(format, block * BLOCK);
      if (known.size >= MOST) known.clear();
      known.set(block, offset);
    }
    return offset;
  };
}

function offsetAt(format: Intl.DateTimeFormat, t: number): number {
  if (!(Math.abs(t) < 8.64e12)) return 0;
  const parts = new Map(format.formatToParts(t * 1e3).map(({ type, value }) => [type, value]));
  const [year, month, day, hour, minute, second] = FIELDS.map((field) => Number(parts.get(field)));
  const shown = new Date(0);
  const common = parts.get("era") === "BC" ? 1 - (year ?? 0) : year ?? 0;
  shown.setUTCFullYear(common, (month ?? 1) - 1, day);
  shown.setUTCHours(hour ?? 0, minute, second);
  return shown.getTime() / 1e3 - t;
}
