/**
 * The finders that search if no others are named.
 *
 * @module
 */

import type { Finder } from "./finder.ts";
import { gpibFinder } from "./gpib.ts";
import { mdnsFinder } from "./mdns.ts";
import { serialFinder } from "./serial.ts";
import { usbtmcFinder } from "./usbtmc.ts";
import { visaFinder, type VisaFinderOptions } from "./visa.ts";
import { vxi11Finder } from "./vxi11.ts";

/**
 * All finders.
 *
 * @param options Which VISA library searches.
 */
export function standardFinders(options: VisaFinderOptions = {}): readonly Finder[] {
  return [
    serialFinder(),
    usbtmcFinder(),
    gpibFinder(),
    vxi11Finder(),
    mdnsFinder(),
    visaFinder(options),
  ];
}
