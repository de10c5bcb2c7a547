/**
 * SQLite's result codes on the errors that `node:sqlite` throws.
 *
 * @module
 */

/** The primary result codes that the store tells apart. */
export const SQLITE = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  NOTADB: 26,
} as const;

/** `SQLITE_IOERR_SHMSIZE`: no room for the shared-memory file, which is a full disk by another name. */
const IOERR_SHMSIZE = 10 | (19 << 8);

/** The extended result code that an error carries, or undefined. */
export function extendedCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}

// Errors of the constructor and of exec() carry no code, only SQLite's own English text.
const TEXTS: readonly (readonly [string, number])[] = [
  ["unable to open database", SQLITE.CANTOPEN],
  ["database is locked", SQLITE.BUSY],
  ["database or disk is full", SQLITE.FULL],
  ["disk I/O error", SQLITE.IOERR],
  ["database disk image is malformed", SQLITE.CORRUPT],
  ["file is not a database", SQLITE.NOTADB],
  ["attempt to write a readonly database", SQLITE.READONLY],
];

/** The primary result code of an error, or undefined if it is not one of SQLite's. */
export function primaryCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  if (code !== undefined) return code === IOERR_SHMSIZE ? SQLITE.FULL : code & 0xff;
  if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) {
    return undefined;
  }
  return TEXTS.find(([text]) => error.message.includes(text))?.[1] ?? 1;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
