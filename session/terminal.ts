/**
 * The terminal as the session sees it.
 *
 * @module
 */

/** Where status and log lines go. */
export interface Terminal {
  /** Whether a person watches, so that a line may be written over. */
  readonly interactive: boolean;
  /** Columns. */
  readonly columns: number;
  /** Writes text as it is. Never throws. */
  write(text: string): void;
}

const encoder = new TextEncoder();

/** The program's standard error, so that standard output stays the user's own. */
export function standardError(): Terminal {
  const interactive = Deno.stderr.isTerminal();
  return {
    interactive,
    get columns(): number {
      try {
        return Deno.consoleSize().columns;
      } catch {
        return 80;
      }
    },
    write(text: string): void {
      try {
        let bytes = encoder.encode(text);
        while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
      } catch {
        // The terminal was closed; the file has all of it.
      }
    },
  };
}
