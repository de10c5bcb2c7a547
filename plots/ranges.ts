/**
 * From data to the ends of axes.
 *
 * @module
 */

import type { AxisDefinition, AxisScale } from "./definition.ts";
import type { Span } from "./scale.ts";
import { roundingStep } from "./ticks.ts";

/** Gathers the least and the greatest value; on a logarithmic axis of the positive ones. */
export class Extent {
  /** The least value; Infinity if there is none. */
  low = Infinity;
  /** The greatest value; -Infinity if there is none. */
  high = -Infinity;
  readonly #above: number;

  constructor(kind: AxisScale = "linear") {
    this.#above = kind === "log" ? 0 : -Infinity;
  }

  /** Takes a value, unless it is not finite or the axis has no place for it. */
  add(value: number): void {
    if (!(value > this.#above && value < Infinity)) return;
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
  }

  /** The ends, if there was a value. */
  get span(): Span | null {
    return this.low <= this.high ? [this.low, this.high] : null;
  }
}

/** The greatest numbers that axes go to: what is added to ends stays finite. */
const GREATEST = Number.MAX_VALUE;
/** The least distance of an axis's ends, compared with their size: steps of it are still told apart. */
const FINEST = 2e-13;
/** The least distance of an axis's ends. */
const LEAST = 1e-290;
/** The blank at both ends, compared with the data's extent. */
const PADDING = 0.04;

function clamped(value: number): number {
  return Math.max(-GREATEST, Math.min(GREATEST, value));
}

/** Ends that are far enough apart for ticks. */
function apart(low: number, high: number): Span {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const least = Math.max(size * FINEST, LEAST);
  if (high / 2 - low / 2 >= least / 2) return [low, high];
  const middle = low / 2 + high / 2;
  return [clamped(middle - least / 2), clamped(middle + least / 2)];
}

/** Ends around a single value. */
function around(value: number): Span {
  if (value === 0) return [-1, 1];
  const half = Math.abs(value) * 0.05;
  return [clamped(value - half), clamped(value + half)];
}

function linearRange(low: number, high: number): Span {
  if (low === high) [low, high] = around(low);
  [low, high] = apart(low, high);
  const blank = (high / 2 - low / 2) * 2 * PADDING;
  const padded: Span = [clamped(low - blank), clamped(high + blank)];
  const step = roundingStep(padded, 6);
  const rounded: Span = [
    clamped(Math.floor(padded[0] / step) * step),
    clamped(Math.ceil(padded[1] / step) * step),
  ];
  // Data that only just touches zero stays on its side of it.
  if (low >= 0 && rounded[0] < 0) return [0, rounded[1]];
  if (high <= 0 && rounded[1] > 0) return [rounded[0], 0];
  return rounded;
}

function logRange(low: number, high: number): Span {
  const decades = Math.log10(high) - Math.log10(low);
  const factor = 10 ** Math.max(decades * PADDING, decades < 0.01 ? 0.2 : 0.02);
  return [Math.max(low / factor, 1e-307), Math.min(high * factor, GREATEST)];
}

/**
 * The ends of an axis.
 *
 * @param data The data's least and greatest value, or null if there is none.
 * @param definition What somebody chose; an end that a logarithmic axis can't have is as if not chosen.
 * @returns Two different numbers; the first is the greater one if somebody chose the axis so.
 */
export function axisRange(data: Span | null, definition: AxisDefinition = {}): Span {
  const kind = definition.scale ?? "linear";
  const [from, to] = (definition.range ?? [null, null]).map((end) =>
    end !== null && Number.isFinite(end) && (kind === "linear" || end > 0) ? end : null
  ) as [number | null, number | null];
  if (from !== null && to !== null) {
    if (from !== to) return kind === "log" || from > to ? [from, to] : apart(from, to);
    return kind === "log" ? [from / 2, from * 2] : around(from);
  }
  const automatic: Span = data === null
    ? [kind === "log" ? 1 : 0, kind === "log" ? 10 : 1]
    : kind === "log"
    ? logRange(...data)
    : linearRange(...data);
  if (from !== null) return oneSided(from, automatic[1], kind, 1);
  if (to !== null) return oneSided(to, automatic[0], kind, -1);
  return automatic;
}

/** The range between a chosen end and an automatic one that may lie on its wrong side. */
function oneSided(chosen: number, automatic: number, kind: AxisScale, sign: 1 | -1): Span {
  let other = automatic;
  if ((other - chosen) * sign <= 0) {
    other = kind === "log"
      ? chosen * 10 ** sign
      : clamped(chosen + sign * (chosen === 0 ? 1 : Math.abs(chosen) * 0.1));
  }
  return sign > 0 ? [chosen, other] : [other, chosen];
}

/** The ends of an axis of time: those of the data, as they are. */
export function timeRange([first, end]: Span, last?: number): Span {
  const from = last === undefined ? first : end - last / 1e3;
  return from < end ? [from, end] : [end - 30, end + 30];
}
