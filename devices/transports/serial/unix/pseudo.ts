/**
 * Pseudo terminals: serial lines of which both ends are in this computer.
 *
 * @module
 */

import { LinkError } from "../../errors.ts";
import { checkOptions } from "../options.ts";
import type { Share } from "../shared.ts";
import type { SerialHandle } from "../system.ts";
import type { UnixCalls } from "./calls.ts";
import type { UnixOpening } from "./open.ts";
import { UnixPort } from "./port.ts";

/** Where the master ends come from. */
const MULTIPLEXER = "/dev/ptmx";

/** The end of a pseudo terminal that an instrument holds. The other end stays there while clients come and go. */
class MasterEnd extends UnixPort {
  readonly #calls: UnixCalls;
  #other: number | undefined;

  constructor(
    parts: { readonly fd: number; readonly other: number; readonly path: string },
    share: Share<UnixCalls>,
    system: UnixOpening,
  ) {
    const { fd, other, path } = parts;
    const resource = `the pseudo terminal ${path}`;
    super(
      { fd, path, resource, baudRate: 0, lowLatency: false, exclusive: false },
      share,
      system,
    );
    this.#calls = share.calls;
    this.#other = other;
  }

  override async close(): Promise<void> {
    // Before the library is given back.
    if (this.#other !== undefined) this.#calls.close(this.#other);
    this.#other = undefined;
    await super.close();
  }
}

/**
 * Makes a pseudo terminal and sets its line up: bytes pass as they are.
 *
 * @param share The master end's; it is given back when that is closed, or by the caller if this throws.
 * @returns The master end; its path is that of the other end, for clients.
 */
export function openPseudoTerminal(share: Share<UnixCalls>, system: UnixOpening): SerialHandle {
  const { calls } = share;
  const refuse = (what: string, code: number): LinkError =>
    new LinkError(
      `Cannot make a pseudo terminal, as ${what} fails with error ${-code} of the system. ` +
        "Look whether /dev/pts is mounted.",
      MULTIPLEXER,
    );
  const fd = calls.open(MULTIPLEXER, system.openFlags);
  if (fd < 0) throw refuse(`opening ${MULTIPLEXER}`, fd);
  let other: number | undefined;
  try {
    const path = system.unlockPseudo(calls, fd);
    if (typeof path === "number") throw refuse("unlocking it", path);
    other = calls.open(path, system.openFlags);
    if (other < 0) throw refuse(`opening ${path}`, other);
    const { settings } = checkOptions({});
    const { error } = system.setUp(calls, other, settings, true);
    if (error !== 0) throw refuse(`setting ${path} up`, -error);
    return new MasterEnd({ fd, other, path }, share, system);
  } catch (error) {
    if (other !== undefined && other >= 0) calls.close(other);
    calls.close(fd);
    throw error;
  }
}
