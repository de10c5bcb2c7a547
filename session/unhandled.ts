/**
 * Errors that the user's code lets escape.
 *
 * @module
 */

import { isStopped } from "./stopped.ts";

/**
 * Takes errors that nothing caught: rejections that nobody handles, exceptions out of timers and
 * listeners. One that only says that the run was stopped is taken quietly.
 */
export class UnhandledErrors implements Disposable {
  readonly #act: (error: unknown) => boolean;

  /** @param act Called with each error; true if the program may go on after it. */
  constructor(act: (error: unknown) => boolean) {
    this.#act = act;
    globalThis.addEventListener("unhandledrejection", this.#onRejection);
    globalThis.addEventListener("error", this.#onError);
  }

  readonly #onRejection = (event: PromiseRejectionEvent): void => {
    if (isStopped(event.reason) || this.#act(event.reason)) event.preventDefault();
  };

  readonly #onError = (event: ErrorEvent): void => {
    if (isStopped(event.error) || this.#act(event.error)) event.preventDefault();
  };

  /** Leaves such errors to the system again. */
  [Symbol.dispose](): void {
    globalThis.removeEventListener("unhandledrejection", this.#onRejection);
    globalThis.removeEventListener("error", this.#onError);
  }
}
