/**
 * Serial ports on macOS, from its headers. It is tested against a stand-in of its library, and has not been
 * run on a Mac yet.
 *
 * @module
 */

import type { SerialPortInfo } from "../control.ts";
import { SharedPlatform } from "../shared.ts";
import type { SerialSystem } from "../system.ts";
import { fromCString, type UnixFiles } from "../unix/calls.ts";
import { LibcCalls } from "../unix/libc.ts";
import { libraryAccess, loadFirst } from "../unix/library.ts";
import type { UnixOpening } from "../unix/open.ts";
import { unixSystem } from "../unix/system.ts";
import { Kqueue } from "./kqueue.ts";
import { LIBRARY_PATHS, loadSystemLibrary, macosAbi } from "./library.ts";
import { differences, isStandardRate, packTermios, TERMIOS_SIZE } from "./termios.ts";

/** Numbers of requests. */
export const REQUEST = {
  TIOCEXCL: 0x2000740d,
  TIOCNXCL: 0x2000740e,
  TIOCFLUSH: 0x80047410,
  TIOCGETA: 0x40487413,
  TIOCSETA: 0x80487414,
  TIOCMGET: 0x4004746a,
  TIOCMBIC: 0x8004746b,
  TIOCMBIS: 0x8004746c,
  TIOCSTART: 0x2000746e,
  TIOCOUTQ: 0x40047473,
  TIOCPTYUNLK: 0x20007452,
  TIOCPTYGNAME: 0x40807453,
  TIOCPTYGRANT: 0x20007454,
  TIOCCBRK: 0x2000747a,
  TIOCSBRK: 0x2000747b,
  FIONREAD: 0x4004667f,
  IOSSIOSPEED: 0x80085402,
} as const;

/** To read and write, without waiting, without a controlling terminal, not for children. */
const OPEN_FLAGS = 0x2 | 0x4 | 0x20000 | 0x1000000;

/** Bytes of the name that `TIOCPTYGNAME` gives. */
const PSEUDO_NAME_SIZE = 128;

/** Which queues `TIOCFLUSH` empties. */
const FLUSH = { input: 1, output: 2 } as const;

/** How macOS opens a port. */
export const macosOpening: UnixOpening = {
  again: 35,
  openFlags: OPEN_FLAGS,
  setExclusive: REQUEST.TIOCEXCL,
  requests: {
    releaseExclusive: REQUEST.TIOCNXCL,
    getLines: REQUEST.TIOCMGET,
    setBits: REQUEST.TIOCMBIS,
    clearBits: REQUEST.TIOCMBIC,
    startBreak: REQUEST.TIOCSBRK,
    endBreak: REQUEST.TIOCCBRK,
    inputWaiting: REQUEST.FIONREAD,
    outputWaiting: REQUEST.TIOCOUTQ,
  },
  isPseudo: (path) => /^\/dev\/ttys\d+$/.test(path),
  unlockPseudo(calls, fd) {
    for (const request of [REQUEST.TIOCPTYGRANT, REQUEST.TIOCPTYUNLK]) {
      const result = calls.ioctlValue(fd, request, 0);
      if (result < 0) return result;
    }
    const name = new Uint8Array(PSEUDO_NAME_SIZE);
    const named = calls.ioctl(fd, REQUEST.TIOCPTYGNAME, name);
    return named < 0 ? named : fromCString(name);
  },
  setUp(calls, fd, settings, pseudo) {
    const bytes = new Uint8Array(TERMIOS_SIZE);
    const failed = (error: number) => ({ error: -error, baudRate: 0, differences: [] });
    let result = calls.ioctl(fd, REQUEST.TIOCGETA, bytes);
    if (result < 0) return failed(result);
    result = calls.ioctl(fd, REQUEST.TIOCSETA, packTermios(bytes, settings));
    if (result < 0) return failed(result);
    const { baudRate } = settings;
    if (!isStandardRate(baudRate)) {
      const speed = new Uint8Array(8);
      new DataView(speed.buffer).setBigUint64(0, BigInt(baudRate), true);
      result = calls.ioctl(fd, REQUEST.IOSSIOSPEED, speed);
      if (result < 0) return failed(result);
    }
    result = calls.ioctl(fd, REQUEST.TIOCGETA, bytes);
    if (result < 0) return failed(result);
    return { error: 0, baudRate, differences: differences(bytes, settings, pseudo) };
  },
  flush(calls, fd, input, output) {
    const which = (input ? FLUSH.input : 0) | (output ? FLUSH.output : 0);
    return which === 0 ? 0 : calls.ioctl(fd, REQUEST.TIOCFLUSH, new Uint8Array([which, 0, 0, 0]));
  },
  resume: (calls, fd) => calls.ioctlValue(fd, REQUEST.TIOCSTART, 0),
  lineErrors: () => undefined,
  askLowLatency: () => false,
};

/** Names under `/dev` of the system's own use. */
const INTERNAL = /^cu\.(?:Bluetooth-Incoming-Port|debug-console|wlan-debug)$/;

/** The ports: those of `cu`, as those of `tty` wait for a carrier. */
export function listMacosPorts(files: UnixFiles): SerialPortInfo[] {
  return files.list("/dev").filter((name) => name.startsWith("cu.") && !INTERNAL.test(name))
    .map((name) => ({ path: `/dev/${name}` }));
}

/**
 * Serial ports on macOS.
 *
 * @param candidates Where the system's library is.
 * @param arch As `Deno.build.arch`.
 */
export function macosSystem(
  candidates: readonly string[] = LIBRARY_PATHS,
  arch: string = Deno.build.arch,
): SerialSystem {
  return unixSystem({
    opening: macosOpening,
    list: listMacosPorts,
    shared: new SharedPlatform((what) => {
      const library = loadFirst(candidates, what, (path) => loadSystemLibrary(path, arch), {
        ...libraryAccess,
        // The system keeps its libraries in a cache: there is no file to be seen.
        exists: () => undefined,
      });
      try {
        const { symbols } = library;
        return {
          calls: new LibcCalls(symbols, macosAbi(symbols, arch)),
          readiness: new Kqueue(symbols),
          unload: () => library.close(),
        };
      } catch (error) {
        library.close();
        throw error;
      }
    }),
  });
}
