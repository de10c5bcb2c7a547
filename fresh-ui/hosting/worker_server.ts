/**
 * A page in a Worker, from the main thread's side.
 *
 * @module
 */

import { asError } from "../../session/stopped.ts";
import { type Clock, sleep } from "../../time/clock.ts";
import source from "../page_worker.bundle.js" with { type: "text" };
import type { Control } from "../page.ts";
import type { ControlAnswer, ControlRequest, Status } from "../protocol.ts";
import type { Address, Listening } from "./listen.ts";
import type { FromHost, HostOptions, ToHost } from "./messages.ts";

/** Milliseconds that the Worker gets to close, before it is ended. */
const GRACE = 3_000;

/** What becomes of what the Worker says. */
export interface WorkerEvents {
  /** Carries out what viewers ask for, if they may. */
  readonly control: Control | undefined;
  /** Told of what keeps the page from being served; the run is not affected. */
  onTrouble(error: Error): void;
}

/** A page that a Worker serves. */
export class WorkerServer implements Listening {
  /** Where. */
  readonly addr: Address;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #closed: Promise<void>;
  #closing: Promise<void> | undefined;

  /** Use {@linkcode WorkerServer.start}. */
  private constructor(worker: Worker, clock: Clock, addr: Address, closed: Promise<void>) {
    this.#worker = worker;
    this.#clock = clock;
    this.addr = addr;
    this.#closed = closed;
  }

  /**
   * Starts a Worker.
   *
   * @throws {Error} If the file cannot be read, or the port is taken or not permitted.
   */
  static async start(
    options: HostOptions,
    clock: Clock,
    events: WorkerEvents,
  ): Promise<WorkerServer> {
    const worker = startWorker();
    const opened = Promise.withResolvers<Address>();
    const closed = Promise.withResolvers<void>();
    worker.onmessage = ({ data }: MessageEvent<FromHost>) => {
      switch (data.kind) {
        case "listening":
          opened.resolve(data.addr);
          break;
        case "failed":
          opened.reject(errorOf(data));
          break;
        case "trouble":
          events.onTrouble(new Error(data.message));
          break;
        case "control":
          void answer(events.control, data.request, data.who).then((answered) =>
            tell(worker, { kind: "answer", id: data.id, answer: answered })
          );
          break;
        case "closed":
          closed.resolve();
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(
        `Cannot go on to serve the page, as its thread ended: ${event.message}`,
      );
      opened.reject(error);
      closed.resolve();
      events.onTrouble(error);
    };
    tell(worker, { kind: "open", options });
    try {
      return new WorkerServer(worker, clock, await opened.promise, closed.promise);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Tells how the run stands. */
  tell(status: Status | undefined): void {
    if (this.#closing === undefined) tell(this.#worker, { kind: "status", status });
  }

  /** Closes the page, in bounded time. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    tell(this.#worker, { kind: "close" });
    const over = new AbortController();
    const late = sleep(this.#clock, GRACE, over.signal).catch(() => {});
    await Promise.race([this.#closed, late]);
    over.abort();
    this.#worker.terminate();
  }
}

function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return new Worker(url, { type: "module", name: "stripchart page" });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function tell(worker: Worker, message: ToHost): void {
  worker.postMessage(message);
}

/** An error as it was thrown in the Worker. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  return name === "NotCapable" ? new Deno.errors.NotCapable(message) : new Error(message);
}

/** What comes of a request; that it cannot be carried out is an answer too. */
export async function answer(
  control: Control | undefined,
  request: ControlRequest,
  who: string,
): Promise<ControlAnswer> {
  if (control === undefined) return { done: false, reason: "this page only shows" };
  try {
    return await control(request, who);
  } catch (error) {
    return { done: false, reason: asError(error).message };
  }
}
