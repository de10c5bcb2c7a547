/**
 * Linux's C library.
 *
 * @module
 */

import { cString, own, type UnixCalls } from "../unix/calls.ts";
import { COMMON_SYMBOLS, LibcCalls, OWN_NAMES, type UnixAbi } from "../unix/libc.ts";

const SYMBOLS = {
  ...COMMON_SYMBOLS,
  ...OWN_NAMES,
  errnoLocation: { ...OWN_NAMES.errnoLocation, name: "__errno_location" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  ioctlValue: { name: "ioctl", parameters: ["i32", "u64", "u64"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  // With a length of zero it copies nothing and says where the target is.
  addressOf: { name: "memcpy", parameters: ["buffer", "buffer", "usize"], result: "u64" },
  slowIoctl: {
    name: "ioctl",
    parameters: ["i32", "u64", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  slowRead: { ...COMMON_SYMBOLS.read, name: "read", nonblocking: true },
  slowWrite: { ...COMMON_SYMBOLS.write, name: "write", nonblocking: true },
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

/**
 * Calls that only Linux's devices need. Those that begin with `slow` are made by another thread, since a driver may
 * keep them waiting; why one of them failed is that thread's knowledge and can't be asked for: -1 is all there is.
 */
export interface LinuxCalls extends UnixCalls {
  /** Whether a file may be used in these ways. */
  access(path: string, mode: number): number;
  /** Where bytes are in memory: for the time of a call that takes an address within a structure. */
  addressOf(bytes: Uint8Array): bigint;
  /** A device's own request. */
  slowIoctl(fd: number, request: number, argument: Uint8Array): Promise<number>;
  /** Reads. */
  slowRead(fd: number, target: Uint8Array): Promise<number>;
  /** Writes. */
  slowWrite(fd: number, data: Uint8Array): Promise<number>;
}

/** Linux's C library with error numbers as results. */
export class LinuxLibcCalls extends LibcCalls implements LinuxCalls {
  readonly #c: LibcSymbols;

  /** @param symbols The loaded functions. */
  constructor(symbols: LibcSymbols) {
    super(symbols, linuxAbi(symbols));
    this.#c = symbols;
  }

  access(path: string, mode: number): number {
    return this.checked(this.#c.access(cString(path), mode));
  }

  addressOf(bytes: Uint8Array): bigint {
    const buffer = own(bytes);
    return this.#c.addressOf(buffer, buffer, 0n);
  }

  slowIoctl(fd: number, request: number, argument: Uint8Array): Promise<number> {
    return this.#c.slowIoctl(fd, BigInt(request), own(argument));
  }

  slowRead(fd: number, target: Uint8Array): Promise<number> {
    return this.#c.slowRead(fd, own(target), BigInt(target.length));
  }

  slowWrite(fd: number, data: Uint8Array): Promise<number> {
    return this.#c.slowWrite(fd, own(data), BigInt(data.length));
  }
}
