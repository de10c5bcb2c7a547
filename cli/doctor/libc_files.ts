/**
 * Linux's files through its C library: Deno itself shows those of the kernel only to who may do everything.
 *
 * @module
 */

import { linuxAbi, loadLibc } from "../../devices/transports/serial/linux/libc.ts";
import { cString } from "../../devices/transports/serial/unix/calls.ts";
import { LibcCalls } from "../../devices/transports/serial/unix/libc.ts";
import type { Owner, SystemFiles, User } from "./facts.ts";

const SYMBOLS = {
  access: { parameters: ["buffer", "i32"], result: "i32" },
  getuid: { parameters: [], result: "u32" },
  getgid: { parameters: [], result: "u32" },
  getgroups: { parameters: ["i32", "buffer"], result: "i32" },
  // It is the one call for this that is laid out alike on all processors; old libraries lack it.
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
    optional: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

const READ_AND_WRITE = 4 | 2;
const READ_ONLY = 0x80000;
const MOST_GROUPS = 65_536;
const CURRENT_FOLDER = -100;
const STATX = { size: 256, basic: 0x7ff, uid: 20, gid: 24, mode: 28 } as const;
const CHUNK = 65_536;
/** A text that is longer is none of the system's. */
const LONGEST_TEXT = 16 * 2 ** 20;

/** Files, until it is disposed. */
export class LibcFiles implements SystemFiles, Disposable {
  readonly #libc: ReturnType<typeof loadLibc>;
  readonly #more: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #calls: LibcCalls;
  #closed = false;

  /** @param path The C library's. */
  constructor(path: string) {
    this.#libc = loadLibc(path);
    try {
      this.#more = Deno.dlopen(path, SYMBOLS);
    } catch (error) {
      this.#libc.close();
      throw error;
    }
    this.#calls = new LibcCalls(this.#libc.symbols, linuxAbi(this.#libc.symbols));
  }

  /** A look that was given up may come back after the end, when the functions are gone. */
  get #open(): LibcCalls {
    this.#check();
    return this.#calls;
  }

  #check(): void {
    if (this.#closed) throw new TypeError("Cannot look at files, as the examination is over");
  }

  list(folder: string): string[] {
    return this.#open.list(folder);
  }

  realPath(path: string): string | undefined {
    return this.#open.realPath(path);
  }

  readLink(path: string): string | undefined {
    return this.#open.readLink(path);
  }

  readText(path: string): string | undefined {
    return this.#open.readText(path);
  }

  wholeText(path: string): string | undefined {
    const fd = this.#open.open(path, READ_ONLY);
    if (fd < 0) return undefined;
    try {
      let text = "";
      const decoder = new TextDecoder();
      const chunk = new Uint8Array(CHUNK);
      while (text.length < LONGEST_TEXT) {
        const count = this.#open.read(fd, chunk);
        if (count <= 0) break;
        text += decoder.decode(chunk.subarray(0, count), { stream: true });
      }
      return text;
    } finally {
      this.#open.close(fd);
    }
  }

  mayUse(path: string): boolean {
    this.#check();
    return this.#more.symbols.access(cString(path), READ_AND_WRITE) === 0;
  }

  owner(path: string): Owner | undefined {
    this.#check();
    const bytes = new Uint8Array(STATX.size);
    const { statx } = this.#more.symbols;
    if (statx === null) return undefined;
    if (statx(CURRENT_FOLDER, cString(path), 0, STATX.basic, bytes) !== 0) return undefined;
    const fields = new DataView(bytes.buffer);
    return {
      uid: fields.getUint32(STATX.uid, true),
      gid: fields.getUint32(STATX.gid, true),
      mode: fields.getUint16(STATX.mode, true) & 0o7777,
    };
  }

  user(): User {
    this.#check();
    const { getuid, getgid, getgroups } = this.#more.symbols;
    const list = new Uint32Array(MOST_GROUPS);
    const count = Math.max(0, getgroups(MOST_GROUPS, new Uint8Array(list.buffer)));
    return { uid: getuid(), groups: [...new Set([getgid(), ...list.subarray(0, count)])] };
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#more.close();
    this.#libc.close();
  }
}
