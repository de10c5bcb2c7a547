/**
 * Linux's C library, as far as serial ports need it. Nothing here needs more than `--allow-ffi` of its path:
 * memory is the caller's, and pointers are only handed back.
 *
 * @module
 */

import { cString, fromCString, own, type UnixCalls } from "../unix/calls.ts";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  // These give a ssize_t; what is asked for is always less than 2 GiB, so its lower half says all.
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  ioctlValue: { name: "ioctl", parameters: ["i32", "u64", "u64"], result: "i32" },
  realpath: { parameters: ["buffer", "buffer"], result: "pointer" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  errnoLocation: { name: "__errno_location", parameters: [], result: "pointer" },
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

const LONGEST_PATH = 4096;
const ENTRY_HEAD = 19;
const ENTRY_LENGTH_AT = 16;
const LONGEST_TEXT = 4096;
const READ_ONLY = 0x80000;

/** The library's functions for the rest of this folder. */
export class LibcCalls implements UnixCalls {
  readonly #c: LibcSymbols;
  readonly #number = new Uint8Array(4);

  /** @param symbols The loaded functions. */
  constructor(symbols: LibcSymbols) {
    this.#c = symbols;
  }

  open(path: string, flags: number): number {
    return this.#checked(this.#c.open(cString(path), flags, 0));
  }

  close(fd: number): void {
    this.#c.close(fd);
  }

  read(fd: number, target: Uint8Array): number {
    return this.#checked(this.#c.read(fd, own(target), BigInt(target.length)));
  }

  write(fd: number, data: Uint8Array): number {
    return this.#checked(this.#c.write(fd, own(data), BigInt(data.length)));
  }

  flock(fd: number, operation: number): number {
    return this.#checked(this.#c.flock(fd, operation));
  }

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    return this.#checked(this.#c.ioctl(fd, BigInt(request), own(argument)));
  }

  ioctlValue(fd: number, request: number, value: number): number {
    return this.#checked(this.#c.ioctlValue(fd, BigInt(request), BigInt(value)));
  }

  realPath(path: string): string | undefined {
    const found = new Uint8Array(LONGEST_PATH);
    return this.#c.realpath(cString(path), found) === null ? undefined : fromCString(found);
  }

  list(folder: string): string[] {
    const names: string[] = [];
    const stream = this.#c.opendir(cString(folder));
    if (stream === null) return names;
    const head = new Uint8Array(ENTRY_HEAD);
    for (;;) {
      const entry = this.#c.readdir(stream);
      if (entry === null) break;
      this.#c.memcpy(head, entry, BigInt(head.length));
      const length = new DataView(head.buffer).getUint16(ENTRY_LENGTH_AT, true);
      const whole = new Uint8Array(length);
      this.#c.memcpy(whole, entry, BigInt(length));
      const name = fromCString(whole, ENTRY_HEAD);
      if (name !== "." && name !== "..") names.push(name);
    }
    this.#c.closedir(stream);
    return names.sort();
  }

  readLink(path: string): string | undefined {
    const found = new Uint8Array(LONGEST_PATH);
    const length = this.#c.readlink(cString(path), found, BigInt(found.length));
    return length < 0 ? undefined : fromCString(found.subarray(0, length));
  }

  readText(path: string): string | undefined {
    const fd = this.#c.open(cString(path), READ_ONLY, 0);
    if (fd < 0) return undefined;
    const bytes = new Uint8Array(LONGEST_TEXT);
    const count = this.#c.read(fd, bytes, BigInt(bytes.length));
    this.#c.close(fd);
    return count < 0 ? undefined : fromCString(bytes.subarray(0, count)).trimEnd();
  }

  /** The result, or the error number negated: it must be asked for before anything else is called. */
  #checked(result: number): number {
    if (result >= 0) return result;
    const place = this.#c.errnoLocation();
    this.#c.memcpy(this.#number, place, 4n);
    return -new DataView(this.#number.buffer).getInt32(0, true);
  }
}
