/**
 * The path under which a page is mounted.
 *
 * @module
 */

/** A path under which a page is mounted, with one slash at its beginning and none at its end. */
export function checkedBase(base: string): string {
  const trimmed = base.replace(/^\/+|\/+$/g, "");
  if (trimmed === "") return "";
  if (/^[\w.~-]+(?:\/[\w.~-]+)*$/.test(trimmed)) return `/${trimmed}`;
  throw new RangeError(
    `Cannot mount the page under ${JSON.stringify(base)}, as a path of letters, digits and -._~ ` +
      `between slashes is needed, such as "/lab".`,
  );
}
