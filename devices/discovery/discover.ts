/**
 * Searches for instruments in all ways at once.
 *
 * @module
 */

import { type Clock, sleep } from "../../time/clock.ts";
import { type DurationInput, formatDuration, milliseconds } from "../../time/duration.ts";
import { systemClock } from "../../time/system_clock.ts";
import { compileSearchExpression } from "../search_expression.ts";
import type { Finder } from "./finder.ts";
import { FinderSkipped } from "./finder.ts";
import type { FinderName, FoundResource } from "./finding.ts";
import { FoundResources } from "./found_resources.ts";
import { endedBy, EventQueue } from "./event_queue.ts";
import { standardFinders } from "./standard_finders.ts";

/** How a search goes. */
export interface DiscoverOptions {
  /** Which resources are wanted, as VISA's search expressions say it: `"?*INSTR"`. @default all */
  readonly expression?: string;
  /** The finders that search; the others are not even loaded. @default all */
  readonly only?: readonly FinderName[];
  /** How long each finder searches. Those that listen to the network use all of it. @default "3s" */
  readonly timeout?: DurationInput;
  /** How long single finders search, where that is another time. */
  readonly timeouts?: Readonly<Partial<Record<FinderName, DurationInput>>>;
  /** Ends the search at once; finders under way are reported as stopped. */
  readonly signal?: AbortSignal;
  /** The finders themselves, for those set up in another way. @default {@linkcode standardFinders} */
  readonly finders?: readonly Finder[];
  /** What deadlines are on. @default the system's clock */
  readonly clock?: Clock;
}

/** What became of one finder. */
export interface FinderReport {
  /** Which. */
  readonly finder: FinderName;
  /**
   * `"searched"`: it went through; `"skipped"`: it could not begin; `"failed"`: it ended with an error;
   * `"timed out"`: it took too long; `"stopped"`: the search was ended first.
   */
  readonly outcome: "searched" | "skipped" | "failed" | "timed out" | "stopped";
  /** What was searched, or why it was not. */
  readonly message: string;
  /** What could not be searched, one sentence each. */
  readonly gaps: readonly string[];
  /** Deno's flags without which it was skipped. */
  readonly flags: readonly string[];
  /** How many resources it has found, wanted or not. */
  readonly found: number;
  /** How long it took, in milliseconds. */
  readonly elapsed: number;
}

/** What a search tells. */
export type DiscoveryEvent =
  /** A resource that was not known. */
  | { readonly kind: "found"; readonly resource: FoundResource }
  /** More of a resource that was told before. */
  | { readonly kind: "changed"; readonly resource: FoundResource }
  /** A finder has ended; each does so once. */
  | { readonly kind: "finder"; readonly report: FinderReport };

/** How much later than its deadline a finder is given up that should have ended by itself, in milliseconds. */
const GRACE = 500;

/** How long finders may take to close what they have opened, once they were given up. Milliseconds. */
const CLOSING = 250;

/**
 * Searches for instruments: serial ports, the network by VXI-11 broadcast and by mDNS, USB, GPIB and what a VISA
 * library finds. Finders run side by side, each with its own deadline; one that fails or hangs neither delays nor
 * ends the others. Nothing is written to an instrument.
 *
 * Nobody is asked for permissions: a finder that lacks one is reported as skipped, with the flag that it needs.
 *
 * @param options Which ones, how long.
 * @returns What is found, as it is found, and a report of each finder.
 * @throws {SyntaxError} If the search expression or a duration is wrong.
 * @throws {RangeError} If `only` names a finder that there is not, or a duration is out of range.
 *
 * @example
 * ```ts
 * import { discover } from "@stripchart/stripchart/devices";
 *
 * for await (const event of discover({ expression: "?*INSTR", only: ["serial"] })) {
 *   if (event.kind === "found") console.log(event.resource.resource);
 *   if (event.kind === "finder") console.log(event.report.finder, event.report.message);
 * }
 * ```
 */
