/**
 * What a dry run leaves for a person to look at.
 *
 * @module
 */

import type { Sample } from "./verb.ts";

/**
 * The path of a sample: beside the session's file, named like it.
 *
 * @param file The session's file, with data that is kept.
 * @param ending What its name ends with.
 */
export function samplePath(file: string, ending: string): string {
  return `${file.replace(/\.db$/, "")}-${ending}`;
}

/**
 * Writes samples where that is permitted; nobody is asked.
 *
 * @param samples What a dry run left.
 * @param file The session's file, beside which they are.
 * @param command The command that is permitted to write them.
 * @returns What became of each, in lines for a person.
 */
export function writeSamples(samples: readonly Sample[], file: string, command: string): string[] {
  const lines: string[] = [];
  let refused = false;
  for (const { ending, about, text } of samples) {
    const path = samplePath(file, ending);
    if (Deno.permissions.querySync({ name: "write", path }).state !== "granted") {
      lines.push(`${about} no file, as Deno does not permit to write ${path}.`);
      refused = true;
      continue;
    }
    try {
      Deno.writeTextFileSync(path, text);
      lines.push(`${about} ${path}: open it in a browser.`);
    } catch (error) {
      lines.push(`${about} no file: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (refused) lines.push(`To look at it, run\n  ${command}`);
  return lines;
}
