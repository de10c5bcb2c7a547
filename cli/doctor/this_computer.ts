/**
 * This computer as the doctor sees it.
 *
 * @module
 */

import { networks } from "../../devices/discovery/networks.ts";
import { GpibBoard } from "../../devices/transports/gpib/board.ts";
import { gpibCandidates } from "../../devices/transports/gpib/candidates.ts";
import { NoGpibError } from "../../devices/transports/gpib/errors.ts";
import { serialPorts } from "../../devices/transports/serial/mod.ts";
import { serialLibraries } from "../../devices/transports/serial_name.ts";
import {
  permittedVariable,
  visaLibraryCandidates,
} from "../../devices/transports/visa_library/candidates.ts";
import { NoVisaLibraryError, VisaLibrary } from "../../devices/transports/visa_library/library.ts";
import { within } from "../../devices/transports/within.ts";
import { asError } from "../../session/stopped.ts";
import type { Clock } from "../../time/clock.ts";
import type { Facts, SystemFiles, Unseen } from "./facts.ts";
import { thisHost } from "./host.ts";
import { LibcFiles } from "./libc_files.ts";

function granted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

/** Files by the first C library that may be loaded, or why there are none. */
function openFiles(libraries: readonly string[]): LibcFiles | Unseen {
  if (Deno.build.os !== "linux") return { why: "it is looked at on Linux only" };
  let last: Unseen | undefined;
  for (const path of libraries.filter((path) => granted({ name: "ffi", path }))) {
    try {
      return new LibcFiles(path);
    } catch (error) {
      last = { why: `the C library can't be loaded: ${asError(error).message}` };
    }
  }
  return last ??
    { why: "Deno does not permit the C library", fix: `--allow-ffi=${libraries.join(",")}` };
}

/** This computer, until it is disposed. */
export function thisComputer(clock: Clock): Facts & Disposable {
  const systemLibraries = serialLibraries();
  const files: SystemFiles | Unseen = openFiles(systemLibraries);
  return {
    host: thisHost(),
    files,
    granted,
    systemLibraries,
    libraryPlaces: (kind) =>
      kind === "gpib"
        ? gpibCandidates(undefined)
        : visaLibraryCandidates(Deno.build.os, undefined, permittedVariable),
    async tryLibrary(kind, path, io) {
      try {
        const library = kind === "gpib"
          ? await GpibBoard.join({ library: path, board: 0, clock }, io)
          : await VisaLibrary.join(path, clock, io);
        await library.leave();
        return undefined;
      } catch (error) {
        const tried = error instanceof NoGpibError || error instanceof NoVisaLibraryError
          ? error.tried.join("; ")
          : "";
        return tried === "" ? asError(error).message : tried;
      }
    },
    serialPorts: () => serialPorts(),
    networks,
    async listens(port, io) {
      const late = (): Error => new Error("nobody answered");
      const connecting = Deno.connect({ hostname: "127.0.0.1", port });
      // A connection that comes too late must not stay.
      connecting.then((conn) => conn.close(), () => {});
      try {
        await within(connecting, io, clock, late);
        return true;
      } catch {
        return false;
      }
    },
    [Symbol.dispose]() {
      if (files instanceof LibcFiles) files[Symbol.dispose]();
    },
  };
}
