/**
 * Whether a GPIB instrument is behind an adapter or on a board of this computer.
 *
 * @module
 */

import { formatResourceName, parseResourceName } from "../resource_name.ts";
import type { ResourceName } from "../resource_name/types.ts";

/** What the user said of it. */
export interface GpibWay {
  /** The adapter's resource name. */
  readonly adapter?: string;
  /** How a board is used. */
  readonly gpib?: unknown;
}

/** A board alone is nothing to talk to. */
export function refuseBoard(name: ResourceName): never {
  throw new RangeError(
    `Cannot open ${
      formatResourceName(name)
    }, as a board is no instrument. Name one on its bus, such as ` +
      `"GPIB0::12::INSTR", which has clear(), trigger() and setRemote(); or set library to a VISA ` +
      `library.`,
  );
}

/** The line to the adapter that a GPIB instrument is behind; undefined if it is on a board. */
export function adapterOf(
  name: ResourceName,
  { adapter, gpib }: GpibWay,
): ResourceName | undefined {
  if (adapter === undefined) return undefined;
  if (gpib !== undefined) {
    throw new RangeError(
      `Cannot open ${formatResourceName(name)}, as it is either behind an adapter or on a board: ` +
        `${adapter}. Leave adapter or gpib out.`,
    );
  }
  const line = parseResourceName(adapter);
  if (line.bus === "prologix-tcp" || line.bus === "prologix-serial") return line;
  throw new RangeError(
    `Cannot open ${formatResourceName(name)}, as its adapter must be a Prologix adapter: ` +
      `${adapter}. Write "PRLGX-TCPIP::192.168.0.30::INTFC" or "PRLGX-ASRL::/dev/ttyUSB0::INTFC".`,
  );
}
