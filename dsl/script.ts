/**
 * The script that the experiment is written in.
 *
 * @module
 */

import { basename, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { shortPath } from "../command_line/permissions.ts";

/** The script's path, if it is a file. */
function scriptPath(url: string): string | null {
  // What `deno eval` and the prompt run has a URL of a file that isn't there.
  if (!url.startsWith("file:") || /\/\$deno\$[^/]*$/.test(url)) return null;
  return fileURLToPath(url);
}

/** The script as a person would type it. */
export function scriptName(url: string = Deno.mainModule): string {
  const path = scriptPath(url);
  if (path !== null) return Deno.build.standalone ? basename(path) : shortPath(path);
  return /^(?:https?|jsr|npm):/.test(url) ? url : "SCRIPT";
}

/** What an experiment without a name is called: after its script, if that is a file. */
export function nameFromScript(url: string = Deno.mainModule): string {
  const path = scriptPath(url);
  return (path === null ? "" : parse(path).name) || "experiment";
}