export function discover(
  options: DiscoverOptions = {},
): AsyncGenerator<DiscoveryEvent, void, void> {
  const { expression, only, signal, clock = systemClock, finders = standardFinders() } = options;
  const fits = expression === undefined ? () => true : compileSearchExpression(expression);
  const timeout = milliseconds(options.timeout ?? "3s");
  const names = finders.map(({ name }) => name);
  const timeouts = new Map(names.map((name) => {
    const own = options.timeouts?.[name];
    return [name, own === undefined ? timeout : milliseconds(own)];
  }));
  for (const name of only ?? []) {
    if (names.includes(name)) continue;
    throw new RangeError(
      `Cannot search as asked, as there is no such finder: ${name}. Choose among ${
        names.join(", ")
      }.`,
    );
  }
  const chosen = finders.filter(({ name }) => only === undefined || only.includes(name));
  const stop = new AbortController();
  const search = {
    clock,
    found: new FoundResources(fits),
    timeoutOf: (name: FinderName) => timeouts.get(name) ?? timeout,
    signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
  };
  return endedBy(run(chosen, search), () => stop.abort());
}

interface Search {
  readonly clock: Clock;
  readonly found: FoundResources;
  readonly timeoutOf: (name: FinderName) => number;
  readonly signal: AbortSignal;
}

async function* run(
  finders: readonly Finder[],
  search: Search,
): AsyncGenerator<DiscoveryEvent, void, void> {
  const { clock } = search;
  const queue = new EventQueue<DiscoveryEvent>();
  const works: Promise<unknown>[] = [];
  const supervised = finders.map(async (finder) => {
    const { report, work } = supervise(finder, search, queue);
    works.push(work);
    queue.push({ kind: "finder", report: await report });
  });
  void Promise.all(supervised).then(() => queue.end());
  try {
    yield* queue;
  } finally {
    const patience = new AbortController();
    await Promise.race([
      Promise.allSettled(works),
      sleep(clock, CLOSING, patience.signal).catch(() => {}),
    ]);
    patience.abort();
  }
}

/** Runs a finder. Its report comes in time whatever it does; its work may take longer. */
function supervise(
  finder: Finder,
  search: Search,
  queue: EventQueue<DiscoveryEvent>,
): { readonly report: Promise<FinderReport>; readonly work: Promise<unknown> } {
  const { clock, found, signal } = search;
  const { name } = finder;
  const start = clock.monotonic();
  const timeout = search.timeoutOf(name);
  const deadline = start + timeout;
  const resources = new Set<string>();
  let step = "begin";
  let over = false;
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<FinderReport>();
  const conclude = (
    outcome: FinderReport["outcome"],
    message: string,
    more: { readonly gaps?: readonly string[]; readonly flags?: readonly string[] } = {},
  ): void => {
    if (over) return;
    over = true;
    stop.abort();
    signal.removeEventListener("abort", stopped);
    const { gaps = [], flags = [] } = more;
    const elapsed = clock.monotonic() - start;
    resolve({ finder: name, outcome, message, gaps, flags, found: resources.size, elapsed });
  };
  const late = (): void =>
    conclude("timed out", `it took more than ${formatDuration(timeout)} to ${step}`);
  const stopped = (): void => conclude("stopped", "the search was ended before it was through");
  const work = (async () => {
    try {
      const flags = finder.missingFlags();
      if (flags.length > 0) {
        return conclude("skipped", `it needs ${flags.join(" ")}`, { flags });
      }
      if (signal.aborted) return stopped();
      signal.addEventListener("abort", stopped, { once: true });
      clock.sleepUntil(deadline + GRACE, stop.signal).then(late, () => {});
      const { what, gaps = [] } = await finder.find({
        deadline,
        signal: stop.signal,
        clock,
        found(finding) {
          if (over) return;
          resources.add(finding.resource);
          const news = found.add(name, finding);
          if (news === undefined) return;
          queue.push({ kind: news.isNew ? "found" : "changed", resource: news.resource });
        },
        doing: (what) => void (step = what),
      });
      conclude("searched", what, { gaps });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof FinderSkipped || error instanceof Deno.errors.NotCapable) {
        conclude("skipped", message);
      } else if (error instanceof Error && error.name === "TimeoutError") late();
      else conclude("failed", message);
    }
  })();
  return { report: promise, work };
}
