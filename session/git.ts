/**
 * What git knows of a script, read from the `.git` folder alone: no process is started.
 *
 * @module
 */

import { dirname, join, relative, resolve } from "node:path";
import { kindGranted, readGranted, readLineGranted } from "./_granted.ts";
import { findInIndex } from "./git_index.ts";
import { blobId, blobInCommit, type ObjectFormat } from "./git_objects.ts";

/** Where a repository keeps its state. */
export interface Repository {
  /** The working tree's root. */
  readonly root: string;
  /** Its `.git` folder: HEAD and the index. */
  readonly folder: string;
  /** What all its working trees share: refs and objects. */
  readonly common: string;
}

/** How a script stands to the last commit. */
export type GitProvenance = {
  /** The working tree's root. */
  readonly root: string;
  /** The commit's id; null if there is none yet or it could not be read. */
  readonly commit: string | null;
  /** The branch; null if HEAD is detached. */
  readonly branch: string | null;
  /**
   * Whether the script is as in the commit. `"modified"`: it differs from the commit, staged or not;
   * `"untracked"`: git does not have it; null: it could not be told.
   */
  readonly script: "committed" | "modified" | "untracked" | null;
  /**
   * What the script was compared with: `"index"` alone where the commit's tree is packed, so that a change
   * which is staged counts as committed; null where nothing was compared.
   */
  readonly comparedWith: "index" | "index and commit" | null;
};

/** Half sentences that say why a part of {@linkcode GitProvenance} is null. */
export type GitReasons = { commit?: string; branch?: string; script?: string };

/** The places to look for `.git`: the file's folder and all folders above it, nearest first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path);; folder = dirname(folder)) {
    folders.push(folder);
    if (dirname(folder) === folder) return folders;
  }
}

/** The repository that holds a file, as far as looking for it is permitted. */
export function findRepository(path: string): Repository | null {
  for (const root of foldersAbove(path)) {
    const entry = join(root, ".git");
    const kind = kindGranted(entry);
    if (kind === null) continue;
    // A worktree's or a submodule's `.git` is a file that names the folder.
    let folder = entry;
    if (kind === "file") {
      const link = readLineGranted(entry).value;
      if (link === null || !link.startsWith("gitdir: ")) continue;
      folder = resolve(root, link.slice("gitdir: ".length));
    }
    const common = readLineGranted(join(folder, "commondir")).value;
    return { root, folder, common: common === null ? folder : resolve(folder, common) };
  }
  return null;
}

/** The id that a ref stands for, followed through symbolic refs, loose or packed. */
function resolveRef(repository: Repository, name: string): string | null {
  let ref = name;
  for (let depth = 0; depth < 5; depth++) {
    const text = readLineGranted(join(repository.folder, ref)).value ??
      readLineGranted(join(repository.common, ref)).value;
    if (text === null) break;
    if (!text.startsWith("ref: ")) return isId(text) ? text : null;
    ref = text.slice("ref: ".length);
  }
  const packed = readLineGranted(join(repository.common, "packed-refs")).value ?? "";
  for (const line of packed.split("\n")) {
    const [id, packedName] = line.split(" ");
    if (packedName === ref && id !== undefined && isId(id)) return id;
  }
  return null;
}

function isId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function objectFormat(repository: Repository): ObjectFormat {
  const config = readLineGranted(join(repository.common, "config")).value ?? "";
  return /^\s*objectformat\s*=\s*sha256\s*$/im.test(config) ? "sha256" : "sha1";
}

/** True if `content` is the blob `id`, as it is or as git stores text with CRLF line ends. */
function isBlob(content: Uint8Array<ArrayBuffer>, id: string, format: ObjectFormat): boolean {
  if (blobId(content, format) === id) return true;
  if (!content.includes(13)) return false;
  const text = new TextDecoder().decode(content).replaceAll("\r\n", "\n");
  return blobId(new TextEncoder().encode(text), format) === id;
}

/** How the script's content stands to the index and the commit. */
function compare(
  repository: Repository,
  commit: string | null,
  path: string,
  content: Uint8Array<ArrayBuffer>,
): Pick<GitProvenance, "script" | "comparedWith"> & { why?: string } {
  const index = readGranted(join(repository.folder, "index"));
  const format = objectFormat(repository);
  const inside = relative(repository.root, path).replaceAll("\\", "/");
  let entry = null;
  if (index.value !== null) {
    try {
      entry = findInIndex(index.value, inside, format === "sha1" ? 20 : 32);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { script: null, comparedWith: null, why };
    }
  } else if (commit !== null) {
    return { script: null, comparedWith: null, why: index.why };
  }
  if (entry === null) return { script: "untracked", comparedWith: "index" };
  if (entry.stage !== 0 || !isBlob(content, entry.id, format)) {
    return { script: "modified", comparedWith: "index" };
  }
  const committed = commit === null ? "none" : blobInCommit(repository.common, commit, inside);
  if (committed === null) return { script: "committed", comparedWith: "index" };
  const script = committed === entry.id ? "committed" : "modified";
  return { script, comparedWith: "index and commit" };
}

/**
 * Reads how a script stands to its repository.
 *
 * @param repository From {@linkcode findRepository}.
 * @param path The script's absolute path.
 * @param content The script's bytes; null if they are not known.
 */
export function gitProvenance(
  repository: Repository,
  path: string,
  content: Uint8Array<ArrayBuffer> | null,
): { readonly git: GitProvenance; readonly why: GitReasons } {
  const why: GitReasons = {};
  const head = readLineGranted(join(repository.folder, "HEAD"));
  const ref = head.value?.startsWith("ref: ") ? head.value.slice("ref: ".length) : null;
  const commit = resolveRef(repository, "HEAD");
  if (commit === null) {
    why.commit = head.value === null
      ? head.why
      : `${ref ?? "HEAD"} has no commit yet or is not kept in a file`;
  }
  const branch = ref?.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
  if (branch === null) why.branch = head.value === null ? head.why : "HEAD is detached";
  const status = content === null
    ? { script: null, comparedWith: null, why: "the script could not be read" }
    : compare(repository, commit, path, content);
  if (status.why !== undefined) why.script = status.why;
  const { script, comparedWith } = status;
  return { git: { root: repository.root, commit, branch, script, comparedWith }, why };
}
