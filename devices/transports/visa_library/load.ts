/**
 * Loads a VISA library, and small things that its calls need.
 *
 * @module
 */

import type { VisaResult } from "./messages.ts";
import { STATUS, SYMBOLS } from "./visa.ts";

const encoder = new TextEncoder();

/** Text as C takes it. */
export function cstring(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/** Text as C gives it. */
export function textOf(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(buffer.subarray(0, end < 0 ? buffer.length : end));
}

/** Whether a status, unsigned, is an error. */
export function failed(status: number): boolean {
  return status >= 0x80000000;
}

/** The result of a function that the library has not. */
export function missing(name: string): VisaResult {
  return { status: STATUS.NSUP_OPER, missing: name };
}

/** A library and its one resource manager. */
export interface LoadedVisa {
  /** The library. */
  readonly library: Deno.DynamicLibrary<typeof SYMBOLS>;
  /** The resource manager's session. */
  readonly manager: number;
}

/** Loads the first library that can be, or gives the reason for each. */
export async function loadVisa(
  candidates: readonly string[],
): Promise<LoadedVisa | readonly string[]> {
  const reasons: string[] = [];
  for (const path of candidates) {
    // Asking the user at the terminal would stop an unattended run.
    if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") {
      reasons.push(`${path} (not permitted)`);
      continue;
    }
    try {
      const library = Deno.dlopen(path, SYMBOLS);
      const out = new Uint32Array(1);
      const status = await library.symbols.viOpenDefaultRM(out) >>> 0;
      if (!failed(status)) return { library, manager: out[0] ?? 0 };
      library.close();
      reasons.push(`${path} (its resource manager fails with 0x${status.toString(16)})`);
    } catch (error) {
      reasons.push(`${path} (${error instanceof Error ? error.message : error})`);
    }
  }
  return reasons;
}
