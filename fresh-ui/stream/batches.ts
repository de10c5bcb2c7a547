/**
 * Entries as a frame of the stream carries them: grouped by their variables, and thinned where there are more than a
 * page can draw.
 *
 * @module
 */

import { toSeconds } from "../../session/moment.ts";
import type { StoredEntry } from "../../session/store/reader_types.ts";
import type { EntryBatch } from "../protocol.ts";
import { toWire } from "../wire.ts";

/** Entries with the same variables. */
export interface Group {
  /** The variables. */
  readonly names: readonly string[];
  /** The entries, in their order. */
  readonly entries: StoredEntry[];
}

/** Entries of a group that are sent in any case. */
const MANY_ENTRIES = 120;
/** Values of a group that are sent in any case. */
const MANY_VALUES = 6_000;

/**
 * Entries by their variables. Where a variable is recorded by two tasks the order of their entries is kept, and so
 * there may be several groups with the same variables.
 */
export function grouped(entries: readonly StoredEntry[]): Group[] {
  const seen = new Set(entries.map(({ names }) => names));
  const distinct = new Set([...seen].flat());
  const apart = distinct.size === [...seen].reduce((sum, names) => sum + names.length, 0);
  const groups: Group[] = [];
  const open = new Map<readonly string[], Group>();
  for (const entry of entries) {
    const known = apart ? open.get(entry.names) : groups.at(-1);
    if (known !== undefined && known.names === entry.names) {
      known.entries.push(entry);
      continue;
    }
    const group = { names: entry.names, entries: [entry] };
    groups.push(group);
    open.set(entry.names, group);
  }
  return groups;
}

/** A group as it is sent, with all of its entries. */
export function wholeBatch({ names, entries }: Group): EntryBatch {
  return {
    names,
    t: entries.map(({ t }) => toSeconds(t)),
    values: names.map((_, column) => entries.map(({ values }) => toWire(values[column] as number))),
  };
}

/** The places of the least and the greatest value of a column from one entry to before another, in order. */
function extremes(
  entries: readonly StoredEntry[],
  column: number,
  from: number,
  to: number,
): number[] {
  let [least, greatest] = [-1, -1];
  let [low, high] = [Infinity, -Infinity];
  for (let i = from; i < to; i++) {
    const value = entries[i]?.values[column] as number;
    if (Number.isNaN(value)) continue;
    if (least < 0 || value < low) [least, low] = [i, value];
    if (greatest < 0 || value > high) [greatest, high] = [i, value];
  }
  // What is no number is kept only where nothing else is, and so are gaps.
  if (least < 0) return [from];
  return least < greatest ? [least, greatest] : least > greatest ? [greatest, least] : [least];
}

/** Cuts a group into stretches and calls `keep` with each one's bounds. */
function stretches(n: number, count: number, keep: (from: number, to: number) => void): void {
  for (let i = 0; i < count; i++) {
    const from = Math.floor(i * n / count);
    const to = Math.floor((i + 1) * n / count);
    if (to > from) keep(from, to);
  }
}

/**
 * A group as it is sent, of bounded size: where there are too many entries, those with the least and the greatest
 * value of each variable in each stretch of them are kept. With few variables whole entries are kept; with many,
 * each variable has its own.
 */
export function thinnedBatches(group: Group): EntryBatch[] {
  const { names, entries } = group;
  const n = entries.length;
  const width = names.length;
  if (n <= 2 || n <= MANY_ENTRIES && n * width <= MANY_VALUES) return [wholeBatch(group)];
  const stretchesOfRows = Math.floor(
    Math.min(MANY_ENTRIES / (2 * width), MANY_VALUES / (2 * width * width)),
  );
  if (stretchesOfRows >= 4) {
    // The last entry too, as pages show the last values.
    const kept = new Set([n - 1]);
    stretches(n, stretchesOfRows, (from, to) => {
      for (let column = 0; column < width; column++) {
        for (const place of extremes(entries, column, from, to)) kept.add(place);
      }
    });
    const rows = [...kept].sort((a, b) => a - b).map((place) => entries[place] as StoredEntry);
    return [{ ...wholeBatch({ names, entries: rows }), thinned: true }];
  }
  const each = Math.max(1, Math.min(MANY_ENTRIES / 2, Math.floor(MANY_VALUES / (4 * width))));
  return names.map((name, column) => {
    const rows: StoredEntry[] = [];
    stretches(n, each, (from, to) => {
      for (const place of extremes(entries, column, from, to)) {
        rows.push(entries[place] as StoredEntry);
      }
    });
    if (rows.at(-1) !== entries[n - 1]) rows.push(entries[n - 1] as StoredEntry);
    return {
      names: [name],
      t: rows.map(({ t }) => toSeconds(t)),
      values: [rows.map(({ values }) => toWire(values[column] as number))],
      thinned: true,
    };
  });
}
