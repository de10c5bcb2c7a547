/**
 * The thread in which reports are made, from the main thread's side.
 *
 * @module
 */

import type { ReadReport, ReadRequest, WrittenReport } from "./desk.ts";
import type { FromDesk, ToDesk } from "./desk_messages.ts";
import type { Report } from "./report.ts";

/** A thread that reads and writes reports; one thing is asked of it at a time. */
export class DeskThread implements Disposable {
  readonly #worker: Worker;
  #answered: PromiseWithResolvers<FromDesk> | undefined;

  /** Use {@linkcode DeskThread.start}. */
  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromDesk>) => this.#answered?.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#answered?.reject(
        new Error(`Cannot make the report, as its thread ended: ${event.message}`),
      );
    };
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
   * Reads a report from a session's file.
   *
   * @throws {Error} If the file can't be read, or `signal` aborts; the thread is of no use afterwards.
   */
  async read(source: string, request: ReadRequest, signal: AbortSignal): Promise<ReadReport> {
    const answer = await this.#ask({ kind: "read", source, request }, signal);
    if (answer.kind !== "read") throw unexpected(answer);
    return answer.read;
  }

  /** Writes a report. */
  async write(report: Report, timeZone: string, signal: AbortSignal): Promise<WrittenReport> {
    const answer = await this.#ask({ kind: "write", report, timeZone }, signal);
    if (answer.kind !== "written") throw unexpected(answer);
    return answer.written;
  }

  async #ask(message: ToDesk, signal: AbortSignal): Promise<FromDesk> {
    signal.throwIfAborted();
    const answered = Promise.withResolvers<FromDesk>();
    this.#answered = answered;
    const abort = (): void => answered.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#worker.postMessage(message);
    try {
      return await answered.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#answered = undefined;
    }
  }

  /** Ends the thread at once. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

function unexpected(answer: FromDesk): Error {
  return new Error(answer.kind === "failed" ? answer.message : `answered ${answer.kind}`);
}
