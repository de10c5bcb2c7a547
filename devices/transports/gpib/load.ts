/**
 * Loads a GPIB library.
 *
 * @module
 */

import { STAY_LOADED, SYMBOLS } from "./ib.ts";

/** A library that is loaded. */
export interface LoadedGpib {
  /** Its functions. */
  readonly symbols: Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;
  /** The code of the last error on this thread. */
  error(): number;
  /** Bytes of the last transfer on this thread, or the number of its failed system call. */
  count(): number;
  /** Gives it back. */
  close(): void;
}

/** Loads the first library that can be, or gives the reason for each. */
export function loadGpib(candidates: readonly string[]): LoadedGpib | readonly string[] {
  const reasons: string[] = [];
  for (const path of candidates) {
    // Asking the user at the terminal would stop an unattended run.
    if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") {
      reasons.push(`${path} (not permitted)`);
      continue;
    }
    try {
      return load(path);
    } catch (error) {
      reasons.push(`${path} (${error instanceof Error ? error.message : error})`);
    }
  }
  return reasons;
}

function load(path: string): LoadedGpib {
  const library = Deno.dlopen(path, SYMBOLS);
  const { symbols } = library;
  const error = symbols.ThreadIberr ?? symbols.Iberr;
  const count = symbols.ThreadIbcntl ?? symbols.Ibcnt;
  if (error === null || count === null) {
    library.close();
    throw new Error("it has no ThreadIberr and ThreadIbcntl");
  }
  // linux-gpib has the system call it when a thread ends that has used it: it must not be gone by then.
  if (Deno.build.os === "linux") {
    symbols.dlopen?.(new TextEncoder().encode(`${path}\0`), STAY_LOADED);
  }
  return {
    symbols,
    error: () => error(),
    count: () => Number(count()),
    close: () => library.close(),
  };
}
