/**
 * Serial ports on a Unix, whichever.
 *
 * @module
 */

import type { SerialPortInfo } from "../control.ts";
import type { SharedPlatform } from "../shared.ts";
import type { SerialSystem } from "../system.ts";
import type { UnixCalls, UnixFiles } from "./calls.ts";
import { openUnixPort, type UnixOpening } from "./open.ts";
import { openPseudoTerminal } from "./pseudo.ts";

/** What a Unix is made of. */
export interface UnixParts {
  /** How it opens ports. */
  readonly opening: UnixOpening;
  /** How it lists them. */
  list(files: UnixFiles): SerialPortInfo[];
  /** Its library and its wait. */
  readonly shared: SharedPlatform<UnixCalls>;
}

/** Serial ports on a Unix. */
export function unixSystem({ opening, list, shared }: UnixParts): SerialSystem {
  return {
    open(request) {
      const share = shared.take("open a serial port");
      try {
        return openUnixPort(request, share, opening, Deno.pid);
      } catch (error) {
        share.giveNow();
        throw error;
      }
    },
    pseudoTerminal() {
      const share = shared.take("make a pseudo terminal");
      try {
        return openPseudoTerminal(share, opening);
      } catch (error) {
        share.giveNow();
        throw error;
      }
    },
    ports() {
      const share = shared.take("list the serial ports");
      try {
        return list(share.calls);
      } finally {
        share.giveNow();
      }
    },
  };
}
