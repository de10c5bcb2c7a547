/**
 * One writer a file: a locked file beside it, which also keeps some disk space in reserve.
 *
 * @module
 */

import { systemClock } from "../../time/system_clock.ts";

/** Bytes kept in reserve, so that a run can end cleanly on a full disk. */
export const RESERVE_BYTES = 2 ** 20;

/** Kept until the very end, for the event that says what is missing. */
const LAST_BYTES = 2 ** 18;

/** The holder's line is before it, the reserve behind. */
const HEADER_BYTES = 4096;

const MOST_TRIES = 100;
/** Tries that somebody who only looks may spoil. */
const GLANCES = 20;

interface Holder {
  readonly pid: number;
  readonly since: string;
  readonly name: string;
}

/** Exclusive use of a session's file. The kernel frees it when the process dies, however it dies. */
export class FileLock implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #open = true;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Takes the lock of a session's file.
   *
   * @param path The session's file.
   * @param reserve Bytes to keep in reserve.
   * @throws {Error} If another session uses it, here or in another process, or there is no room.
   */
  static acquire(path: string, reserve = RESERVE_BYTES): FileLock {
    const beside = `${path}.lock`;
    for (let tries = 1;; tries++) {
      let file: Deno.FsFile;
      try {
        file = Deno.openSync(beside, { read: true, write: true, create: true });
      } catch (error) {
        throw unusable(path, error);
      }
      let lock: FileLock | undefined;
      try {
        if (!file.tryLockSync(true)) {
          // Whoever looks whether it is held holds it for a moment.
          if (tries < GLANCES) continue;
          throw inUse(path, beside);
        }
        // Its last holder may have removed it between the opening and the locking.
        if (!isAt(file, beside)) {
          if (tries < MOST_TRIES) continue;
          throw new Error("it does not stay where it is made");
        }
        fill(file, { pid: Deno.pid, since: since(), name: path }, reserve);
        lock = new FileLock(beside, file);
        return lock;
      } catch (error) {
        throw error instanceof Error && error.message.startsWith("Cannot open")
          ? error
          : unusable(path, error);
      } finally {
        if (lock === undefined) file.close();
      }
    }
  }

  /** Gives the reserve back to the disk: all but a last part, or all of it. */
  free(all: boolean): void {
    if (!this.#open) return;
    const size = all ? HEADER_BYTES : HEADER_BYTES + LAST_BYTES;
    if (this.#file.statSync().size > size) this.#file.truncateSync(size);
  }

  /** Gives the file free and removes the lock's file. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      // Removed while it is locked: whoever waits for it sees that it is gone and makes a new one.
      if (isAt(this.#file, this.#path)) Deno.removeSync(this.#path);
    } catch {
      // A file that is left behind is not locked, and so does no harm.
    }
    this.#file.close();
  }
}

/**
 * Whether a session's file is being written, by this or another process.
 *
 * @returns Undefined if Deno or the system does not let that be seen.
 */
export function isHeld(path: string): boolean | undefined {
  try {
    using file = Deno.openSync(`${path}.lock`, { read: true });
    return !file.tryLockSync(false);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : undefined;
  }
}

function isAt(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The wall clock, for a person to read: it decides nothing. */
function since(): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(systemClock.wall() / 1e3));
  return instant.toString({ smallestUnit: "second" });
}

function fill(file: Deno.FsFile, holder: Holder, reserve: number): void {
  file.truncateSync(0);
  // Real bytes: a hole would reserve nothing.
  const bytes = new Uint8Array(HEADER_BYTES + reserve).fill(0x20);
  new TextEncoder().encodeInto(`${JSON.stringify(holder)}\n`, bytes.subarray(0, HEADER_BYTES));
  file.seekSync(0, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function inUse(path: string, beside: string): Error {
  let who = "another session";
  try {
    const line = Deno.readTextFileSync(beside).split("\n", 1)[0] ?? "";
    const holder = JSON.parse(line) as Holder;
    who = `pid ${holder.pid}${
      holder.pid === Deno.pid ? " (this process)" : ""
    } since ${holder.since}`;
  } catch {
    // Where a lock forbids reading, as on Windows, nobody can be named.
  }
  return new Error(
    `Cannot open ${path} as it is in use by ${who}: stop it or choose --session.`,
  );
}

function unusable(path: string, cause: unknown): Error {
  if (cause instanceof Deno.errors.NotCapable) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const why = cause instanceof Deno.errors.NotFound
    ? "its folder does not exist"
    : cause instanceof Deno.errors.PermissionDenied || /read-only/i.test(message)
    ? "its folder may not be written"
    : /no space/i.test(message)
    ? "the disk is full"
    : `the file beside it, ${path}.lock, cannot be locked (${message})`;
  return new Error(`Cannot open ${path} as ${why}. Choose another place with --session.`, {
    cause,
  });
}
