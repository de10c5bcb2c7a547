/**
 * Notices that the file or its write-ahead log is no longer where it was.
 *
 * SQLite goes on writing to a removed log without an error, and what it writes then is lost. That happens
 * if somebody deletes or moves files, and if any other code in this process opens and closes the
 * file, since POSIX locks belong to a process and end with the first close.
 *
 * @module
 */

function inode(path: string): { ino: number | null; size: number } | undefined {
  try {
    const { ino, size } = Deno.statSync(path);
    return { ino, size };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Remembers a file and its write-ahead log by their inodes. */
export class WalGuard {
  readonly #path: string;
  readonly #wal: string;
  readonly #fileInode: number | null | undefined;
  readonly #walInode: number | null | undefined;
  /** Size of the write-ahead log when it was last looked at, in bytes. */
  walSize = 0;

  /** Remembers a file that is open and whose write-ahead log exists. */
  constructor(path: string) {
    this.#path = path;
    this.#wal = `${path}-wal`;
    this.#fileInode = inode(this.#path)?.ino;
    this.#walInode = inode(this.#wal)?.ino;
  }

  /** What is amiss, in words, or undefined. */
  look(): string | undefined {
    const file = inode(this.#path);
    if (file === undefined) return "the file was moved or removed";
    if (file.ino !== this.#fileInode) return "the file was replaced by another one";
    const wal = inode(this.#wal);
    if (wal === undefined) return "its write-ahead log was moved or removed";
    if (wal.ino !== this.#walInode) return "its write-ahead log was replaced by another one";
    this.walSize = wal.size;
    return undefined;
  }
}
