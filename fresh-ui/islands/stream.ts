/// <reference lib="dom" />
/**
 * The stream of what happens, which mends itself.
 *
 * @module
 */

import type { StreamMessages } from "../protocol.ts";
import { browserTime } from "./browser.ts";

/** How the page is connected: `"lost"` after a while without the server. */
export type Connection = "live" | "connecting" | "lost";

/** What a stream tells. */
export interface StreamEvents {
  /** How it is connected. */
  connection(state: Connection): void;
  /** A message. */
  message<K extends keyof StreamMessages>(name: K, data: StreamMessages[K]): void;
  /** It was away for so long, or the file is another one, that the page reads everything anew. */
  restarted(): void;
}

/** Without a word for so long, the connection is taken for dead. The server speaks each second. Milliseconds. */
const SILENCE = 8_000;
/** Waits between tries: doubled each time up to the longest. Milliseconds. */
const RETRY = { first: 500, longest: 8_000 };
const NAMES: readonly (keyof StreamMessages)[] = [
  "entries",
  "events",
  "status",
  "session",
  "skipped",
];

/**
 * Follows a session. After the server, the network or the computer was away it connects again, from the place
 * in the order up to which it knows all: nothing is missed and nothing comes twice.
 */
export class Stream {
  readonly #url: (since: number) => string;
  readonly #events: StreamEvents;
  #since: number;
  #source: EventSource | undefined;
  #heard = browserTime.now();
  #retry = RETRY.first;
  #cancelRetry: (() => void) | undefined;
  readonly #stopWatch: () => void;
  #closed = false;

  /**
   * @param url The address from a place in the order on.
   * @param since The place.
   */
  constructor(url: (since: number) => string, since: number, events: StreamEvents) {
    this.#url = url;
    this.#since = since;
    this.#events = events;
    // A computer that slept, or a network that swallowed the end, leaves a connection that only looks alive.
    this.#stopWatch = browserTime.every(1_000, () => {
      if (this.#source !== undefined && browserTime.now() - this.#heard > SILENCE / 1e3) {
        this.#again(0);
      }
    });
    this.#open();
  }

  /** Ends it. */
  close(): void {
    this.#closed = true;
    this.#stopWatch();
    this.#cancelRetry?.();
    this.#source?.close();
  }

  #open(): void {
    if (this.#closed) return;
    this.#heard = browserTime.now();
    const source = new EventSource(this.#url(this.#since));
    this.#source = source;
    source.addEventListener("open", () => {
      this.#heard = browserTime.now();
      this.#retry = RETRY.first;
      this.#events.connection("live");
    });
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      const wait = this.#retry;
      this.#retry = Math.min(RETRY.longest, wait * 2);
      this.#events.connection(wait > RETRY.first * 2 ? "lost" : "connecting");
      this.#again(wait);
    });
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return;
        this.#heard = browserTime.now();
        const { data, lastEventId } = event as MessageEvent<string>;
        const seq = Number(lastEventId);
        if (lastEventId !== "" && Number.isFinite(seq)) {
          // An order that goes back is that of another file under the same name.
          if (seq < this.#since) {
            this.#since = seq;
            this.#events.restarted();
            return;
          }
          this.#since = seq;
        }
        this.#events.message(name, JSON.parse(data));
      });
    }
  }

  #again(wait: number): void {
    this.#source?.close();
    this.#source = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = browserTime.after(wait, () => this.#open());
  }
}
