/**
 * Two programs that do the same work in turn.
 *
 * @module
 */

import { median } from "./_run.ts";

/** Medians of both rates, and of their ratios. */
export interface Paired {
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}

/** Rates of both in turn, in short rounds: others on the machine slow both. */
export async function paired(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<Paired> {
  const rates: [number, number][] = [];
  await ours();
  await theirs();
  for (let round = 0; round < rounds; round++) rates.push([await ours(), await theirs()]);
  return {
    ours: median(rates.map(([mine]) => mine)),
    theirs: median(rates.map(([, peer]) => peer)),
    ratio: median(rates.map(([mine, peer]) => mine / peer)),
  };
}

/** How often a second. */
export async function rate(count: number, act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) await act();
  return count / ((performance.now() - start) / 1000);
}
