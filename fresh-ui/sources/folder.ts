/**
 * The sessions of a folder.
 *
 * @module
 */

import { join } from "node:path";
import { asError } from "../../session/stopped.ts";
import type { SessionList, SessionRow } from "../protocol.ts";
import type { WatchedSession } from "../watched_session.ts";
import type { Sources } from "./sources.ts";

/** Sessions that stay open at once; those that nobody has looked at for longest are closed. */
const MOST_OPEN = 16;
/** Files of a folder that are shown. */
const MOST_FILES = 1_000;

/** What is known of a file, as of when it looked so. */
interface Known {
  readonly stamp: string;
  readonly row: SessionRow;
}

/** A session that is open, and the file that it was opened from. */
interface Open {
  readonly session: WatchedSession;
  readonly inode: number | null;
}

/** Each file of a folder whose name ends in `.db`, as it is when it is asked for. */
export class FolderSource implements Sources {
  readonly #folder: string;
  readonly #open: (path: string, id: string) => WatchedSession;
  readonly #sessions = new Map<string, Open>();
  readonly #known = new Map<string, Known>();

  /**
   * @param folder Its path.
   * @param open Opens a file to look at it; it throws if that is no session.
   */
  constructor(folder: string, open: (path: string, id: string) => WatchedSession) {
    this.#folder = folder;
    this.#open = open;
  }

  /** The files, those that were begun last first; with what is wrong, those that are no sessions. */
  list(): SessionList {
    const names = this.#names();
    for (const id of this.#known.keys()) if (!names.includes(id)) this.#known.delete(id);
    const rows = names.map((name) => this.#row(name));
    rows.sort((a, b) => (b.run?.started ?? -Infinity) - (a.run?.started ?? -Infinity));
    return { sessions: rows, current: rows.find(({ run }) => run !== null)?.id ?? "" };
  }

  /** The session in the file of that name. */
  get(id: string): WatchedSession | undefined {
    // A name of the folder's own list leads to no other folder.
    if (!this.#names().includes(id)) return undefined;
    const path = join(this.#folder, id);
    const inode = Deno.statSync(path).ino;
    let open = this.#sessions.get(id);
    this.#sessions.delete(id);
    if (open !== undefined && open.inode !== inode) {
      // Another file has its name now.
      open.session[Symbol.dispose]();
      open = undefined;
    }
    open ??= { session: this.#open(path, id), inode };
    // The one that was used last is the last one.
    this.#sessions.set(id, open);
    this.#closeSome();
    return open.session;
  }

  /** The session that was begun last. */
  current(): WatchedSession | undefined {
    return this.get(this.list().current);
  }

  /** Closes all of them. */
  [Symbol.dispose](): void {
    for (const { session } of this.#sessions.values()) session[Symbol.dispose]();
    this.#sessions.clear();
  }

  #names(): string[] {
    const names: string[] = [];
    for (const { name, isFile } of Deno.readDirSync(this.#folder)) {
      if (isFile && name.endsWith(".db")) names.push(name);
    }
    return names.sort().slice(0, MOST_FILES);
  }

  #row(id: string): SessionRow {
    const path = join(this.#folder, id);
    const stamp = stampOf(path);
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.row;
    let row: SessionRow;
    try {
      const open = this.#sessions.get(id);
      if (open !== undefined) row = open.session.row();
      else {
        using session = this.#open(path, id);
        row = session.row();
      }
    } catch (error) {
      const trouble = asError(error).message;
      row = { id, file: id, run: null, runs: 0, entries: 0, variables: [], trouble };
    }
    this.#known.set(id, { stamp, row });
    return row;
  }

  #closeSome(): void {
    for (const [id, { session }] of this.#sessions) {
      if (this.#sessions.size <= MOST_OPEN) return;
      if (session.hub.viewers > 0) continue;
      session[Symbol.dispose]();
      this.#sessions.delete(id);
    }
  }
}

/** A text that differs when a file or its log was written to. */
function stampOf(path: string): string {
  return [path, `${path}-wal`].map((one) => {
    try {
      const { size, mtime } = Deno.statSync(one);
      return `${size} ${mtime?.getTime()}`;
    } catch {
      return "-";
    }
  }).join(" ");
}
