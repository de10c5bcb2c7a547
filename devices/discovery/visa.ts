/**
 * Finds what a VISA library of an instrument maker finds.
 *
 * @module
 */

import {
  permittedVariable,
  visaLibraries,
  visaLibraryCandidates,
} from "../transports/visa_library/candidates.ts";
import { parseResourceName } from "../resource_name.ts";
import { type Finder, FinderSkipped } from "./finder.ts";
import type { InstrumentFacts } from "./finding.ts";
import { flagsForLibrary } from "./flags.ts";
import { whyNone } from "./why_none.ts";

/** Which library searches. */
export interface VisaFinderOptions {
  /** Its absolute path. @default as {@linkcode visa} has it */
  readonly library?: string;
}

/** What a resource name says of the instrument itself. */
export function factsOf(resource: string): InstrumentFacts {
  try {
    const name = parseResourceName(resource);
    if (name.bus !== "usb") return {};
    const hex = (value: number): string => value.toString(16).padStart(4, "0");
    const usb = { vendorId: hex(name.vendor), productId: hex(name.product) };
    if (name.serial === undefined) return { usb };
    return { serialNumber: name.serial, usb: { ...usb, serial: name.serial } };
  } catch {
    return {};
  }
}

/** A finder that asks a VISA library, in a Worker of its own. */
export function visaFinder({ library }: VisaFinderOptions = {}): Finder {
  const candidates = visaLibraryCandidates(Deno.build.os, library, permittedVariable);
  return {
    name: "visa",
    missingFlags: () =>
      flagsForLibrary(candidates, library === undefined ? visaLibraries() : candidates),
    async find({ clock, doing, found, ...io }) {
      if (candidates.length === 0) {
        throw new FinderSkipped(`no VISA library is known for ${Deno.build.os}`);
      }
      doing("load the VISA library and let it search");
      const { findVisaResources } = await import("../transports/visa_library/open.ts");
      const { NoVisaLibraryError } = await import("../transports/visa_library/library.ts");
      const options = { clock, ...library === undefined ? {} : { library } };
      let names: readonly string[];
      try {
        names = await findVisaResources("?*", io, options);
      } catch (error) {
        if (!(error instanceof NoVisaLibraryError)) throw error;
        throw new FinderSkipped(whyNone("VISA", error.tried), { cause: error });
      }
      for (const resource of names) {
        found({ resource, how: "VISA library", ...factsOf(resource) });
      }
      return { what: "the VISA library's buses" };
    },
  };
}
