/**
 * Finds who listens on the GPIB boards of this computer.
 *
 * @module
 */

import { gpibCandidates } from "../transports/gpib/candidates.ts";
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

/** A finder of the instruments on GPIB boards; those behind adapters are not searched for. */
export function gpibFinder({ library, boards = [0] }: GpibFinderOptions = {}): Finder {
  const candidates = gpibCandidates(library);
  return {
    name: "gpib",
    missingFlags: () => flagsForLibrary(candidates),
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
          gaps.push(...scan.skipped.map(({ resource, reason }) => `${resource}: ${reason}.`));
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
