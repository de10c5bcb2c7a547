/**
 * What tests of the live page share.
 *
 * @module
 */

import type { LivePage, LivePageOptions } from "../../fresh-ui/driven_page.ts";
import { livePage } from "../../fresh-ui/live_page.ts";
import { Session } from "../../session/session.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { APART, START } from "../session/_session.ts";

/** A session in memory and a page of it, on a clock that a test moves. */
export function watched(options: Partial<LivePageOptions> = {}): {
  readonly session: Session;
  readonly page: LivePage;
  readonly clock: VirtualClock;
} & AsyncDisposable {
  const clock = new VirtualClock({ start: START * 1e6, automatic: false });
  const session = new Session(null, { ...APART, clock });
  const page = livePage({ source: session, clock, ...options });
  return {
    session,
    page,
    clock,
    async [Symbol.asyncDispose](): Promise<void> {
      page[Symbol.dispose]();
      await session.close();
    },
  };
}

/** Asks a page for a path. */
export function get(page: LivePage, path: string, init: RequestInit = {}): Promise<Response> {
  return page.fetch(new Request(`http://localhost${path}`, init));
}

/** Asks a page for JSON. */
export async function getJson<T>(page: LivePage, path: string): Promise<T> {
  const response = await get(page, path);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return await response.json();
}

/** A message of a stream. */
export interface Message {
  /** What it is. */
  readonly event: string;
  /** Its data. */
  // deno-lint-ignore no-explicit-any -- tests look at what they expect
  readonly data: any;
  /** The place in the order, if it has one. */
  readonly id: string | undefined;
}

/** Reads a stream message by message. */
export class StreamReader implements AsyncDisposable {
  /** Comments so far. */
  comments = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onBytes: (bytes: number) => void;
  readonly #decoder = new TextDecoder();
  #text = "";
  #pending: ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]> | undefined;

  /** @param onBytes Told how many bytes each part has. */
  constructor(response: Response, onBytes: (bytes: number) => void = () => {}) {
    this.#onBytes = onBytes;
    if (response.body === null) throw new Error("there is no stream");
    this.#reader = response.body.getReader();
  }

  /** The messages that have come by now. */
  async arrived(): Promise<Message[]> {
    while (true) {
      this.#pending ??= this.#reader.read();
      const late = Symbol();
      const nothing = new Promise<typeof late>((resolve) => setTimeout(() => resolve(late), 0));
      const result = await Promise.race([this.#pending, nothing]);
      if (result === late) break;
      this.#pending = undefined;
      if (result.done) break;
      this.#onBytes(result.value.byteLength);
      this.#text += this.#decoder.decode(result.value, { stream: true });
    }
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    return blocks.flatMap((block) => this.#parse(block));
  }

  #parse(block: string): Message[] {
    const fields: Record<string, string> = {};
    for (const line of block.split("\n")) {
      const [name = "", value = ""] = line.split(/: ?(.*)/s);
      fields[name] = value;
    }
    if (fields[""] !== undefined) this.comments += 1;
    const { event, data, id } = fields;
    return event === undefined || data === undefined ? [] : [{ event, data: JSON.parse(data), id }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Waits until something is so, for what really takes time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it never became so: ${condition}`);
}
