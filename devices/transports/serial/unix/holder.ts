/**
 * Who has a port open.
 *
 * @module
 */

import type { UnixFiles } from "./calls.ts";

/** A program that has a file open. */
export interface Holder {
  /** Its process. */
  readonly pid: number;
  /** Its name. */
  readonly name: string;
}

/**
 * Looks for the programs that have a file open, as far as this user may see. If some of them lock it, the
 * others are left out: they only look on.
 *
 * @param path The file, without links.
 * @param except The descriptor that found the file in use.
 */
export function findHolders(
  files: UnixFiles,
  path: string,
  except: { readonly pid: number; readonly fd: number },
): Holder[] {
  const holders = new Map<number, Holder & { locks: boolean }>();
  for (const pid of files.list("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
    for (const fd of files.list(`/proc/${pid}/fd`)) {
      if (pid === except.pid && fd === String(except.fd)) continue;
      if (files.readLink(`/proc/${pid}/fd/${fd}`) !== path) continue;
      const locks = /^lock:.*FLOCK/m.test(files.readText(`/proc/${pid}/fdinfo/${fd}`) ?? "") ||
        holders.get(pid)?.locks === true;
      holders.set(pid, { pid, name: files.readText(`/proc/${pid}/comm`) ?? "?", locks });
    }
  }
  const all = [...holders.values()];
  const locking = all.filter(({ locks }) => locks);
  return (locking.length > 0 ? locking : all).map(({ pid, name }) => ({ pid, name }));
}

/** The end of a message on a port in use: by whom, and what to do. */
export function inUseBy(holders: readonly Holder[], path: string, ownPid: number): string {
  const others = holders.filter(({ pid }) => pid !== ownPid);
  if (others.length > 0) {
    const names = others.map(({ pid, name }) => `pid ${pid} (${name})`).join(", ");
    return `it is in use by ${names}. Stop that program, or close the port in it.`;
  }
  if (holders.length > 0) {
    return `this program has it open already (pid ${ownPid}). Open it once, and let both use it.`;
  }
  return "it is in use by a program that this user may not see. " +
    `Find it with: sudo fuser ${path}`;
}
