/**
 * The last value of each variable, to be read from two metres.
 *
 * @module
 */

import type { VNode } from "preact";
import { isStale } from "../../session/staleness.ts";
import type { VariableRow } from "../protocol.ts";
import { formatAge, formatNumber } from "./format.ts";

/** A variable with its last value. */
export interface ValueProps {
  /** The variable. */
  readonly variable: VariableRow;
  /** When its last value was recorded, Unix seconds; NaN if it has none. */
  readonly t: number;
  /** The last value. */
  readonly value: number;
  /** The server's time. */
  readonly now: number;
  /** Whether the run goes on, so that a value can be stale. */
  readonly running: boolean;
  /** The paths of its sparkline, in a box of 120 to 32. */
  readonly spark?: { readonly band: string; readonly mean: string } | undefined;
}

/** One value. */
export function Value({ variable, t, value, now, running, spark }: ValueProps): VNode {
  const age = now - t;
  const stale = running && isStale(variable.period, age);
  const { name, label, unit, description } = variable;
  const shown = Number.isNaN(t) ? "–" : formatNumber(value);
  return (
    <div class={stale ? "value stale" : "value"} title={description}>
      <div class="name">
        <span title={label === undefined ? undefined : name}>{label ?? name}</span>
        <span class="age number nowrap">
          {Number.isNaN(t) ? "" : stale ? `stale, ${formatAge(age)}` : formatAge(age)}
        </span>
      </div>
      <div class="reading">
        {shown}
        {unit !== undefined && unit !== "" && <small>{unit}</small>}
      </div>
      <svg class="spark" viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">
        {spark !== undefined && <path class="band" d={spark.band} />}
        {spark !== undefined && <path class="mean" d={spark.mean} />}
      </svg>
    </div>
  );
}
