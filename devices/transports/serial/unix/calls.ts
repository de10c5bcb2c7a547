/**
 * What Linux and macOS have in common: files, descriptors and error numbers.
 *
 * @module
 */

/** Error numbers that both systems share. */
export const ERRNO = {
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EACCES: 13,
  EBUSY: 16,
  ENODEV: 19,
  ENOTDIR: 20,
  EINVAL: 22,
  ENOTTY: 25,
} as const;

/** Calls of the system's library. A negative result is an error number with its sign turned. */
export interface UnixCalls {
  /** Opens a file. */
  open(path: string, flags: number): number;
  /** Closes a descriptor. */
  close(fd: number): void;
  /** Reads without waiting. */
  read(fd: number, target: Uint8Array): number;
  /** Writes without waiting. */
  write(fd: number, data: Uint8Array): number;
  /** Locks or unlocks an open file. */
  flock(fd: number, operation: number): number;
  /** A device's own request, with bytes that it reads or fills in. */
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  /** A device's own request, with a number. */
  ioctlValue(fd: number, request: number, value: number): number;
  /** A path without links; undefined if there is no such file. */
  realPath(path: string): string | undefined;
  /** The names in a folder; none if it can't be read. */
  list(folder: string): string[];
  /** Where a link leads; undefined if it is none. */
  readLink(path: string): string | undefined;
  /** A small text file without the line end; undefined if it can't be read. */
  readText(path: string): string | undefined;
}

/** The part of {@linkcode UnixCalls} that looks at files. */
export type UnixFiles = Pick<UnixCalls, "realPath" | "list" | "readLink" | "readText">;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A string as C takes it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`Cannot use a path, as it has a zero byte in it: ${JSON.stringify(text)}`);
  }
  return encoder.encode(`${text}\0`);
}

/** The text up to the first zero byte. */
export function fromCString(bytes: Uint8Array, start = 0): string {
  const end = bytes.indexOf(0, start);
  return decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
}

/** What foreign functions take: memory of this thread. */
export function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.buffer instanceof ArrayBuffer) return bytes as Uint8Array<ArrayBuffer>;
  throw new TypeError("Cannot hand memory to the system, as it is shared between threads");
}
