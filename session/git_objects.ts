/**
 * Git's loose objects: what HEAD's tree holds under a path.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { readGranted } from "./_granted.ts";

/** Name of the hash of a repository's object ids. */
export type ObjectFormat = "sha1" | "sha256";

/** The id that git gives to a file's content. */
export function blobId(content: Uint8Array<ArrayBuffer>, format: ObjectFormat = "sha1"): string {
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** The body of a loose object of the given kind, or null: packed, missing, damaged or not permitted. */
function looseObject(
  common: string,
  id: string,
  kind: "commit" | "tree",
): Uint8Array<ArrayBuffer> | null {
  const found = readGranted(join(common, "objects", id.slice(0, 2), id.slice(2)));
  if (found.value === null) return null;
  try {
    const bytes = new Uint8Array(inflateSync(found.value));
    const end = bytes.indexOf(0);
    const head = new TextDecoder().decode(bytes.subarray(0, end));
    return head === `${kind} ${bytes.length - end - 1}` ? bytes.subarray(end + 1) : null;
  } catch {
    return null;
  }
}

/** The id under a name in a tree; null if the tree has no such name. */
function findInTree(
  tree: Uint8Array<ArrayBuffer>,
  name: string,
  idBytes: number,
): string | null {
  for (let at = 0; at < tree.length;) {
    const end = tree.indexOf(0, at);
    if (end < 0) return null;
    const line = new TextDecoder().decode(tree.subarray(at, end));
    const id = tree.subarray(end + 1, end + 1 + idBytes);
    if (line.slice(line.indexOf(" ") + 1) === name) return id.toHex();
    at = end + 1 + idBytes;
  }
  return null;
}

/**
 * The id of the blob that a commit holds under a path.
 *
 * @param common The repository's common `.git` folder.
 * @param commit The commit's id.
 * @param path Path from the repository's root, with forward slashes.
 * @returns The id; `"none"` if the commit has no such path; null if an object on the way is not loose.
 */
export function blobInCommit(common: string, commit: string, path: string): string | "none" | null {
  const body = looseObject(common, commit, "commit");
  if (body === null) return null;
  let id = /^tree ([0-9a-f]+)\n/.exec(new TextDecoder().decode(body))?.[1];
  for (const name of path.split("/")) {
    const tree = id === undefined ? null : looseObject(common, id, "tree");
    if (tree === null) return null;
    const next = findInTree(tree, name, commit.length / 2);
    if (next === null) return "none";
    id = next;
  }
  return id ?? null;
}
