/**
 * Programs that tests run beside themselves.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** What became of a program. */
export interface Outcome {
  /** Its exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: string;
  /** What it said on the side. */
  readonly stderr: string;
  /** Each permission it made use of, in order, as `read:/path`; empty unless asked for. */
  readonly used: readonly string[];
}

/** How {@linkcode runProgram} runs a program. */
export interface ProgramOptions {
  /** Deno's flags: `--allow-…`. */
  readonly flags?: readonly string[];
  /** The program's own arguments. */
  readonly args?: readonly string[];
  /** Folder it runs in. */
  readonly cwd: string;
  /** Keep a log of the permissions it uses. @default false */
  readonly audit?: boolean;
  /** Milliseconds after which it is killed; its code is 137 then. @default 60000 */
  readonly within?: number;
}

/**
 * Runs a script in a process of its own, without a terminal, so that a prompt for a permission is a
 * refusal. Imports of `@stripchart/stripchart` find this repository.
 *
 * @param script Its path, absolute or from `cwd`.
 */
export async function runProgram(script: string, options: ProgramOptions): Promise<Outcome> {
  const audit = options.audit ? Deno.makeTempFileSync() : undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--config",
        join(ROOT, "deno.json"),
        ...options.flags ?? [],
        script,
        ...options.args ?? [],
      ],
      cwd: options.cwd,
      env: { NO_COLOR: "1", ...audit === undefined ? {} : { DENO_AUDIT_PERMISSIONS: audit } },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // What hangs must fail its own test, not the whole suite.
    timer = setTimeout(() => child.kill("SIGKILL"), options.within ?? 60_000);
    const { code, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      code,
      stdout: text(stdout),
      stderr: text(stderr),
      used: audit === undefined ? [] : usedPermissions(Deno.readTextFileSync(audit)),
    };
  } finally {
    clearTimeout(timer);
    if (audit !== undefined) Deno.removeSync(audit);
  }
}

/** The distinct accesses in a log written by DENO_AUDIT_PERMISSIONS, as `read:/path`. */
export function usedPermissions(log: string): string[] {
  const used = new Set<string>();
  for (const line of log.split("\n")) {
    if (line === "") continue;
    const { permission, value }: { permission: string; value?: string } = JSON.parse(line);
    used.add(value === undefined ? permission : `${permission}:${value}`);
  }
  return [...used];
}

/** A folder that is gone at the end of the block. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.realPathSync(Deno.makeTempDirSync());
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
