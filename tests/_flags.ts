/**
 * The permissions that an experiment's `--help` prints.
 *
 * @module
 */

import assert from "node:assert/strict";
import { resolve } from "node:path";

/** The `--allow-…` flags in the command that `--help` prints. */
export function printedFlags(help: string): string[] {
  const line = help.replaceAll("\\\n", " ").split("\n").find((line) =>
    /deno run '?--allow-/.test(line)
  );
  assert.ok(line !== undefined, `--help prints no command:\n${help}`);
  return [...line.matchAll(/'(--allow-[^']*)'|(--allow-\S+)/g)].map(([, quoted, plain]) =>
    quoted ?? plain ?? ""
  );
}

/** Flags as single permissions, `read:/path`, with paths made absolute. */
export function granted(flags: readonly string[], cwd: string): string[] {
  return flags.flatMap((flag) => {
    const [, kind = "", values = ""] = /^--allow-(\w+)(?:=(.*))?$/.exec(flag) ?? [];
    assert.notEqual(values, "", `${flag} grants everything of its kind`);
    return values.split(",").map((value) =>
      kind === "read" || kind === "write" ? `${kind}:${resolve(cwd, value)}` : `${kind}:${value}`
    );
  });
}
