/**
 * What the doctor looks at: this computer, or what a test makes up.
 *
 * @module
 */

import type { Network } from "../../devices/discovery/networks.ts";
import type { SerialPortInfo } from "../../devices/transports/serial/control.ts";
import type { UnixFiles } from "../../devices/transports/serial/unix/calls.ts";
import type { Io } from "../../devices/transports/transport.ts";
import type { Host } from "./host.ts";

/** Whose a file is. */
export interface Owner {
  /** The user's number. */
  readonly uid: number;
  /** The group's number. */
  readonly gid: number;
  /** Who may do what, in the bits of `chmod`. */
  readonly mode: number;
}

/** Who runs this. */
export interface User {
  /** The user's number. */
  readonly uid: number;
  /** The numbers of the groups that this process is in. */
  readonly groups: readonly number[];
}

/** The files of a system, and who may use them. Nothing is opened but small text files. */
export interface SystemFiles extends UnixFiles {
  /** Whether this user may read and write a file. */
  mayUse(path: string): boolean;
  /** Whose a file is; undefined if there is none or the system can't say. */
  owner(path: string): Owner | undefined;
  /** A text file, however long; undefined if it can't be read. */
  wholeText(path: string): string | undefined;
  /** Who runs this. */
  user(): User;
}

/** What can't be looked at, and why. */
export interface Unseen {
  /** Half a sentence, to be read after "as". */
  readonly why: string;
  /** What would let it be seen, if anything does. */
  readonly fix?: string;
}

/** Libraries that are tried. */
export type LibraryKind = "visa" | "gpib";

/** A computer as the doctor sees it. */
export interface Facts {
  /** Versions and the system. */
  readonly host: Host;
  /** Its files. */
  readonly files: SystemFiles | Unseen;
  /** Whether Deno permits something, without asking. */
  granted(permission: Deno.PermissionDescriptor): boolean;
  /** The C library that serial ports need: one of these paths. */
  readonly systemLibraries: readonly string[];
  /** Where libraries of a kind may be. */
  libraryPlaces(kind: LibraryKind): readonly string[];
  /** Loads a library, and gives it back; why that can't be done, if it can't. */
  tryLibrary(kind: LibraryKind, path: string, io: Io): Promise<string | undefined>;
  /** The serial ports that there are. */
  serialPorts(): readonly SerialPortInfo[];
  /** The networks that this computer is in; undefined if that is not permitted. */
  networks(): readonly Network[] | undefined;
  /** Whether something takes connections at a port of this computer's. */
  listens(port: number, io: Io): Promise<boolean>;
}

/** Whether files can be seen. */
export function seen(files: SystemFiles | Unseen): files is SystemFiles {
  return "list" in files;
}
