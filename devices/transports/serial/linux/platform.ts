/**
 * What serial ports and other devices of a Linux program share: the C library and one thread that waits.
 *
 * @module
 */

import { SharedPlatform } from "../shared.ts";
import { loadFirst } from "../unix/library.ts";
import { Epoll } from "./epoll.ts";
import { libcCandidates, type LinuxCalls, LinuxLibcCalls, loadLibc } from "./libc.ts";

/**
 * Loads the C library for its first user.
 *
 * @param candidates Where it may be; the first that can be loaded is taken.
 */
export function linuxPlatform(candidates: readonly string[]): SharedPlatform<LinuxCalls> {
  return new SharedPlatform((what) => {
    const library = loadFirst(candidates, what, loadLibc);
    try {
      const { symbols } = library;
      return {
        calls: new LinuxLibcCalls(symbols),
        readiness: new Epoll(symbols, Deno.build.arch),
        unload: () => library.close(),
      };
    } catch (error) {
      library.close();
      throw error;
    }
  });
}

/** This program's. */
export const commonPlatform: SharedPlatform<LinuxCalls> = linuxPlatform(
  libcCandidates(Deno.build.arch),
);
