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
  /** Writes text as it is. That its reader is gone is no failure. */
  write(text: string): void;
}

const encoder = new TextEncoder();

interface Stream {
  isTerminal(): boolean;
  writeSync(bytes: Uint8Array): number;
}

/** The program's standard error, so that standard output stays the user's own. */
export function standardError(): Terminal {
  // The terminal was closed: the file has all of it.
  return terminal(Deno.stderr, () => true);
}

/**
 * The program's standard output, for commands whose result is what they print. Whoever reads it may have had
 * enough and gone; that it cannot be written otherwise is thrown.
 */
export function standardOutput(): Terminal {
  return terminal(Deno.stdout, (error) => error instanceof Deno.errors.BrokenPipe);
}

function terminal(stream: Stream, isHarmless: (error: unknown) => boolean): Terminal {
  return {
    interactive: stream.isTerminal(),
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
        while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
      } catch (error) {
        if (!isHarmless(error)) throw error;
      }
    },
  };
}
