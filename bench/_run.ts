/**
 * What benchmarks that run other programs share.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** The middle one of some figures, or the mean of the middle two. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = sorted.length >> 1;
  const upper = sorted[at] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[at - 1] ?? NaN) + upper) / 2;
}

/** The figure that a part of all figures does not pass. */
export function quantile(figures: readonly number[], fraction: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? NaN;
}

/** Lets real time pass. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs Deno with the repository's configuration; milliseconds, and what it printed. */
export async function timeDeno(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<{ ms: number; stdout: string }> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: [command, "--config", join(ROOT, "deno.json"), ...args],
    env: { NO_COLOR: "1", ...options.env },
    cwd: options.cwd,
    stdin: "null",
  });
  const start = performance.now();
  const { success, stdout, stderr } = await deno.output();
  const ms = performance.now() - start;
  if (!success) {
    throw new Error(`Cannot time deno ${command}: ${new TextDecoder().decode(stderr)}`);
  }
  return { ms, stdout: new TextDecoder().decode(stdout) };
}

/** A folder that is gone at the end of the block. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
