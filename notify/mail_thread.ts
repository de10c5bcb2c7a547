/**
 * The thread that sends mail.
 *
 * @module
 */

import { DeliveryError } from "../session/outbox/types.ts";
import type { FromMailWorker, MailTask, ToMailWorker } from "./mail_message.ts";
import source from "./mail_worker.bundle.js" with { type: "text" };

/** What waits for an answer. */
interface Waiting {
  readonly resolve: (answer: FromMailWorker) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A Worker that puts mails together and brings them to a server. It is started once and kept: starting one holds the
 * main thread up for tens of milliseconds, sending by one that runs for less than two.
 */
export class MailThread implements Disposable {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;

  /** Starts it, if it does not run. */
  start(): void {
    if (this.#worker !== undefined) return;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module", name: "stripchart mail" });
    URL.revokeObjectURL(url);
    worker.onmessage = ({ data }: MessageEvent<FromMailWorker>) => {
      this.#waiting.get(data.task)?.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new DeliveryError(`the thread that sends mail ended: ${event.message}`));
    };
    this.#worker = worker;
  }

  /**
   * Sends a mail.
   *
   * @param signal Drops the connection when it aborts.
   * @throws The signal's reason, or a {@linkcode DeliveryError} if the thread itself fails.
   */
  async send(task: MailTask, signal: AbortSignal): Promise<FromMailWorker> {
    signal.throwIfAborted();
    this.start();
    const number = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<FromMailWorker>();
    this.#waiting.set(number, { resolve, reject });
    const abort = (): void => {
      this.#tell({ kind: "drop", task: number });
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.#tell({ kind: "send", number, task });
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#waiting.delete(number);
    }
  }

  /** Ends it with all its connections; it starts again when it is needed. */
  [Symbol.dispose](): void {
    this.#end(new DeliveryError("the channel was closed"));
  }

  #tell(message: ToMailWorker): void {
    this.#worker?.postMessage(message);
  }

  #end(error: DeliveryError): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
