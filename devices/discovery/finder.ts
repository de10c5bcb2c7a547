/**
 * What a finder is to a search.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Io } from "../transports/transport.ts";
import type { FinderName, Finding } from "./finding.ts";

/** What a finder gets. Deadline and signal are its own: it ends by the deadline by itself. */
export interface FinderContext extends Io {
  /** What the deadline is on. */
  readonly clock: Clock;
  /** Takes what was found, at once. */
  found(finding: Finding): void;
  /**
   * Says what is done from now on, for the report of a finder that takes too long.
   *
   * @param what To be read after "while it tried to": `"load the VISA library"`.
   */
  doing(what: string): void;
}

/** A finder's own account of a search that went through. */
export interface Searched {
  /** Where it has searched, to be read after "searched": `"2 networks by broadcast"`. */
  readonly what: string;
  /** What could not be searched, one sentence each. */
  readonly gaps?: readonly string[];
}

/** Searches in one way for instruments. */
export interface Finder {
  /** Its name. */
  readonly name: FinderName;
  /**
   * Deno's flags that it can't do without and that are not granted; nobody is asked for them.
   */
  missingFlags(): readonly string[];
  /**
   * Searches.
   *
   * @throws {FinderSkipped} If there is nothing to search in.
   */
  find(context: FinderContext): Promise<Searched>;
}

/** There is nothing for a finder to search in: its library, driver or system is not here. */
export class FinderSkipped extends Error {
  /** Always `"FinderSkipped"`. */
  override readonly name = "FinderSkipped";
}
