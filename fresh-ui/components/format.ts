/**
 * What the page writes: numbers of the wire, moments, and what it has in common with reports.
 *
 * @module
 */

import type { WireNumber } from "../protocol.ts";

export { formatAge, formatCount, formatLength, formatNumber } from "../../plots/format.ts";

/** A number as it came over the wire. */
export function fromWire(value: WireNumber): number {
  return typeof value === "number" ? value : Number(value);
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** A moment in the viewer's time zone: the time, with the date unless it is that of `now`. */
export function formatMoment(t: number, now: number): string {
  const date = new Date(t * 1e3);
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return isSameDay(t, now) ? time : `${formatDate(t)} ${time}`;
}

/** A day as `2026-11-26`. */
export function formatDate(t: number): string {
  const date = new Date(t * 1e3);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

function isSameDay(a: number, b: number): boolean {
  return formatDate(a) === formatDate(b);
}
