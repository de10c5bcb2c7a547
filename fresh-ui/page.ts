/**
 * What the routes of a page have in common.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import type { Assets } from "./assets.ts";
import type { ControlAnswer, ControlRequest } from "./protocol.ts";
import type { Sources } from "./sources/sources.ts";

/**
 * Carries out what somebody asks the run for, and records it.
 *
 * @param request What.
 * @param who By whom: the name that was given, and the address.
 */
export type Control = (request: ControlRequest, who: string) => Promise<ControlAnswer>;

/** A page as its routes see it. */
export interface Page {
  /** The path under which it is, without a slash at its end. */
  readonly base: string;
  /** The sessions that it shows. */
  readonly sources: Sources;
  /** The files that it loads. */
  readonly assets: Assets;
  /** What time it is. */
  readonly clock: Clock;
  /** Asks the run for something; undefined if that is not allowed. */
  readonly control: Control | undefined;
}
