/**
 * What the doctor says of Deno and the system.
 *
 * @module
 */

import { VERSION } from "../../session/version.ts";
import type { Finding } from "./finding.ts";

/** Versions and the system. */
export interface Host {
  /** Deno's version. */
  readonly deno: string;
  /** The operating system, as Deno calls it. */
  readonly os: string;
  /** The processor, as Deno calls it. */
  readonly arch: string;
}

/** The oldest Deno that everything was tested with. */
const OLDEST_DENO = "2.9.6";

/** Systems whose buses were run, as against written from headers. */
const RUN_ON: readonly string[] = ["linux"];

/** This computer. */
export function thisHost(): Host {
  return { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch };
}

/** Whether version `a` is older than `b`. */
function isOlder(a: string, b: string): boolean {
  const numbers = (version: string): number[] => version.split(/[.-]/).map(Number);
  const theirs = numbers(b);
  for (const [i, part] of numbers(a).slice(0, 3).entries()) {
    const other = theirs[i] ?? 0;
    if (part !== other) return part < other;
  }
  return false;
}

/** Looks at versions and the system. */
export function examineHost({ deno, os, arch }: Host): Finding[] {
  const findings: Finding[] = [{ verdict: "ok", message: `Stripchart ${VERSION}` }];
  findings.push(
    isOlder(deno, OLDEST_DENO)
      ? {
        verdict: "problem",
        message: `Deno ${deno} is older than ${OLDEST_DENO}, the oldest that is tested`,
        fix: "deno upgrade",
      }
      : { verdict: "ok", message: `Deno ${deno}` },
  );
  findings.push(
    RUN_ON.includes(os) ? { verdict: "ok", message: `${os} on ${arch}` } : {
      verdict: "warning",
      message:
        `${os} on ${arch}: serial lines and libraries are written from its headers, not yet run on it`,
    },
  );
  return findings;
}
