/**
 * What was run, where and with what: kept with each run, so that a figure can be traced to its script.
 *
 * Everything is taken only as far as Deno already permits; what is not permitted is null, with the reason.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Found, kindGranted, readGranted } from "./_granted.ts";
import { findRepository, foldersAbove, type GitProvenance, gitProvenance } from "./git.ts";
import { VERSION } from "./version.ts";

/** The script that a run was started from. */
export type ScriptProvenance = {
  /** Its URL; of a `data:` URL only the beginning. */
  readonly url: string;
  /** Its path; null if it is not a file. */
  readonly path: string | null;
  /** Its text; null if it could not be read. */
  readonly source: string | null;
  /** SHA-256 of its bytes in hexadecimal digits; null if it could not be read. */
  readonly sha256: string | null;
};

/** What was run, where and with what: plain JSON. */
export type Provenance = {
  /** The script. */
  readonly script: ScriptProvenance;
  /** The nearest lock file, in the script's folder or above it. */
  readonly lock: {
    /** Its path. */
    readonly path: string;
    /** SHA-256 of its bytes in hexadecimal digits. */
    readonly sha256: string;
  } | null;
  /** The script's repository. */
  readonly git: GitProvenance | null;
  /** Versions of what ran it. */
  readonly versions: {
    /** Deno. */
    readonly deno: string;
    /** Its JavaScript engine. */
    readonly v8: string;
    /** Its TypeScript. */
    readonly typescript: string;
    /** This library. */
    readonly stripchart: string;
  };
  /** The computer. */
  readonly host: {
    /** Its name; null without `--allow-sys=hostname`. */
    readonly name: string | null;
    /** Such as `"linux"`. */
    readonly os: string;
    /** Such as `"x86_64"`. */
    readonly arch: string;
  };
  /** The script's arguments. */
  readonly args: readonly string[];
  /** The process's number. */
  readonly pid: number;
  /** For each part that is null, such as `"git.commit"`, why it is; a part within it is not named again. */
  readonly missing: { readonly [part: string]: string };
};

/** What {@linkcode collectProvenance} and {@linkcode provenancePermissions} look at. */
export interface ProvenanceOptions {
  /**
   * URL of the script.
   * @default Deno.mainModule
   */
  readonly script?: string;
  /**
   * True in a program made by `deno compile`, which does not carry its sources.
   * @default Deno.build.standalone
   */
  readonly compiled?: boolean;
}

/** The script's path, or why it has none. */
function scriptPath(options: ProvenanceOptions): Found<string> {
  const url = options.script ?? Deno.mainModule;
  if (options.compiled ?? Deno.build.standalone) {
    return { value: null, why: "the program is compiled" };
  }
  if (!url.startsWith("file:")) {
    return {
      value: null,
      why: `the script is not a file but ${url.slice(0, url.indexOf(":") + 1)}`,
    };
  }
  return { value: fileURLToPath(url) };
}

function sha256(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The host's name, if it is permitted. */
function hostname(): Found<string> {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  if (state !== "granted") return { value: null, why: "no --allow-sys=hostname" };
  return { value: Deno.hostname() };
}

/**
 * Collects what there is to know of the present run.
 *
 * It starts no process and never asks for a permission: it reads the script, the nearest `deno.lock` and the
 * `.git` folder where `--allow-read` covers them, and the host's name with `--allow-sys=hostname`.
 *
 * @param options Which script; the present one if left out.
 */
export function collectProvenance(options: ProvenanceOptions = {}): Provenance {
  const missing: Record<string, string> = {};
  /** The value, or null with the reason noted. */
  const take = <T>(part: string, found: Found<T>): T | null => {
    if (found.value === null && "why" in found) missing[part] = found.why;
    return found.value;
  };

  const url = options.script ?? Deno.mainModule;
  const path = take("script.path", scriptPath(options));
  const content = path === null ? null : take("script.source", readGranted(path));
  const script: ScriptProvenance = {
    url: url.startsWith("data:") && url.length > 80 ? `${url.slice(0, 80)}…` : url,
    path,
    source: content === null ? null : new TextDecoder().decode(content),
    sha256: content === null ? null : sha256(content),
  };

  let lock: Provenance["lock"] = null;
  let git: GitProvenance | null = null;
  if (path === null) {
    for (const part of ["script.source", "lock", "git"]) {
      missing[part] = missing["script.path"] ?? "";
    }
  } else {
    const lockPath = findLock(path);
    const bytes = lockPath === null
      ? take("lock", { value: null, why: "no deno.lock was found where reading is permitted" })
      : take("lock", readGranted(lockPath));
    if (lockPath !== null && bytes !== null) lock = { path: lockPath, sha256: sha256(bytes) };

    const repository = findRepository(path);
    if (repository === null) {
      missing["git"] = "no repository was found where reading is permitted";
    } else {
      const { git: found, why } = gitProvenance(repository, path, content);
      git = found;
      for (const [part, reason] of Object.entries(why)) missing[`git.${part}`] = reason;
    }
  }

  return {
    script,
    lock,
    git,
    versions: { ...Deno.version, stripchart: VERSION },
    host: { name: take("host.name", hostname()), os: Deno.build.os, arch: Deno.build.arch },
    args: [...Deno.args],
    pid: Deno.pid,
    missing,
  };
}

/** The nearest `deno.lock` that may be looked at. */
function findLock(path: string): string | null {
  const candidates = foldersAbove(path).map((folder) => join(folder, "deno.lock"));
  return candidates.find((candidate) => kindGranted(candidate) === "file") ?? null;
}

/**
 * The paths that {@linkcode collectProvenance} would like to read, for the line of permissions that is
 * printed to the user. None of them is necessary.
 *
 * Where looking is not permitted, the lock file and the repository are taken to be in the working directory if the
 * script is below it, and else in the script's folder.
 *
 * @param options Which script; the present one if left out.
 * @returns Absolute paths for `--allow-read`; none for a script that is not a file.
 */
export function provenancePermissions(options: ProvenanceOptions = {}): string[] {
  const path = scriptPath(options).value;
  if (path === null) return [];
  const here = Deno.cwd();
  const folder = foldersAbove(path).includes(here) ? here : dirname(path);
  const repository = findRepository(path);
  const git = repository === null
    ? [join(folder, ".git")]
    : [join(repository.root, ".git"), repository.folder, repository.common];
  // A path inside another one of the list needs no mention of its own.
  const distinct = [...new Set(git)].filter((one, _, all) =>
    !all.some((other) => other !== one && one.startsWith(`${other}${sep}`))
  );
  return [path, findLock(path) ?? join(folder, "deno.lock"), ...distinct];
}
