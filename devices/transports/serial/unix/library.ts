/**
 * The system's library and its permission.
 *
 * @module
 */

/** What finding a library depends on; tests have their own. */
export interface LibraryAccess {
  /** Whether loading it needs no question. */
  granted(path: string): boolean;
  /** Whether it is there; undefined if that can't be seen. */
  exists(path: string): boolean | undefined;
}

function permitted(name: "ffi" | "read", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/** This process's. */
export const libraryAccess: LibraryAccess = {
  granted: (path) => permitted("ffi", path),
  exists(path) {
    if (!permitted("read", path)) return undefined;
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
};

/**
 * The libraries to try, in order: those that are granted, or else the first that is not known to be absent,
 * for which Deno asks at a terminal.
 */
export function librariesToTry(
  candidates: readonly string[],
  access: LibraryAccess,
): readonly string[] {
  const granted = candidates.filter((path) => access.granted(path));
  if (granted.length > 0) return granted;
  return candidates.filter((path) => access.exists(path) !== false).slice(0, 1);
}

/**
 * Loads the first library that can be.
 *
 * @param what What it is for, to be read after "Cannot".
 * @throws {Deno.errors.NotCapable} If none is permitted; it names the flag.
 * @throws {Deno.errors.NotFound} If none is there.
 */
export function loadFirst<T>(
  candidates: readonly string[],
  what: string,
  load: (path: string) => T,
  access: LibraryAccess = libraryAccess,
): T {
  const failures: string[] = [];
  for (const path of librariesToTry(candidates, access)) {
    try {
      return load(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        const others = candidates.filter((other) => other !== path);
        throw new Deno.errors.NotCapable(
          `Cannot ${what}, as that takes the system's library, which is not permitted: ${path}. ` +
            `Run Deno with --allow-ffi=${path}` +
            (others.length > 0 ? ` (or where this system has it: ${others.join(", ")})` : ""),
          { cause: error },
        );
      }
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Deno.errors.NotFound(
    `Cannot ${what}, as the system's library is at none of the usual places: ` +
      `${candidates.join(", ")}${failures.map((failure) => `; ${failure}`).join("")}`,
  );
}
