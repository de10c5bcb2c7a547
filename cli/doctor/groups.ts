/**
 * Whether this user may use a device, and which group would let it.
 *
 * @module
 */

import type { SystemFiles } from "./facts.ts";

/** Lines of `/etc/group` and `/etc/passwd`. */
function entries(text: string | undefined): string[][] {
  return (text ?? "").split("\n").map((line) => line.split(":")).filter(({ length }) => length > 3);
}

/** The groups of a system and their members. */
export class Groups {
  readonly #files: SystemFiles;
  readonly #groups: readonly { name: string; gid: number; members: readonly string[] }[];
  readonly #userName: string | undefined;

  /** @param files The system's files. */
  constructor(files: SystemFiles) {
    this.#files = files;
    this.#groups = entries(files.wholeText("/etc/group")).map(([name = "", , gid, members]) => ({
      name,
      gid: Number(gid),
      members: members?.split(",") ?? [],
    }));
    const { uid } = files.user();
    this.#userName = entries(files.wholeText("/etc/passwd"))
      .find(([, , number]) => Number(number) === uid)?.[0];
  }

  /** The name of a group. */
  name(gid: number): string | undefined {
    return this.#groups.find((group) => group.gid === gid)?.name;
  }

  /** The first of these groups that there is. */
  firstOf(names: readonly string[]): string | undefined {
    return names.find((name) => this.#groups.some((group) => group.name === name));
  }

  /** What lets this user into a group: a command, or another log-in if that was given already. */
  advice(name: string): string {
    const group = this.#groups.find((group) => group.name === name);
    const user = this.#userName;
    if (user !== undefined && group?.members.includes(user)) {
      return `log in again: ${user} is in the group ${name} since this session began`;
    }
    return `sudo usermod -aG ${name} ${user ?? '"$USER"'}, and log in again`;
  }

  /** Why this user may not use a device, and what to do; undefined if it may. */
  refusal(path: string): { readonly why: string; readonly fix?: string } | undefined {
    if (this.#files.mayUse(path)) return undefined;
    const owner = this.#files.owner(path);
    const group = owner === undefined ? undefined : this.name(owner.gid);
    const opens = owner !== undefined && (owner.mode & 0o060) === 0o060;
    if (group === undefined || group === "root" || !opens) {
      return { why: "this user may not use it, nor may any group" };
    }
    return {
      why: `this user may not use it, but the group ${group} may`,
      fix: this.advice(group),
    };
  }
}
