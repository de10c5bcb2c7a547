/**
 * Libraries of C that stand in for a system's.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** Compiles a source beside this file to a shared library. */
export function compileStandIn(source: string, to: string, ...flags: string[]): void {
  const { success, stderr } = new Deno.Command("gcc", {
    args: [
      "-shared",
      "-fPIC",
      "-fno-builtin",
      "-Wall",
      "-Werror",
      ...flags,
      "-o",
      to,
      fileURLToPath(new URL(source, import.meta.url)),
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
