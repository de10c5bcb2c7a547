/**
 * Looking at files only as far as Deno already allows: never a prompt, never an exception.
 *
 * @module
 */

/** What was found at a path, or in half a sentence why there is nothing. */
export type Found<T> = { readonly value: T } | { readonly value: null; readonly why: string };

/** True if Deno lets this path be read without asking. */
export function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** Why `error` kept a path from being read. */
function why(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return `there is no ${path}`;
  return `${path} could not be read (${error instanceof Error ? error.message : String(error)})`;
}

/** The bytes of a file. */
export function readGranted(path: string): Found<Uint8Array<ArrayBuffer>> {
  if (!mayRead(path)) return { value: null, why: `no --allow-read=${path}` };
  try {
    return { value: Deno.readFileSync(path) };
  } catch (error) {
    return { value: null, why: why(path, error) };
  }
}

/** The text of a file without the white space at its end. */
export function readLineGranted(path: string): Found<string> {
  const found = readGranted(path);
  return found.value === null ? found : { value: new TextDecoder().decode(found.value).trimEnd() };
}

/** What stands at a path: a file, a folder, or null where there is nothing or looking is not allowed. */
export function kindGranted(path: string): "file" | "folder" | null {
  if (!mayRead(path)) return null;
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "file";
  } catch {
    return null;
  }
}
