/**
 * The times that a plot shows by itself: the last run, or the last while of it.
 *
 * @module
 */

import type { PlotDefinition } from "./definition.ts";
import type { Span } from "./scale.ts";

/** A run that has just begun is shown at this length at least, seconds. */
const LEAST_SPAN = 10;

/** What is known of the session whose plot it is; times are Unix seconds. */
export interface SpanFacts {
  /** When the last run began, if there is one. */
  readonly started: number | undefined;
  /** What time it is, if that run still runs. */
  readonly now: number | undefined;
  /** The times of the first and the last entry, if there is one. */
  readonly entries: Span | null;
}

/** The times that a plot shows by itself, Unix seconds. */
export function ownSpan(definition: PlotDefinition, { started, now, entries }: SpanFacts): Span {
  const last = "last" in definition ? definition.last : undefined;
  if (definition.kind !== "time") {
    const to = now ?? entries?.[1] ?? 0;
    const began = started ?? entries?.[0] ?? 0;
    return [last === undefined ? began : Math.max(began, to - last / 1e3), to];
  }
  const to = now ?? Math.max(entries?.[1] ?? 0, started ?? 0);
  const began = started ?? entries?.[0] ?? to;
  if (last === undefined) return [Math.min(began, to - LEAST_SPAN), to];
  return [Math.min(to, Math.max(to - last / 1e3, now === undefined ? began : -Infinity)), to];
}
