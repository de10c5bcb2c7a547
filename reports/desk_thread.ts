/**
 * The thread in which reports are made, from the main thread's side.
 *
 * @module
 */

import { packedAssets } from "../pictures/assets.ts";
import type { DeskRequest, MadeReport } from "./desk.ts";
import type { FromDesk, ToDesk } from "./desk_messages.ts";

/** A thread that makes reports, one at a time. */
export class DeskThread implements Disposable {
  readonly #worker: Worker;
  #made: PromiseWithResolvers<MadeReport> | undefined;
  #worn = false;

  /** Use {@linkcode DeskThread.start}. */
  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromDesk>) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#made?.reject(
        new Error(`Cannot make the report, as its thread ended: ${event.message}`),
      );
    };
  }

  /** Whether it should not be asked again. */
  get worn(): boolean {
    return this.#worn;
  }

  /** Starts the thread. */
  static async start(): Promise<DeskThread> {
    // A program that reports nothing does not carry the text about.
    const { default: source } = await import("./desk_worker.bundle.js", { with: { type: "text" } });
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      return new DeskThread(new Worker(url, { type: "module", name: "stripchart reports" }));
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /**
   * Makes a report of what is in a session's file.
   *
   * @throws {Error} If the file can't be read, or `signal` aborts; the thread is of no use afterwards.
   */
  async make(source: string, request: DeskRequest, signal: AbortSignal): Promise<MadeReport> {
    signal.throwIfAborted();
    const made = Promise.withResolvers<MadeReport>();
    this.#made = made;
    const abort = (): void => made.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#tell({ kind: "make", source, request });
    try {
      return await made.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#made = undefined;
    }
  }

  #hear(message: FromDesk): void {
    switch (message.kind) {
      case "made":
        this.#worn = message.worn;
        this.#made?.resolve(message.made);
        break;
      case "failed":
        this.#made?.reject(new Error(message.message));
        break;
      case "assets wanted":
        packedAssets().then(
          (assets) => this.#tell({ kind: "assets", assets }),
          (error) => this.#made?.reject(error),
        );
    }
  }

  #tell(message: ToDesk): void {
    this.#worker.postMessage(message);
  }

  /** Ends the thread at once. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
