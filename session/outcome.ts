/**
 * How a run ends, gathered while it goes on.
 *
 * @module
 */

/** How a run ended. */
export interface Outcome {
  /** Whether it came to its end, failed, or was interrupted by a person or the system. */
  readonly status: "completed" | "failed" | "interrupted";
  /** Why, in a sentence. */
  readonly reason: string;
  /** The process's exit code: 0 completed, 1 failed, 130 interrupted. */
  readonly exitCode: 0 | 1 | 130;
}

const CODES = { completed: 0, failed: 1, interrupted: 130 } as const;

/** Gathers why a run ends. An interruption outweighs failures in the status, but hides none in the reason. */
export class OutcomeKeeper {
  #reason: string | undefined;
  #interrupted = false;
  readonly #failures: string[] = [];

  /** The run is to end for that reason; the first one counts. */
  end(reason: string): void {
    this.#reason ??= reason;
  }

  /** A signal ends the run. */
  interrupt(signal: string): void {
    this.#interrupted = true;
    this.#reason ??= `interrupted by ${signal}`;
  }

  /** Something failed for good. */
  fail(message: string): void {
    if (this.#failures.length < 20) this.#failures.push(message);
  }

  /** Whether something failed for good. */
  get failed(): boolean {
    return this.#failures.length > 0;
  }

  /** How the run ends, as things stand. */
  get outcome(): Outcome {
    const failures = this.#failures.join("; ");
    const status = this.#interrupted ? "interrupted" : this.failed ? "failed" : "completed";
    const reasons = [this.#reason, failures].filter((part) => part !== undefined && part !== "");
    const reason = reasons.length > 0 ? reasons.join("; ") : "everything was done";
    return { status, reason, exitCode: CODES[status] };
  }
}
