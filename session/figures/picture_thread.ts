/**
 * The thread in which pictures are made, from the main thread's side.
 *
 * @module
 */

import type { PackedAssets } from "../../pictures/packed.ts";
import type { FromPictures, ToPictures } from "./picture_messages.ts";

/** What is wanted of the thread. */
interface Question {
  /** Takes an answer; true if it is the last one. */
  readonly take: (answer: FromPictures) => boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that makes pictures. One thing is asked of it at a time. */
export class PictureThread implements Disposable {
  readonly #worker: Worker;
  #question: Question | undefined;
  #equipped = false;
  #ended: Error | undefined;

  /** Use {@linkcode PictureThread.start}. */
  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromPictures>) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#ended = new Error(
        `Cannot make the pictures, as their thread ended: ${event.message}`,
      );
      this.#question?.reject(this.#ended);
    };
  }

  /** Starts the thread. */
  static async start(): Promise<PictureThread> {
    // As much text as a picture needs is no burden to a program that makes none.
    const { default: source } = await import("./picture_worker.bundle.js", {
      with: { type: "text" },
    });
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      return new PictureThread(new Worker(url, { type: "module", name: "stripchart pictures" }));
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /** Gives the thread what PNGs are made with, once. */
  async equip(load: () => Promise<PackedAssets>): Promise<void> {
    if (this.#equipped) return;
    this.#say({ kind: "assets", assets: await load() });
    this.#equipped = true;
  }

  /**
   * Asks for something.
   *
   * @param take Takes each answer; true if it is the last one.
   * @throws {Error} What the thread says, or why it was ended; it is of no use afterwards.
   */
  async ask(
    message: ToPictures,
    take: (answer: FromPictures) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    if (this.#ended !== undefined) throw this.#ended;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#question = { take, resolve, reject };
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#say(message);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#question = undefined;
    }
  }

  #say(message: ToPictures): void {
    this.#worker.postMessage(message);
  }

  #hear(answer: FromPictures): void {
    const question = this.#question;
    if (question === undefined) return;
    if (answer.kind === "failed") question.reject(errorOf(answer));
    else if (question.take(answer)) question.resolve();
  }

  /** Ends the thread at once. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** An error as it was thrown in the thread. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === "NotCapable") return new Deno.errors.NotCapable(message);
  return name === "RangeError" ? new RangeError(message) : new Error(message);
}
