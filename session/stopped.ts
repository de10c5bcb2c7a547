/**
 * The reason that ends a wait when the run ends.
 *
 * @module
 */

/**
 * Thrown out of {@linkcode Session.sleep} and of a task's `sleep` when a stop is asked for, so that a
 * step which waits is given up instead of measuring too early. It is no failure: the runtime, and the end
 * of a program, take it quietly. Code that must tidy up does it in `finally`.
 */
export class Stopped extends Error {
  /** Always `"Stopped"`. */
  override readonly name = "Stopped";
}

/** Whether `error` only says that the run is being stopped. */
export function isStopped(error: unknown): boolean {
  return error instanceof Stopped;
}

/** `error` as an `Error`, whatever was thrown. */
export function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  return new Error(`Something that is no Error was thrown: ${String(error)}`, { cause: error });
}
