/**
 * Serial ports on a Unix, whichever.
 *
 * @module
 */

import type { SerialPortInfo } from "../control.ts";
import type { Readiness } from "../poller.ts";
import { SharedPlatform } from "../shared.ts";
import type { SerialSystem } from "../system.ts";
import type { UnixCalls, UnixFiles } from "./calls.ts";
import { openUnixPort, type UnixOpening } from "./open.ts";

/** A loaded C library. */
export interface UnixLibrary {
  /** Its functions. */
  readonly calls: UnixCalls;
  /** Makes the system's wait. */
  readiness(): Readiness;
  /** Unloads it. */
  unload(): void;
}

/** What a Unix is made of. */
export interface UnixParts {
  /** How it opens ports. */
  readonly opening: UnixOpening;
  /** How it lists them. */
  list(files: UnixFiles): SerialPortInfo[];
  /** Loads its library; `what` is to be read after "Cannot". */
  load(what: string): UnixLibrary;
}

/** Serial ports on a Unix. */
export function unixSystem(parts: UnixParts): SerialSystem {
  const shared = new SharedPlatform<UnixCalls>(() => {
    const library = parts.load("open a serial port");
    try {
      const { calls } = library;
      return { calls, readiness: library.readiness(), unload: () => library.unload() };
    } catch (error) {
      library.unload();
      throw error;
    }
  });
  return {
    open(request) {
      const share = shared.take();
      try {
        return openUnixPort(request, share, parts.opening, Deno.pid);
      } catch (error) {
        share.giveNow();
        throw error;
      }
    },
    ports() {
      const library = parts.load("list the serial ports");
      try {
        return parts.list(library.calls);
      } finally {
        library.unload();
      }
    },
  };
}
