/**
 * What a session's file needs from Deno.
 *
 * @module
 */

import type { Permissions } from "../devices/device.ts";

/** The permissions that recording into a file takes; none for \`:memory:\`. */
export function filePermissions(file: string): Permissions {
  if (file === ":memory:") return {};
  return { read: [file, `${file}-wal`, `${file}.lock`], write: [file, `${file}.lock`] };
}
