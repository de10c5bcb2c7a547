/**
 * Structured concurrency: what runs is a tree, and a branch takes down what it built.
 *
 * @module
 */

import { type Clock, sleep } from "../time/clock.ts";
import { asError } from "./stopped.ts";

/** Undoes something at the end of a scope. Its signal aborts when its time is over. */
export type Finaliser = (signal: AbortSignal) => unknown;

/** How a finaliser runs. */
export interface FinaliserOptions {
  /** Milliseconds it may take. @default 10000 */
  readonly timeout?: number;
  /** Whether it makes something safe, and so runs even when there is no time for the rest. @default false */
  readonly safe?: boolean;
}

interface Entry {
  readonly name: string;
  readonly finaliser: Finaliser;
  readonly timeout: number;
  readonly safe: boolean;
}

/**
 * A place in which things run. `stopping` asks them to end after the present step, `signal` tells them to
 * drop it; both reach every scope below. Closing runs the finalisers, last come first, each with a limit of
 * time: one that throws or hangs keeps none of the others from running.
 */
export class Scope {
  /** Its name, for messages. */
  readonly name: string;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  readonly #children = new Set<Scope>();
  readonly #parent: Scope | undefined;
  readonly #entries: Entry[] = [];
  #closed: Promise<Error[]> | undefined;
  readonly #hurry = new AbortController();

  /** A scope, below `parent` if one is given. */
  constructor(name: string, clock: Clock, parent?: Scope) {
    this.name = name;
    this.#clock = clock;
    this.#parent = parent;
    if (parent !== undefined) parent.#children.add(this);
    if (parent?.stopping.aborted) this.stop(parent.stopping.reason);
    if (parent?.signal.aborted) this.abort(parent.signal.reason);
  }

  /** Aborts when no new step is to begin. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborts when the present step is to be dropped. */
  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  /** Asks everything in here to end after its present step. */
  stop(reason: unknown): void {
    if (!this.stopping.aborted) this.#stopping.abort(reason);
    for (const child of this.#children) child.stop(reason);
  }

  /** Tells everything in here to drop what it does, and finalisers that they have a second left. */
  abort(reason: unknown): void {
    this.stop(reason);
    if (!this.signal.aborted) this.#aborting.abort(reason);
    for (const child of this.#children) child.abort(reason);
    this.#hurry.abort();
  }

  /**
   * Has `finaliser` run when the scope closes, before those that were given earlier.
   *
   * @param name Names it in an error.
   * @throws {Error} If the scope has closed.
   */
  defer(name: string, finaliser: Finaliser, options: FinaliserOptions = {}): void {
    if (this.#closed !== undefined) {
      throw new Error(`Cannot defer ${JSON.stringify(name)}, as ${this.name} has closed`);
    }
    this.#entries.push({
      name,
      finaliser,
      timeout: options.timeout ?? 10_000,
      safe: options.safe ?? false,
    });
  }

  /** Runs what makes things safe, all at once, for at most `ms` milliseconds; for when all else is lost. */
  async emergency(ms: number): Promise<void> {
    const runs: Promise<unknown>[] = [];
    for (const child of this.#children) runs.push(child.emergency(ms));
    for (const entry of this.#entries.splice(0).reverse()) {
      if (entry.safe) runs.push(this.#run({ ...entry, timeout: ms }).catch(() => {}));
    }
    await Promise.all(runs);
  }

  /**
   * Closes the scopes below and runs the finalisers. A second call awaits the first.
   *
   * @returns What went wrong on the way.
   */
  close(): Promise<Error[]> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<Error[]> {
    this.stop(new Error(`${this.name} closes`));
    const errors: Error[] = [];
    for (const child of [...this.#children].reverse()) errors.push(...await child.close());
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      try {
        await this.#run(entry);
      } catch (error) {
        errors.push(asError(error));
      }
    }
    if (this.#parent !== undefined) this.#parent.#children.delete(this);
    return errors;
  }

  async #run({ name, finaliser, timeout }: Entry): Promise<void> {
    const limit = new AbortController();
    const over = new AbortController();
    const late = async (): Promise<never> => {
      const until = this.#clock.monotonic() + timeout;
      // When time presses, at most a second is left of the limit.
      await Promise.race([this.#clock.sleepUntil(until, over.signal), this.#pressed(over.signal)]);
      const error = new Error(
        `Cannot finish ${
          JSON.stringify(name)
        } of ${this.name}, as it took too long: it was given up`,
      );
      limit.abort(error);
      throw error;
    };
    try {
      const work = (async (): Promise<unknown> => await finaliser(limit.signal))();
      const timer = late();
      timer.catch(() => {});
      await Promise.race([work, timer]);
    } catch (error) {
      throw new Error(`${name}: ${asError(error).message}`, { cause: error });
    } finally {
      over.abort();
    }
  }

  #pressed(over: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const hurry = (): void => {
        sleep(this.#clock, 1_000, over).then(resolve, reject);
      };
      if (this.#hurry.signal.aborted) hurry();
      else this.#hurry.signal.addEventListener("abort", hurry, { once: true, signal: over });
    });
  }
}
