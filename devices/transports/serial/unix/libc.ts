/**
 * What the C libraries of Linux and macOS have in common. Nothing here needs more than `--allow-ffi` of the
 * library's path: memory is the caller's, and pointers are only handed back.
 *
 * @module
 */

import { cString, fromCString, own, type UnixCalls } from "./calls.ts";

/** Functions that both have under the same name. */
export const COMMON_SYMBOLS = {
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  // These give a ssize_t; what is asked for is always less than 2 GiB, so its lower half says all.
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  realpath: { parameters: ["buffer", "buffer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Functions with a name of each library's own, by the name that they have here. */
export const OWN_NAMES = {
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  errnoLocation: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions as they are loaded. */
export type UnixSymbols = Deno.StaticForeignLibraryInterface<
  typeof COMMON_SYMBOLS & typeof OWN_NAMES
>;

/** What differs between the libraries. */
export interface UnixAbi {
  /** A device's own request; the result as C has it. */
  ioctl(fd: number, request: bigint, argument: Uint8Array<ArrayBuffer>): number;
  /** The same with a number. */
  ioctlValue(fd: number, request: bigint, value: bigint): number;
  /** Where a folder's entry has its name. */
  readonly nameAt: number;
  /** How a file is opened to be read, without a child of this program having it too. */
  readonly readOnly: number;
}

const LONGEST_PATH = 4096;
const ENTRY_LENGTH_AT = 16;
const LONGEST_TEXT = 4096;

/** A C library's functions, with error numbers as results. */
export class LibcCalls implements UnixCalls {
  readonly #c: UnixSymbols;
  readonly #abi: UnixAbi;
  readonly #number = new Uint8Array(4);

  /**
   * @param symbols The loaded functions.
   * @param abi What differs.
   */
  constructor(symbols: UnixSymbols, abi: UnixAbi) {
    this.#c = symbols;
    this.#abi = abi;
  }

  open(path: string, flags: number): number {
    return this.checked(this.#c.open(cString(path), flags, 0));
  }

  close(fd: number): void {
    this.#c.close(fd);
  }

  read(fd: number, target: Uint8Array): number {
    return this.checked(this.#c.read(fd, own(target), BigInt(target.length)));
  }

  write(fd: number, data: Uint8Array): number {
    return this.checked(this.#c.write(fd, own(data), BigInt(data.length)));
  }

  flock(fd: number, operation: number): number {
    return this.checked(this.#c.flock(fd, operation));
  }

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    return this.checked(this.#abi.ioctl(fd, BigInt(request), own(argument)));
  }

  ioctlValue(fd: number, request: number, value: number): number {
    return this.checked(this.#abi.ioctlValue(fd, BigInt(request), BigInt(value)));
  }

  realPath(path: string): string | undefined {
    const found = new Uint8Array(LONGEST_PATH);
    return this.#c.realpath(cString(path), found) === null ? undefined : fromCString(found);
  }

  list(folder: string): string[] {
    const names: string[] = [];
    const stream = this.#c.opendir(cString(folder));
    if (stream === null) return names;
    const head = new Uint8Array(this.#abi.nameAt);
    for (;;) {
      const entry = this.#c.readdir(stream);
      if (entry === null) break;
      this.#c.memcpy(head, entry, BigInt(head.length));
      const length = new DataView(head.buffer).getUint16(ENTRY_LENGTH_AT, true);
      const whole = new Uint8Array(length);
      this.#c.memcpy(whole, entry, BigInt(length));
      const name = fromCString(whole, this.#abi.nameAt);
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
    const fd = this.#c.open(cString(path), this.#abi.readOnly, 0);
    if (fd < 0) return undefined;
    const bytes = new Uint8Array(LONGEST_TEXT);
    const count = this.#c.read(fd, bytes, BigInt(bytes.length));
    this.#c.close(fd);
    return count < 0 ? undefined : fromCString(bytes.subarray(0, count)).trimEnd();
  }

  /** The result, or the error number negated: it must be asked for before anything else is called. */
  protected checked(result: number): number {
    if (result >= 0) return result;
    const place = this.#c.errnoLocation();
    this.#c.memcpy(this.#number, place, 4n);
    return -new DataView(this.#number.buffer).getInt32(0, true);
  }
}
