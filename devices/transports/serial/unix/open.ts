/**
 * Opening a port on Linux or macOS: the lock comes before anything is touched.
 *
 * @module
 */

import { LinkError } from "../../errors.ts";
import type { SerialSettings } from "../options.ts";
import type { Share } from "../shared.ts";
import type { SerialHandle, SerialRequest } from "../system.ts";
import { ERRNO, type UnixCalls } from "./calls.ts";
import { findHolders, inUseBy } from "./holder.ts";
import { type UnixDialect, UnixPort } from "./port.ts";

const LOCK_EXCLUSIVE_NOW = 2 | 4;

/** What differs between the systems at opening. */
export interface UnixOpening extends UnixDialect {
  /** To read and write, without waiting. */
  readonly openFlags: number;
  /** Makes the device exclusive. */
  readonly setExclusive: number;
  /** Asks whether it is, on a system that has such a request. */
  readonly getExclusive?: number;
  /** A pseudo terminal has no line: what one does is not asked of it. */
  isPseudo(path: string): boolean;
  /** Lets others open the other end of a pseudo terminal; its path, or a negated error number. */
  unlockPseudo(calls: UnixCalls, fd: number): string | number;
  /**
   * Sets the line up.
   *
   * @returns The baud rate as read back, and what the driver made otherwise, in words.
   */
  setUp(
    calls: UnixCalls,
    fd: number,
    settings: SerialSettings,
    pseudo: boolean,
  ): { readonly error: number; readonly baudRate: number; readonly differences: string[] };
  /** Asks the driver for bytes at once; whether it said yes. */
  askLowLatency(calls: UnixCalls, fd: number): boolean;
}

function openingError(code: number, path: string): string {
  switch (code) {
    case ERRNO.ENOENT:
    case ERRNO.ENOTDIR:
      return "there is no such file. Look at its plug; serialPorts() tells which ports there are.";
    case ERRNO.EACCES:
      return "this user may not. Join the group that owns it (dialout on Debian and Ubuntu, uucp " +
        `on Arch: ls -lL ${path}) with: sudo usermod -aG GROUP "$USER", and log in again.`;
    case ERRNO.ENXIO:
    case ERRNO.ENODEV:
    case ERRNO.EIO:
      return "no hardware is behind it. serialPorts() tells which ports there are.";
    default:
      return `the system says error ${code}.`;
  }
}

/**
 * Opens a port.
 *
 * @param share The port's; it is given back when the port is closed, or by the caller if this throws.
 */
export function openUnixPort(
  request: SerialRequest,
  share: Share<UnixCalls>,
  system: UnixOpening,
  ownPid: number,
): SerialHandle {
  const { calls } = share;
  const { settings, resource } = request;
  const path = calls.realPath(request.path) ?? request.path;
  const refuse = (why: string): LinkError =>
    new LinkError(`Cannot open ${request.path} as a serial port, as ${why}`, resource);
  const fd = calls.open(path, system.openFlags);
  const inUse = (): LinkError =>
    refuse(inUseBy(findHolders(calls, path, { pid: ownPid, fd }), path, ownPid));
  if (fd === -ERRNO.EBUSY) throw inUse();
  if (fd < 0) throw refuse(openingError(-fd, path));
  let exclusive = false;
  try {
    const pseudo = system.isPseudo(path);
    if (settings.exclusive) {
      if (calls.flock(fd, LOCK_EXCLUSIVE_NOW) < 0) throw inUse();
      const taken = new Uint8Array(4);
      if (
        system.getExclusive !== undefined && calls.ioctl(fd, system.getExclusive, taken) >= 0 &&
        taken[0] !== 0
      ) throw inUse();
      // A pseudo terminal stays exclusive when its program is killed; the file lock does not.
      exclusive = !pseudo && calls.ioctlValue(fd, system.setExclusive, 0) >= 0;
    }

    const done = system.setUp(calls, fd, settings, pseudo);
    if (done.error === ERRNO.ENOTTY) throw refuse("it is no serial port. Look at the path.");
    if (done.error !== 0) {
      throw refuse(
        `its driver refuses ${settings.baudRate} baud, ${settings.dataBits} data bits, parity ` +
          `${settings.parity}, ${settings.stopBits} stop bits (error ${done.error}).`,
      );
    }
    if (done.differences.length > 0) {
      throw refuse(
        `its driver takes the settings otherwise: ${done.differences.join(", ")}. ` +
          "Choose others, here and at the instrument, or use another adapter.",
      );
    }
    const lowLatency = settings.lowLatency && system.askLowLatency(calls, fd);
    const { baudRate } = done;
    const facts = { fd, path, resource, baudRate, lowLatency, exclusive };
    const port = new UnixPort(facts, share, system);
    if (!pseudo) {
      port.setLines({
        ...settings.dtr === "keep" ? {} : { dtr: settings.dtr === "on" },
        ...settings.rts === "keep" || settings.flowControl === "rts/cts"
          ? {}
          : { rts: settings.rts === "on" },
      });
    }
    // What came before the line was set up was read at another rate.
    port.flush(true, true);
    return port;
  } catch (error) {
    share.poller.remove(fd);
    if (exclusive) calls.ioctlValue(fd, system.requests.releaseExclusive, 0);
    calls.close(fd);
    throw error;
  }
}
