/**
 * Where GPIB libraries are.
 *
 * @module
 */

import { permittedVariable } from "../visa_library/candidates.ts";

/** Name of the variable that holds a library's path. */
export const LIBRARY_VARIABLE = "STRIPCHART_GPIB_LIBRARY";

/** linux-gpib first, then National Instruments' NI-488.2, which has the same functions. */
function places(os: string, arch: string): readonly string[] {
  switch (os) {
    case "linux":
      return [
        `/usr/lib/${arch}-linux-gnu/libgpib.so.0`,
        "/usr/local/lib/libgpib.so.0",
        "/usr/lib64/libgpib.so.0",
        "/usr/lib/libgpib.so.0",
        `/usr/lib/${arch}-linux-gnu/libgpibapi.so`,
        "/usr/lib64/libgpibapi.so",
      ];
    case "darwin":
      return [
        "/Library/Frameworks/NI4882.framework/NI4882",
        "/Library/Frameworks/NI488.framework/NI488",
      ];
    case "windows":
      return ["C:\\Windows\\System32\\ni4882.dll"];
    default:
      return [];
  }
}

/** The system that libraries are looked for on. */
export interface GpibSystem {
  /** As `Deno.build.os`. */
  readonly os: string;
  /** As `Deno.build.arch`. */
  readonly arch: string;
  /** Reads a variable of the environment; undefined if it is not set or may not be read. */
  variable(name: string): string | undefined;
  /** Whether a library may be loaded. */
  granted(path: string): boolean;
  /** Whether there is such a file; undefined if that may not be looked at. */
  exists(path: string): boolean | undefined;
}

const THIS_SYSTEM: GpibSystem = {
  os: Deno.build.os,
  arch: Deno.build.arch,
  variable: permittedVariable,
  granted: (path) => Deno.permissions.querySync({ name: "ffi", path }).state === "granted",
  exists(path) {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
    try {
      Deno.statSync(path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      return undefined;
    }
  },
};

/**
 * The libraries to try, in order. A path that is given, or else one in the environment, is the only one.
 *
 * @param given The path that the user gave.
 */
export function gpibCandidates(
  given: string | undefined,
  system: GpibSystem = THIS_SYSTEM,
): readonly string[] {
  const one = given ?? system.variable(LIBRARY_VARIABLE);
  return one ? [one] : places(system.os, system.arch);
}

/**
 * The libraries that must be permitted: those of the candidates that are already, or else the one that is there,
 * or else, where nobody may look, all.
 *
 * @param given The path that the user gave.
 */
export function gpibLibraries(
  given: string | undefined,
  system: GpibSystem = THIS_SYSTEM,
): readonly string[] {
  const candidates = gpibCandidates(given, system);
  const granted = candidates.filter((path) => system.granted(path));
  if (granted.length > 0) return granted;
  const there = candidates.find((path) => system.exists(path));
  return there === undefined ? candidates : [there];
}
