/**
 * Variables against each other.
 *
 * @module
 */

import { toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";
import { nextTurn } from "../../time/turn.ts";
import type { Points } from "./points.ts";
import { Thinner } from "./thinner.ts";

/** Entries that are read before others get their turn. */
const AT_ONCE = 50_000;

/** A window, in the file's integer microseconds since 1970, and how many points are wanted. */
export interface PointsWindow {
  /** Its beginning. */
  readonly from: number;
  /** Its end. */
  readonly to: number;
  /** About how many points at most. */
  readonly most: number;
}

/**
 * A point for each entry that holds the last of the variables, with the last known values of those that it does not
 * hold.
 *
 * @param signal Ends it when nobody wants it any more.
 */
export async function readPoints(
  reader: Reader,
  names: readonly string[],
  { from, to, most }: PointsWindow,
  signal: AbortSignal,
): Promise<Points> {
  const last = names.length - 1;
  const thinner = new Thinner(names.length, reader.count(names[last] ?? "", from, to), most);
  const known = new Float64Array(names.length);
  const seen = new Uint8Array(names.length);
  let missing = names.length;
  for (const [i, name] of names.entries()) {
    const { before } = reader.nearest(name, from, to);
    if (before === undefined) continue;
    known[i] = before.value;
    seen[i] = 1;
    missing -= 1;
  }
  for (let after: number | undefined = 0; after !== undefined;) {
    after = reader.rows(names, { from, to, after, most: AT_ONCE }, ({ t, values, has }) => {
      for (let i = 0; i <= last; i++) {
        if (has[i] === 0) continue;
        known[i] = values[i] as number;
        if (seen[i] === 0) {
          seen[i] = 1;
          missing -= 1;
        }
      }
      if (has[last] === 1 && missing === 0) thinner.add(toSeconds(t), known);
    });
    await nextTurn();
    signal.throwIfAborted();
  }
  return thinner.points();
}
