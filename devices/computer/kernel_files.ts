/**
 * Reading the kernel's files. Deno reads nothing in `/proc` and `/sys` unless everything is allowed;
 * the C library does, by a grant for its one file.
 *
 * @module
 */

/** Reads small files of the kernel. */
export interface KernelFiles extends Disposable {
  /** The file's text, or `undefined` if it isn't there or can't be read. */
  read(path: string): string | undefined;
}

/** Whether Deno has granted something already; it is never asked for. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

const ALL = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

function direct(): KernelFiles | undefined {
  if (!ALL.every((name) => isGranted({ name }))) return undefined;
  const read = (path: string): string | undefined => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return undefined;
    }
  };
  // A single --deny flag takes /proc away, and shows in no query without its value.
  return read("/proc/uptime") === undefined ? undefined : { read, [Symbol.dispose]() {} };
}

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
} as const;

/** The values of Linux on x86-64 and arm64. */
const READ_ONLY_CLOSE_ON_EXEC = 0o2000000;
const INTERRUPTED = 4;

class LibraryFiles implements KernelFiles {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #chunk = new Uint8Array(65_536);
  readonly #errno = new Int32Array(1);
  #open = true;

  constructor(path: string) {
    this.#library = Deno.dlopen(path, SYMBOLS);
  }

  /** Copied by C from where it is: a view of foreign memory would need unscoped `--allow-ffi`. */
  #lastError(): number | undefined {
    const { memcpy, __errno_location } = this.#library.symbols;
    memcpy(this.#errno, __errno_location(), 4n);
    return this.#errno[0];
  }

  #retry(call: () => number): number {
    for (;;) {
      const result = call();
      if (result >= 0 || this.#lastError() !== INTERRUPTED) return result;
    }
  }

  read(path: string): string | undefined {
    if (!this.#open) throw new TypeError(`Cannot read ${path}, as the C library is closed`);
    const { open, read, close } = this.#library.symbols;
    const name = new TextEncoder().encode(`${path}\0`);
    const file = this.#retry(() => open(name, READ_ONLY_CLOSE_ON_EXEC));
    if (file < 0) return undefined;
    try {
      const decoder = new TextDecoder();
      let text = "";
      for (;;) {
        const count = this.#retry(() =>
          Number(read(file, this.#chunk, BigInt(this.#chunk.length)))
        );
        if (count < 0) return undefined;
        if (count === 0) return text + decoder.decode();
        text += decoder.decode(this.#chunk.subarray(0, count), { stream: true });
      }
    } finally {
      close(file);
    }
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#library.close();
  }
}

/**
 * Where Linux distributions keep the C library: Debian's kin, then the others.
 *
 * @returns Absolute paths for `--allow-ffi`; none on another system.
 */
export function libraryPaths(): readonly string[] {
  if (Deno.build.os !== "linux") return [];
  return [`/lib/${Deno.build.arch}-linux-gnu/libc.so.6`, "/lib64/libc.so.6"];
}

/**
 * Opens the way to the kernel's files that is allowed: Deno's own if everything is, else by the C library.
 *
 * @param libraries Absolute paths of the C library; those that aren't granted are left alone.
 * @returns `undefined` if there is no way.
 */
export function openKernelFiles(libraries: readonly string[]): KernelFiles | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const files = direct();
  if (files !== undefined) return files;
  for (const path of libraries) {
    if (!isGranted({ name: "ffi", path })) continue;
    try {
      return new LibraryFiles(path);
    } catch {
      // Not there, or not a C library: the next one may be.
    }
  }
  return undefined;
}
