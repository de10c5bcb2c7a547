/**
 * From values to pixels and back.
 *
 * @module
 */

import type { AxisScale } from "./definition.ts";

/** A stretch between two numbers. */
export type Span = readonly [from: number, to: number];

/** Maps values to pixels along one direction. */
export interface Scale {
  /** How it is divided. */
  readonly kind: AxisScale;
  /** The values at its two ends. */
  readonly range: Span;
  /** The pixels at its two ends; of a vertical scale the first is the greater one. */
  readonly pixels: Span;
  /** The pixel of a value, also of one outside the range; NaN if the scale has no place for it. */
  toPixel(value: number): number;
  /** The value at a pixel. */
  toValue(pixel: number): number;
}

/**
 * A scale.
 *
 * @param kind How it is divided.
 * @param range The values at its ends, finite and different; of a logarithmic scale both positive.
 * @param pixels The pixels at its ends.
 * @throws {RangeError} If the range is none.
 */
export function scale(kind: AxisScale, range: Span, pixels: Span): Scale {
  const [from, to] = range;
  const [start, end] = pixels;
  const logarithmic = kind === "log";
  if (!Number.isFinite(from) || !Number.isFinite(to) || from === to) {
    throw new RangeError(
      `Cannot make a scale, as its ends must be finite and different: ${from} and ${to}`,
    );
  }
  if (logarithmic && !(from > 0 && to > 0)) {
    throw new RangeError(
      `Cannot make a logarithmic scale, as its ends must be positive: ${from} and ${to}`,
    );
  }
  const length = end - start;
  if (logarithmic) {
    const low = Math.log10(from);
    const decades = Math.log10(to) - low;
    return {
      kind,
      range,
      pixels,
      toPixel: (value) =>
        value > 0 && value < Infinity ? start + (Math.log10(value) - low) / decades * length : NaN,
      toValue: (pixel) => 10 ** (low + (pixel - start) / length * decades),
    };
  }
  // Halves: the difference of the greatest numbers is one that a double still holds.
  const low = from / 2;
  const half = to / 2 - low;
  return {
    kind,
    range,
    pixels,
    toPixel: (value) => Number.isFinite(value) ? start + (value / 2 - low) / half * length : NaN,
    toValue: (pixel) => (low + (pixel - start) / length * half) * 2,
  };
}
