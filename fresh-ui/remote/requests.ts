/**
 * Requests to a remote experiment.
 *
 * @module
 */

import type { RemoteRecording } from "../../session/remote_recording.ts";
import { asError } from "../../session/stopped.ts";
import { type Clock, sleep } from "../../time/clock.ts";

/** A remote experiment, whoever serves it. */
export interface Remote {
  /** Whose server it is. */
  readonly server: "stripchart" | "pymanip";
  /** Its time, Unix seconds. */
  now(signal?: AbortSignal): Promise<number>;
  /** The last value of each variable. */
  lastValues(signal?: AbortSignal): Promise<Record<string, number>>;
  /** The parameters. */
  parameters(signal?: AbortSignal): Promise<Record<string, number>>;
  /** All values from a time on, Unix seconds by its clock. */
  seriesFrom(from: number, signal?: AbortSignal): Promise<RemoteRecording["series"]>;
}

/** How requests are made. */
export interface RequestOptions {
  /** The token, if there is one. */
  readonly token: string | undefined;
  /** Milliseconds that an answer, and each part of it, may take to come. */
  readonly timeout: number;
  /** What waits. */
  readonly clock: Clock;
}

/** A server that does not know what it was asked for. */
export class NotThere extends Error {}

/** Makes requests to one server. */
export class Requests {
  /** The folder under which everything is. */
  readonly url: URL;
  readonly #options: RequestOptions;

  /** Makes none yet. */
  constructor(url: URL, options: RequestOptions) {
    this.url = url;
    this.#options = options;
  }

  /**
   * Asks for a path.
   *
   * @throws {NotThere} If the server has nothing there.
   * @throws {Error} If it cannot be reached, takes too long or refuses.
   */
  async ask(path: string, signal?: AbortSignal, body?: unknown): Promise<Response> {
    const { token } = this.#options;
    const url = new URL(path, this.url);
    const late = new AbortController();
    const either = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    const options = {
      signal: either,
      headers: {
        accept: "*/*",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    };
    try {
      const response = await this.#inTime(fetch(url, options), late);
      if (!response.ok) throw await refused(url, response);
      return new Response(response.body && this.#inParts(response.body, late, signal), response);
    } catch (error) {
      if (error instanceof NotThere || error instanceof Refused) throw error;
      throw this.#unreachable(error, signal);
    }
  }

  /** Gives up what takes too long. */
  async #inTime<T>(promise: Promise<T>, late: AbortController): Promise<T> {
    const { timeout, clock } = this.#options;
    const over = new AbortController();
    void sleep(clock, timeout, over.signal).then(
      () => late.abort(new DOMException(`nothing came for ${timeout} ms`, "TimeoutError")),
      () => {},
    );
    try {
      return await promise;
    } finally {
      over.abort();
    }
  }

  /** The same bytes, each part of which comes in time. */
  #inParts(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    late: AbortController,
    signal: AbortSignal | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = body.getReader();
    return new ReadableStream({
      pull: async (controller): Promise<void> => {
        try {
          const { done, value } = await this.#inTime(reader.read(), late);
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(this.#unreachable(error, signal));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  #unreachable(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    return new Error(
      `Cannot read from ${this.url.href}, as ${asError(error).message}. ` +
        "Is the experiment running there?",
      { cause: error },
    );
  }
}

class Refused extends Error {}

async function refused(url: URL, response: Response): Promise<Error> {
  const text = await response.text();
  if (response.status === 404) return new NotThere(`Cannot find ${url.href}.`);
  let why = text.slice(0, 200);
  try {
    const { error } = JSON.parse(text);
    if (typeof error === "string") why = error;
  } catch {
    // It is as it is.
  }
  return new Refused(`Cannot read ${url.href}, as its server answered ${response.status}: ${why}`);
}
