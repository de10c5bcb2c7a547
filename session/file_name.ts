/**
 * Where a session's file is.
 *
 * @module
 */

/**
 * The file of the session of that name: `NAME.db` in the working directory, with everything that file
 * systems treat specially replaced by `_`.
 *
 * @param name The session's name.
 * @throws {TypeError} If nothing is left of the name.
 */
export function fileFor(name: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what it is for
  const safe = name.normalize("NFC").replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, "_").trim()
    .replace(/^\.+|\.+$/g, "");
  if (safe === "" || !name.isWellFormed()) {
    throw new TypeError(
      `Cannot name a file after the session, as nothing is left of its name: ${
        JSON.stringify(name)
      }`,
    );
  }
  return `${safe}.db`;
}
