/**
 * What the doctor says of libraries: vendors' VISA, and GPIB.
 *
 * @module
 */

import type { Io } from "../../devices/transports/transport.ts";
import { type Facts, type LibraryKind, seen } from "./facts.ts";
import type { Finding } from "./finding.ts";

const NAMES: Readonly<Record<LibraryKind, string>> = {
  visa: "VISA library of an instrument maker's",
  gpib: "GPIB library",
};

/** Tries the libraries of a kind that are there. */
export async function examineLibraries(
  kind: LibraryKind,
  facts: Facts,
  io: Io,
): Promise<Finding[]> {
  const places = facts.libraryPlaces(kind);
  const { files } = facts;
  const permitted = (path: string): boolean => facts.granted({ name: "ffi", path });
  const there = seen(files) ? places.filter((path) => files.realPath(path) !== undefined) : places;
  if (there.length === 0) {
    const looked = places.length === 0 ? "" : ` at any of ${places.length} usual places`;
    return [{ verdict: "ok", message: `there is no ${NAMES[kind]}${looked}` }];
  }
  const findings: Finding[] = [];
  const unseen: string[] = [];
  for (const path of there) {
    if (!permitted(path)) {
      unseen.push(path);
      continue;
    }
    const why = await facts.tryLibrary(kind, path, io);
    if (why === undefined) findings.push({ verdict: "ok", message: `${path} loads` });
    // Where nobody could look whether it is there, that it can't be loaded says nothing.
    else if (seen(files)) {
      findings.push({ verdict: "warning", message: `${path} is of no use: ${why}` });
    }
  }
  if (unseen.length > 0) {
    findings.push({
      verdict: "unseen",
      message: seen(files)
        ? `${unseen.join(", ")}: there, but not tried, as Deno does not permit it`
        : `whether there is a ${NAMES[kind]} can't be seen`,
      fix: `--allow-ffi=${unseen.join(",")}`,
    });
  }
  if (findings.length === 0) {
    findings.push({ verdict: "ok", message: `there is no ${NAMES[kind]} that could be loaded` });
  }
  return findings;
}
