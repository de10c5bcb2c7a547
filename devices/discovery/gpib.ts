/**
 * Finds who listens on the GPIB boards of this computer.
 *
 * @module
 */

import { gpibCandidates, gpibLibraries } from "../transports/gpib/candidates.ts";
import type { GpibScan } from "../transports/gpib/find.ts";
import { type Finder, FinderSkipped } from "./finder.ts";
import { flagsForLibrary } from "./flags.ts";
import { whyNone } from "./why_none.ts";

/** Which boards are searched. */
export interface GpibFinderOptions {
  /** The absolute path of their library. @default as {@linkcode visa} has it */
  readonly library?: string;
  /** Their numbers. @default [0] */
  readonly boards?: readonly number[];
}

/** A sentence for each reason, however many addresses were skipped for it. */
function gapsOf({ skipped }: GpibScan): string[] {
  const byReason = Map.groupBy(skipped, ({ reason }) => reason);
  return [...byReason].map(([reason, [first, ...others]]) =>
    `${first?.resource}${others.length === 0 ? "" : ` and ${others.length} more`}: ${reason}.`
  );
}

/** A finder of the instruments on GPIB boards; those behind adapters are not searched for. */
export function gpibFinder({ library, boards = [0] }: GpibFinderOptions = {}): Finder {
  const candidates = gpibCandidates(library);
  return {
    name: "gpib",
    missingFlags: () => flagsForLibrary(candidates, gpibLibraries(library)),
    async find({ clock, doing, found, ...io }) {
      if (candidates.length === 0) {
        throw new FinderSkipped(`no GPIB library is known for ${Deno.build.os}`);
      }
      const { findGpibInstruments } = await import("../transports/gpib/find.ts");
      const { NoGpibError } = await import("../transports/gpib/errors.ts");
      const gaps: string[] = [];
      for (const board of boards) {
        doing(`search GPIB board ${board}`);
        const options = { clock, ...library === undefined ? {} : { library } };
        try {
          const scan = await findGpibInstruments(board, io, options);
          for (const resource of scan.found) found({ resource, how: "GPIB listener" });
          gaps.push(...gapsOf(scan));
        } catch (error) {
          if (!(error instanceof NoGpibError)) throw error;
          if (error.tried.length > 0) {
            throw new FinderSkipped(whyNone("GPIB", error.tried), { cause: error });
          }
          // One of several that is missing must not hide the others.
          if (boards.length === 1) throw new FinderSkipped(error.message, { cause: error });
          gaps.push(error.message);
        }
      }
      return { what: `GPIB board ${boards.join(", ")}`, gaps };
    },
  };
}
