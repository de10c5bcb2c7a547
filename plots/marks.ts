/**
 * Where the marks of events and gaps go.
 *
 * @module
 */

import type { EventMark, Gap, MarkLevel } from "./figure.ts";
import type { Scale, Span } from "./scale.ts";
import { fitText, textWidth } from "./text_width.ts";

/** Marks of one place. */
export interface PlacedMark {
  /** Where, pixels. */
  readonly x: number;
  /** The gravest of the events there. */
  readonly level: MarkLevel;
  /** What is written beside it; empty if there is no room. */
  readonly label: string;
  /** On which side of the mark that is. */
  readonly side: "before" | "after";
  /** All events there, in the order of time. */
  readonly events: readonly EventMark[];
}

const GRAVITY: Readonly<Record<MarkLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

/** Marks closer than so many pixels are one. */
const NEAR = 3;

/** The labels' size, in sizes of the font. */
export const MARK_SIZE = 0.85;

/**
 * Places marks.
 *
 * @param marks The events, in any order.
 * @param across The horizontal scale; marks outside are left out.
 * @param size The font's size.
 */
export function placeMarks(
  marks: readonly EventMark[],
  across: Scale,
  size: number,
): PlacedMark[] {
  const [left, right] = across.pixels;
  const groups: { x: number; events: EventMark[] }[] = [];
  for (const mark of marks.toSorted((a, b) => a.t - b.t)) {
    const x = across.toPixel(mark.t);
    if (!(x >= left && x <= right)) continue;
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < NEAR) last.events.push(mark);
    else groups.push({ x, events: [mark] });
  }
  let free = left;
  return groups.map(({ x, events }, place) => {
    const gravest = events.reduce((a, b) => GRAVITY[b.level] > GRAVITY[a.level] ? b : a);
    const letters = size * MARK_SIZE;
    const wide = textWidth(gravest.label, letters);
    const after = (groups[place + 1]?.x ?? right + size * 0.5) - x - size;
    const before = x - free - size;
    const side = wide > after && before > after ? "before" : "after";
    const label = fitText(gravest.label, letters, side === "after" ? after : before);
    // A letter or two and an ellipsis say nothing.
    const legible = label === gravest.label || textWidth(label, letters) >= size * 4;
    free = x + size * 1.2 + (legible && side === "after" ? textWidth(label, letters) : 0);
    return { x, level: gravest.level, label: legible ? label : "", side, events };
  });
}

/** The stretches of pixels in which nothing was recorded, from left to right, each at least `least` wide. */
export function placeGaps(gaps: readonly Gap[], across: Scale, least: number): Span[] {
  const [left, right] = across.pixels;
  const found: [number, number][] = [];
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    let from = across.toPixel(gap.from);
    let to = across.toPixel(gap.to);
    if (!(to >= left && from <= right)) continue;
    if (to - from < least) [from, to] = [(from + to - least) / 2, (from + to + least) / 2];
    [from, to] = [Math.max(left, from), Math.min(right, to)];
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}
