/**
 * Serial ports on Linux.
 *
 * @module
 */

import type { SharedPlatform } from "../shared.ts";
import type { SerialSystem } from "../system.ts";
import { ERRNO, type UnixCalls } from "../unix/calls.ts";
import type { UnixOpening } from "../unix/open.ts";
import { unixSystem } from "../unix/system.ts";
import { askLowLatency, linuxDialect, OPEN_FLAGS, REQUEST } from "./dialect.ts";
import { listLinuxPorts } from "./list.ts";
import { commonPlatform } from "./platform.ts";
import { baudRateOf, differences, packTermios2, TERMIOS2_SIZE } from "./termios2.ts";

/** How Linux opens a port. */
export const linuxOpening: UnixOpening = {
  ...linuxDialect,
  openFlags: OPEN_FLAGS,
  setExclusive: REQUEST.TIOCEXCL,
  getExclusive: REQUEST.TIOCGEXCL,
  isPseudo: (path) => path.startsWith("/dev/pts/"),
  unlockPseudo(calls, fd) {
    const word = new Uint8Array(4);
    const unlocked = calls.ioctl(fd, REQUEST.TIOCSPTLCK, word);
    if (unlocked < 0) return unlocked;
    const numbered = calls.ioctl(fd, REQUEST.TIOCGPTN, word);
    return numbered < 0 ? numbered : `/dev/pts/${new DataView(word.buffer).getUint32(0, true)}`;
  },
  setUp(calls, fd, settings, pseudo) {
    const bytes = new Uint8Array(TERMIOS2_SIZE);
    const failed = (error: number) => ({ error: -error, baudRate: 0, differences: [] });
    let result = calls.ioctl(fd, REQUEST.TCGETS2, bytes);
    // Other devices say so in other ways, but a file that is no terminal says so here.
    if (result < 0) return failed(result === -ERRNO.EINVAL ? -ERRNO.ENOTTY : result);
    result = calls.ioctl(fd, REQUEST.TCSETS2, packTermios2(bytes, settings));
    if (result < 0) return failed(result);
    result = calls.ioctl(fd, REQUEST.TCGETS2, bytes);
    if (result < 0) return failed(result);
    return {
      error: 0,
      baudRate: baudRateOf(bytes),
      differences: differences(bytes, settings, pseudo),
    };
  },
  askLowLatency,
};

/**
 * Serial ports on Linux.
 *
 * @param shared The C library, and the wait that ports share.
 */
export function linuxSystem(shared: SharedPlatform<UnixCalls> = commonPlatform): SerialSystem {
  return unixSystem({ opening: linuxOpening, list: listLinuxPorts, shared });
}
