/**
 * Serial ports by number, and the libraries that they need.
 *
 * @module
 */

import { libcCandidates } from "./serial/linux/libc.ts";

/**
 * The system's name of a port: VISA's `ASRL1` is `COM1` on Windows and `/dev/ttyS0` on Linux.
 *
 * @param port A number as VISA counts, or the system's name.
 * @param os The system.
 * @throws {RangeError} If the system's ports have no such number.
 */
export function serialPath(port: number | string, os: string = Deno.build.os): string {
  if (typeof port === "string") return port;
  if (os === "windows") return `COM${port}`;
  if (os === "linux" && port > 0) return `/dev/ttyS${port - 1}`;
  throw new RangeError(
    `Cannot open ASRL${port}::INSTR, as serial ports have no such number on ${os}. ` +
      `Name the device, as ASRL/dev/ttyUSB0::INSTR.`,
  );
}

/**
 * The system's libraries of which one is loaded for a serial port: the first that is there, if that may be looked
 * at, or else all that it may be.
 */
export function serialLibraries(): readonly string[] {
  if (Deno.build.os === "windows") return ["C:\\Windows\\System32\\kernel32.dll"];
  if (Deno.build.os === "darwin") return ["/usr/lib/libSystem.B.dylib"];
  const candidates = libcCandidates(Deno.build.arch);
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
