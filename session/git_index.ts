/**
 * Git's index: which blob the next commit would hold under a path.
 *
 * The format is that of git's Documentation/gitformat-index: versions 2, 3 and 4.
 *
 * @module
 */

/** An entry of the index. */
export interface IndexEntry {
  /** The blob's id in hexadecimal digits. */
  readonly id: string;
  /** The file's mode, such as `0o100644`. */
  readonly mode: number;
  /** 0, or which side of a merge conflict it is. */
  readonly stage: number;
}

/** Bytes of an entry before the object id: two times, device, inode, mode, owner, group, size. */
const BEFORE_ID = 40;

/**
 * Finds one path in an index file.
 *
 * @param bytes The file `.git/index`.
 * @param path Path from the repository's root, with forward slashes.
 * @param idBytes Length of an object id: 20 for SHA-1, 32 for SHA-256.
 * @returns The entry, or null if the path is not in the index.
 * @throws {SyntaxError} If the bytes are not an index of version 2 to 4, or a split one.
 */
export function findInIndex(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  idBytes: 20 | 32 = 20,
): IndexEntry | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x44495243) {
    throw new SyntaxError(`Cannot read git's index, as it does not begin with "DIRC"`);
  }
  const version = view.getUint32(4);
  if (version < 2 || version > 4) {
    throw new SyntaxError(`Cannot read git's index, as only versions 2 to 4 are known: ${version}`);
  }
  const wanted = new TextEncoder().encode(path);
  try {
    return version === 4
      ? findCompressed(bytes, view, wanted, idBytes)
      : findPadded(bytes, view, wanted, idBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SyntaxError("Cannot read git's index, as it is cut short", { cause: error });
  }
}

/** The entry whose fixed part starts at `start`. */
function entryAt(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  start: number,
  idBytes: number,
): IndexEntry {
  const id = bytes.subarray(start + BEFORE_ID, start + BEFORE_ID + idBytes).toHex();
  const flags = view.getUint16(start + BEFORE_ID + idBytes);
  return { id, mode: view.getUint32(start + 24), stage: (flags >> 12) & 3 };
}

/** Where an entry's path starts: extended flags take two bytes more. */
function pathStart(view: DataView, start: number, idBytes: number): number {
  const flags = start + BEFORE_ID + idBytes;
  return flags + ((view.getUint16(flags) & 0x4000) !== 0 ? 4 : 2);
}

/** Versions 2 and 3: whole paths, each entry padded with NUL to a multiple of eight. */
function findPadded(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  wanted: Uint8Array,
  idBytes: number,
): IndexEntry | null {
  let start = 12;
  for (let left = view.getUint32(8); left > 0; left--) {
    const from = pathStart(view, start, idBytes);
    const to = endOfPath(bytes, from);
    if (to - from === wanted.length && wanted.every((byte, i) => byte === bytes[from + i])) {
      return entryAt(bytes, view, start, idBytes);
    }
    start += ((to - start) & ~7) + 8;
  }
  refuseSplit(bytes, view, start, idBytes);
  return null;
}

/** Version 4: each path is what it shares with the one before, and the rest. */
function findCompressed(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  wanted: Uint8Array,
  idBytes: number,
): IndexEntry | null {
  let start = 12;
  /** How much of `wanted` the path so far begins with, and how long that path is. */
  let shared = 0;
  let length = 0;
  for (let left = view.getUint32(8); left > 0; left--) {
    let at = pathStart(view, start, idBytes);
    let byte = view.getUint8(at++);
    let cut = byte & 0x7f;
    while ((byte & 0x80) !== 0) {
      byte = view.getUint8(at++);
      cut = ((cut + 1) << 7) | (byte & 0x7f);
    }
    const to = endOfPath(bytes, at);
    const kept = length - cut;
    length = kept + to - at;
    if (kept <= shared) {
      shared = kept;
      while (shared < length && wanted[shared] === bytes[at + shared - kept]) shared++;
    }
    if (length === wanted.length && shared === length) return entryAt(bytes, view, start, idBytes);
    start = to + 1;
  }
  refuseSplit(bytes, view, start, idBytes);
  return null;
}

function endOfPath(bytes: Uint8Array<ArrayBuffer>, from: number): number {
  const to = bytes.indexOf(0, from);
  if (to < 0) throw new RangeError("no NUL ends the path");
  return to;
}

/** In a split index the entries stand in another file: what is not here may be there. */
function refuseSplit(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  start: number,
  idBytes: number,
): void {
  let at = start;
  while (at + 8 <= bytes.length - idBytes) {
    if (view.getUint32(at) === 0x6c696e6b) {
      throw new SyntaxError("Cannot read git's index, as it is a split one");
    }
    at += 8 + view.getUint32(at + 4);
  }
}
