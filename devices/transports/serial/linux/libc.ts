/**
 * Linux's C library.
 *
 * @module
 */

import { COMMON_SYMBOLS, OWN_NAMES, type UnixAbi } from "../unix/libc.ts";

const SYMBOLS = {
  ...COMMON_SYMBOLS,
  ...OWN_NAMES,
  errnoLocation: { ...OWN_NAMES.errnoLocation, name: "__errno_location" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  ioctlValue: { name: "ioctl", parameters: ["i32", "u64", "u64"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32", nonblocking: true },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions as they are loaded. */
export type LibcSymbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** A loaded library. */
export interface Libc {
  /** Its functions. */
  readonly symbols: LibcSymbols;
  /** Unloads it. */
  close(): void;
}

/** Where the C library is, by the processor. */
export function libcCandidates(arch: string): readonly string[] {
  return [
    `/lib/${arch}-linux-gnu/libc.so.6`,
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    `/lib/ld-musl-${arch}.so.1`,
  ];
}

/** Loads the library at this path. */
export function loadLibc(path: string): Libc {
  return Deno.dlopen(path, SYMBOLS);
}

/** How Linux does what macOS does otherwise. */
export function linuxAbi(symbols: LibcSymbols): UnixAbi {
  return {
    ioctl: (fd, request, argument) => symbols.ioctl(fd, request, argument),
    ioctlValue: (fd, request, value) => symbols.ioctlValue(fd, request, value),
    nameAt: 19,
    readOnly: 0x80000,
  };
}
