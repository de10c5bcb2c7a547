/**
 * Searches for instruments.
 *
 * @module
 */

export {
  discover,
  type DiscoverOptions,
  type DiscoveryEvent,
  type FinderReport,
} from "./discover.ts";
export { type Finder, type FinderContext, FinderSkipped, type Searched } from "./finder.ts";
export type { FinderName, Finding, FoundResource, InstrumentFacts, Way } from "./finding.ts";
export { gpibFinder, type GpibFinderOptions } from "./gpib.ts";
export { identify, type IdentifyOptions, type IdentityEvent } from "./identify.ts";
export { mdnsFinder, type MdnsFinderOptions } from "./mdns.ts";
export { serialFinder, type SerialFinderOptions } from "./serial.ts";
export { standardFinders } from "./standard_finders.ts";
export { usbtmcFinder, type UsbtmcFinderOptions } from "./usbtmc.ts";
export { visaFinder, type VisaFinderOptions } from "./visa.ts";
export { vxi11Finder, type Vxi11FinderOptions } from "./vxi11.ts";
