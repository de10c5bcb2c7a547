/**
 * Where VISA libraries are.
 *
 * @module
 */

/** Names of variables that hold a library's path; the first one wins. */
export const LIBRARY_VARIABLES = ["STRIPCHART_VISA_LIBRARY", "PYVISA_LIBRARY"] as const;

const PLACES: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "/usr/lib/x86_64-linux-gnu/libvisa.so",
    "/usr/lib/x86_64-linux-gnu/libvisa.so.0",
    "/usr/lib64/libvisa.so",
    "/usr/lib/libvisa.so",
    "/usr/lib/librsvisa.so",
    "/usr/lib/x86_64-linux-gnu/librsvisa.so",
    "/opt/keysight/iolibs/libktvisa32.so",
  ],
  darwin: [
    "/Library/Frameworks/VISA.framework/VISA",
    "/Library/Frameworks/RsVisa.framework/RsVisa",
  ],
  windows: [
    "C:\\Windows\\System32\\visa64.dll",
    "C:\\Windows\\System32\\visa32.dll",
    "C:\\Windows\\System32\\nivisa64.dll",
    "C:\\Windows\\System32\\ktvisa32.dll",
    "C:\\Windows\\System32\\RsVisa32.dll",
  ],
};

/**
 * The libraries to try, in order. A path that is given, or else one in the environment, is the only one.
 *
 * @param os As `Deno.build.os`.
 * @param given The path that the user gave.
 * @param variable Reads a variable of the environment; undefined if it is not set or may not be read.
 */
export function visaLibraryCandidates(
  os: string,
  given: string | undefined,
  variable: (name: string) => string | undefined,
): readonly string[] {
  if (given !== undefined) return [given];
  for (const name of LIBRARY_VARIABLES) {
    // pyvisa lets a back end follow the path.
    const path = variable(name)?.replace(/@\w*$/, "");
    if (path) return [path];
  }
  return PLACES[os] ?? [];
}

/** Reads a variable of the environment only if that is permitted: it is never asked for. */
export function permittedVariable(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
    return undefined;
  }
  return Deno.env.get(name);
}

/**
 * The libraries of which one is loaded: the first that is there, if that may be looked at, or else all that it may
 * be.
 */
export function visaLibraries(): readonly string[] {
  const candidates = visaLibraryCandidates(Deno.build.os, undefined, permittedVariable);
  for (const path of candidates) {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return candidates;
    try {
      Deno.statSync(path);
      return [path];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return candidates;
}
