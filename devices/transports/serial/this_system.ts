/**
 * The serial ports of the system that this runs on.
 *
 * @module
 */

import { linuxSystem } from "./linux/system.ts";
import { macosSystem } from "./macos/system.ts";
import type { SerialSystem } from "./system.ts";
import { windowsSystem } from "./windows/system.ts";

const SYSTEMS: Partial<Record<typeof Deno.build.os, () => SerialSystem>> = {
  linux: linuxSystem,
  darwin: macosSystem,
  windows: windowsSystem,
};

let system: SerialSystem | undefined;

/** This system; its ports share one wait. */
export function thisSystem(): SerialSystem {
  const make = SYSTEMS[Deno.build.os];
  if (make === undefined) {
    throw new Deno.errors.NotSupported(
      `Cannot use serial ports, as there is no way to them on this system: ${Deno.build.os}`,
    );
  }
  return system ??= make();
}
