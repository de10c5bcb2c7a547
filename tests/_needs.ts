/**
 * What a test needs from the machine, beside Deno.
 *
 * @module
 */

/** To be spread into a test's definition: `Deno.test({ ...needs("git"), name, fn })`. */
export interface Need {
  /** True if it is absent: the test is reported as ignored. */
  readonly ignore: boolean;
}

const seen = new Map<string, string | null>();

/** Runs a command; half a sentence why it is of no use, or null. */
function tryCommand(command: string, args: readonly string[]): string | null {
  try {
    const { success, stderr } = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).outputSync();
    if (success) return null;
    return new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "it failed";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "it is not on the PATH";
    throw error;
  }
}

function need(what: string, command: string, args: readonly string[]): Need {
  let why = seen.get(what);
  if (why === undefined) {
    why = tryCommand(command, args);
    seen.set(what, why);
    // deno-lint-ignore no-console -- the reason belongs beside the word "ignored"
    if (why !== null) console.warn(`Tests that need ${what} are ignored: ${why}`);
  }
  return { ignore: why !== null };
}

/**
 * Looks for a program.
 *
 * @param command Its name on the PATH.
 * @param args With which it ends at once and successfully.
 */
export function needs(command: string, args: readonly string[] = ["--version"]): Need {
  return need(command, command, args);
}

/**
 * Looks for a module of Python 3.
 *
 * @param module Its name, such as `"sqlite3"`.
 */
export function needsPython(module: string): Need {
  return need(`Python's ${module}`, "python3", ["-c", `import ${module}`]);
}
