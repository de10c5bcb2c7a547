/**
 * What the page's Worker does: serve the page, so that nobody who looks delays what is measured.
 *
 * @module
 */

import { asError } from "../../session/stopped.ts";
import { systemClock } from "../../time/system_clock.ts";
import { type DrivenPage, drivenPage } from "../driven_page.ts";
import type { ControlAnswer, ControlRequest } from "../protocol.ts";
import { listen, type Listening } from "./listen.ts";
import type { FromHost, HostOptions, ToHost } from "./messages.ts";

/** Requests to the run that may wait for their answer. */
const MOST_WAITING = 32;

/** Serves a page as it is told to. */
export class PageHost {
  readonly #say: (message: FromHost) => void;
  readonly #waiting = new Map<number, (answer: ControlAnswer) => void>();
  #page: DrivenPage | undefined;
  #listening: Listening | undefined;
  #asked = 0;

  /** @param say Tells the main thread something. */
  constructor(say: (message: FromHost) => void) {
    this.#say = say;
  }

  /** Does what the main thread wants. */
  hear(message: ToHost): void {
    switch (message.kind) {
      case "open":
        this.#open(message.options);
        break;
      case "status":
        this.#page?.tell(message.status);
        break;
      case "answer":
        this.#waiting.get(message.id)?.(message.answer);
        this.#waiting.delete(message.id);
        break;
      case "close":
        void this.#close();
    }
  }

  #open({ file, host, port, base, token, hosts, control, assets }: HostOptions): void {
    try {
      const page = drivenPage({
        source: file,
        base,
        clock: systemClock,
        onTrouble: (error) => this.#say({ kind: "trouble", message: asError(error).message }),
        ...(token === undefined ? {} : { token }),
        ...(hosts === undefined ? {} : { hosts }),
        ...(control ? { control: (request, who) => this.#ask(request, who) } : {}),
      }, assets);
      this.#page = page;
      this.#listening = listen(page, host, port, systemClock);
      this.#say({ kind: "listening", addr: this.#listening.addr });
    } catch (error) {
      this.#page?.[Symbol.dispose]();
      const { name, message } = asError(error);
      this.#say({ kind: "failed", name, message });
    }
  }

  #ask(request: ControlRequest, who: string): Promise<ControlAnswer> {
    if (this.#waiting.size >= MOST_WAITING) {
      return Promise.resolve({ done: false, reason: "too many others ask at once: try again" });
    }
    const id = this.#asked++;
    const { promise, resolve } = Promise.withResolvers<ControlAnswer>();
    this.#waiting.set(id, resolve);
    this.#say({ kind: "control", id, request, who });
    return promise;
  }

  async #close(): Promise<void> {
    for (const answer of this.#waiting.values()) answer({ done: false, reason: "the run is over" });
    this.#waiting.clear();
    await this.#listening?.close().catch(() => {});
    this.#say({ kind: "closed" });
  }
}
