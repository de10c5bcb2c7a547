/**
 * What `stripchart serve-sim` serves.
 *
 * @module
 */

import type { MessageEnds } from "../../devices/transports/line_server/message_splitter.ts";
import type { Responder } from "../../devices/transports/responder.ts";

/** The buses that an instrument is served on, in the order in which they are named. */
export const BUSES = ["socket", "vxi11", "hislip", "serial"] as const;

/** A bus that an instrument is served on. */
export type BusName = typeof BUSES[number];

/** An instrument as one bus has it. */
export interface OnBus {
  /** The instrument. */
  readonly responder: Responder;
  /** How its messages end where the bus has no mark for that. */
  readonly ends: MessageEnds;
}

/** An instrument that can be served on several buses at once. */
export interface ServedInstrument {
  /** What it is, in a few words. */
  readonly title: string;
  /** The instrument as a bus has it. */
  readonly on: (bus: BusName) => OnBus;
}

/** An instrument that is the same on every bus. */
export function everywhere(
  title: string,
  responder: Responder,
  ends: MessageEnds = {},
): ServedInstrument {
  return { title, on: () => ({ responder, ends }) };
}
