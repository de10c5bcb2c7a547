/**
 * What an experiment needs from Deno, as the command line that grants it.
 *
 * @module
 */

import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Permissions } from "../devices/device.ts";
import { shellQuote } from "./shell.ts";

/** The kinds of permission an experiment may need, in the order of the command line. */
const KINDS = ["read", "write", "net", "sys", "run", "ffi"] as const;

/** A kind of permission. */
export type PermissionKind = typeof KINDS[number];

/** One permission. */
export interface Permission {
  /** What sort it is: the word after `--allow-`. */
  readonly kind: PermissionKind;
  /** The flag's value: a path, `host:port`, … */
  readonly value: string;
}

/** Permissions of several parts as one list, each once. */
export function gather(parts: readonly Permissions[]): Permission[] {
  return KINDS.flatMap((kind) => {
    const values = parts.flatMap((part) => part[kind] ?? []).map((value) =>
      kind === "read" || kind === "write" ? shortPath(value) : value
    );
    return [...new Set(values)].map((value) => ({ kind, value }));
  });
}

/** A path as a person in the working directory would type it: relative within it. */
export function shortPath(path: string, folder: string = Deno.cwd()): string {
  const inside = relative(folder, resolve(folder, path));
  if (inside === "") return ".";
  const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? path : inside;
}

/** The permissions among these that Deno would refuse or ask for. Nobody is asked. */
export function missing(permissions: readonly Permission[]): Permission[] {
  return permissions.filter((permission) =>
    Deno.permissions.querySync(descriptor(permission)).state !== "granted"
  );
}

function descriptor({ kind, value }: Permission): Deno.PermissionDescriptor {
  switch (kind) {
    case "net":
      return { name: kind, host: value };
    case "sys":
      return { name: kind, kind: value as NonNullable<Deno.SysPermissionDescriptor["kind"]> };
    case "run":
      return { name: kind, command: value };
    default:
      return { name: kind, path: value };
  }
}

/** Permissions as `--allow-…` flags. */
export function permissionFlags(permissions: readonly Permission[]): string[] {
  return KINDS.flatMap((kind) => {
    const values = permissions.filter((one) => one.kind === kind)
      // A comma in a value is written twice.
      .map(({ value }) => value.replaceAll(",", ",,"));
    return values.length === 0 ? [] : [`--allow-${kind}=${values.join(",")}`];
  });
}

/**
 * The command that runs a script with these permissions and no others.
 *
 * @param script Path or URL of the script.
 * @param permissions What it needs.
 * @param args The script's own arguments.
 */
export function commandLine(
  script: string,
  permissions: readonly Permission[],
  args: readonly string[] = [],
): string {
  return ["deno", "run", ...permissionFlags(permissions), script, ...args].map(shellQuote).join(
    " ",
  );
}
