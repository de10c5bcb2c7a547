/**
 * Events of the file as figures mark them.
 *
 * @module
 */

import type { Span } from "../../plots/scale.ts";
import { type FigureEvent, MARKED_KINDS } from "../../plots/time_figure.ts";
import { fieldsOf } from "../fields.ts";
import { toMicroseconds, toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";
import type { StoredEvent } from "../store/types.ts";

/** Events that are read at once. */
const AT_ONCE = 1_000;
/** Events that are drawn at most: the last ones. */
const MOST_DRAWN = 5_000;

/** From when to when nothing was recorded, in Unix seconds, if an event says so. */
export function gapSpan({ kind, t, data }: StoredEvent): Span | undefined {
  if (kind !== "gap") return undefined;
  const { pause, from, to } = fieldsOf(data);
  if (typeof from === "number" && typeof to === "number" && from <= to) {
    return [toSeconds(from), toSeconds(to)];
  }
  // A pause is in milliseconds and ends with the event.
  return typeof pause === "number" && pause >= 0
    ? [toSeconds(t - pause * 1e3), toSeconds(t)]
    : undefined;
}

function figureEvent(event: StoredEvent): FigureEvent {
  const { t, kind, level, source, message } = event;
  const span = gapSpan(event);
  return {
    t: toSeconds(t),
    kind,
    level,
    message,
    ...(source === undefined ? {} : { source }),
    ...(span === undefined ? {} : { span }),
  };
}

function isDrawn({ kind, level }: StoredEvent): boolean {
  return kind === "gap" || level === "warning" || level === "error" || MARKED_KINDS.includes(kind);
}

/** The events that a figure of a stretch of time may mark, in their order. */
export function readFigureEvents(reader: Reader, from: number): FigureEvent[] {
  const least = toMicroseconds(from);
  const found: FigureEvent[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; found.length < MOST_DRAWN;) {
    const events = reader.events({ before, limit: AT_ONCE });
    const fresh = events.filter((event) => event.t >= least && isDrawn(event));
    found.push(...fresh.reverse().map(figureEvent));
    const [first] = events;
    // A gap is told of when it is over, so that none that reaches into the stretch is older.
    if (first === undefined || first.t < least || events.length < AT_ONCE) break;
    before = first.seq;
  }
  return found.reverse();
}
