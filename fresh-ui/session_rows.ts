/**
 * What the file holds, in the words of the protocol.
 *
 * @module
 */

import { gapSpan } from "../session/figures/figure_events.ts";
import { toSeconds } from "../session/moment.ts";
import type { Reader } from "../session/store/reader.ts";
import type { RunOutline } from "../session/store/reader_types.ts";
import type { StoredEvent, TaskStatistics } from "../session/store/types.ts";
import type { EventRow, RunRow, TaskRow, VariableRow } from "./protocol.ts";
import { toWire } from "./wire.ts";

/** A run. */
export function runRow({ id, name, started, ended, status, reason }: RunOutline): RunRow {
  return {
    id,
    name,
    started: toSeconds(started),
    ended: ended === null ? null : toSeconds(ended),
    state: status,
    reason,
  };
}

/** An event. */
export function eventRow(event: StoredEvent): EventRow {
  const { seq, t, kind, level, source, message } = event;
  const span = gapSpan(event);
  return {
    seq,
    t: toSeconds(t),
    kind,
    level,
    message,
    ...(source === undefined ? {} : { source }),
    ...(span === undefined ? {} : { span }),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A task, as far as the file knows it. */
export function taskRow(figures: TaskStatistics): TaskRow {
  const { task, kind, period, state, ticks, skipped, failures, lateness } = figures;
  return {
    name: task,
    kind,
    period: period === null ? null : period / 1e3,
    state,
    ticks,
    skipped,
    failures,
    lateness: { p50: orNull(lateness.p50), p99: orNull(lateness.p99) },
    pausable: false,
  };
}

/** The variables without their values. */
export function variableRows(reader: Reader): VariableRow[] {
  return reader.variables().map(({ recorded: _, ...variable }) => variable);
}

/** The variables with their last values and how far apart these come. */
export function variableRowsWithValues(reader: Reader): VariableRow[] {
  const lasts = reader.lastValues();
  const spacings = reader.spacings();
  return variableRows(reader).map((variable) => {
    const last = lasts.get(variable.name);
    const spacing = spacings.get(variable.name);
    return {
      ...variable,
      ...(last === undefined ? {} : { last: { t: toSeconds(last.t), value: toWire(last.value) } }),
      ...(spacing === undefined ? {} : { period: toSeconds(spacing) }),
    };
  });
}
