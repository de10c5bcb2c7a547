import assert from "node:assert/strict";
import { discover, type FinderReport, type FoundResource } from "../../../devices/discovery/mod.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import type { DiscoverOptions } from "../../../devices/discovery/mod.ts";

/** Lets time pass until something holds; real turns between, as datagrams take some. */
async function pass(clock: VirtualClock, over: () => boolean): Promise<void> {
  while (!over()) {
    await clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** How a test searches. */
interface SearchOptions extends Omit<DiscoverOptions, "clock" | "signal"> {
  /** When the search may end; by itself if absent. */
  readonly until?: (found: readonly FoundResource[]) => boolean;
  /** Whether time then passes, so that the search comes to its own end, or whether it is given up. */
  readonly then?: "end" | "stop";
}

/**
 * What a search by one finder came to. With `then: "end"` no time passes before that by itself, so that nothing
 * depends on how quick the machine is.
 */
export async function search(
  { until, then = "stop", ...options }: SearchOptions,
): Promise<{ found: FoundResource[]; report: FinderReport }> {
  const found = new Map<string, FoundResource>();
  const stop = new AbortController();
  const clock = then === "end" ? new VirtualClock({ automatic: false }) : systemClock;
  let report: FinderReport | undefined;
  let passing: Promise<void> | undefined;
  for await (const event of discover({ timeout: "20s", ...options, clock, signal: stop.signal })) {
    if (event.kind === "finder") report = event.report;
    else found.set(event.resource.resource, event.resource);
    if (!until?.([...found.values()])) continue;
    if (clock instanceof VirtualClock) passing ??= pass(clock, () => report !== undefined);
    else stop.abort();
  }
  await passing;
  assert.ok(report !== undefined);
  return { found: [...found.values()], report };
}
