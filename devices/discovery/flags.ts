/**
 * What Deno has granted, looked at and never asked for.
 *
 * @module
 */

import type { Permissions } from "../device.ts";

const KINDS = ["read", "net", "sys", "ffi"] as const;

function isGranted(kind: typeof KINDS[number], value: string): boolean {
  const descriptor: Deno.PermissionDescriptor = kind === "net"
    ? { name: kind, host: value }
    : kind === "sys"
    ? { name: kind, kind: value as NonNullable<Deno.SysPermissionDescriptor["kind"]> }
    : { name: kind, path: value };
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** The flags that would grant what is not granted. */
export function flagsFor(permissions: Permissions): string[] {
  return KINDS.flatMap((kind) => {
    const values = (permissions[kind] ?? []).filter((value) => !isGranted(kind, value));
    return values.length === 0 ? [] : [`--allow-${kind}=${values.join(",")}`];
  });
}

/**
 * The flag for a library that may be at one of several places: none if one of them is granted.
 *
 * @param places Where it may be.
 * @param likely Those to name in the flag.
 */
export function flagsForLibrary(
  places: readonly string[],
  likely: readonly string[] = places,
): string[] {
  if (places.some((place) => isGranted("ffi", place))) return [];
  return likely.length === 0 ? [] : [`--allow-ffi=${likely.join(",")}`];
}
