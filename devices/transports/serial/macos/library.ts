/**
 * macOS's system library.
 *
 * @module
 */

import { COMMON_SYMBOLS, OWN_NAMES, type UnixAbi } from "../unix/libc.ts";

const KEVENT = ["i32", "buffer", "i32", "buffer", "i32", "buffer"] as const;
const PADDING = ["u64", "u64", "u64", "u64", "u64", "u64"] as const;

/**
 * The functions. `ioctl` has variable arguments, which arm64 takes from the stack: six more before them fill
 * the registers.
 */
function symbols(arch: string) {
  // The names with 64-bit file numbers are the only ones on arm64.
  const suffix = arch === "x86_64" ? "$INODE64" : "";
  return {
    ...COMMON_SYMBOLS,
    opendir: { ...OWN_NAMES.opendir, name: `opendir${suffix}` },
    readdir: { ...OWN_NAMES.readdir, name: `readdir${suffix}` },
    errnoLocation: { ...OWN_NAMES.errnoLocation, name: "__error" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
    ioctlPadded: { name: "ioctl", parameters: ["i32", "u64", ...PADDING, "buffer"], result: "i32" },
    kqueue: { parameters: [], result: "i32" },
    kevent: { parameters: KEVENT, result: "i32" },
    keventWait: { name: "kevent", parameters: KEVENT, result: "i32", nonblocking: true },
  } as const satisfies Deno.ForeignLibraryInterface;
}

/** The functions as they are loaded. */
export type SystemSymbols = Deno.StaticForeignLibraryInterface<ReturnType<typeof symbols>>;

/** A loaded library. */
export interface SystemLibrary {
  /** Its functions. */
  readonly symbols: SystemSymbols;
  /** Unloads it. */
  close(): void;
}

/** Where the library is; the file itself is in the system's cache. */
export const LIBRARY_PATHS: readonly string[] = ["/usr/lib/libSystem.B.dylib"];

/** Loads the library at this path. */
export function loadSystemLibrary(path: string, arch: string): SystemLibrary {
  return Deno.dlopen(path, symbols(arch));
}

/** How macOS does what Linux does otherwise. */
export function macosAbi(c: SystemSymbols, arch: string): UnixAbi {
  const ioctl: UnixAbi["ioctl"] = arch === "aarch64"
    ? (fd, request, argument) => c.ioctlPadded(fd, request, 0n, 0n, 0n, 0n, 0n, 0n, argument)
    : (fd, request, argument) => c.ioctl(fd, request, argument);
  return {
    ioctl,
    // None of the requests that are made takes a number; what they do not take does no harm.
    ioctlValue: (fd, request) => ioctl(fd, request, new Uint8Array(8)),
    nameAt: 21,
    readOnly: 0x1000000,
  };
}
