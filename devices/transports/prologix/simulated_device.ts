/**
 * An instrument on a simulated GPIB bus: it listens, talks, and requests service.
 *
 * @module
 */

import type { Responder } from "../responder.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Longest message that an instrument takes. */
const MOST_INPUT = 16 * 2 ** 20;

/** One responder at an address. */
export class SimulatedGpibDevice implements Disposable {
  readonly #responder: Responder;
  readonly #subscription: Disposable | undefined;
  #input: number[] = [];
  #output: { data: Uint8Array }[] = [];
  #work: Promise<void> = Promise.resolve();
  /** Counts clears: an answer from before one is thrown away. */
  #generation = 0;
  #requests = false;
  /** Settled with the next answer; one for all who wait. */
  #next = Promise.withResolvers<void>();

  /** @param responder What it is. */
  constructor(responder: Responder) {
    this.#responder = responder;
    this.#subscription = responder.onServiceRequest?.(() => {
      this.#requests = true;
    });
  }

  /** Whether it pulls the line of service requests. */
  get requests(): boolean {
    return this.#requests;
  }

  /** Takes bytes; a message ends with END or with a line feed. */
  listen(bytes: Uint8Array, end: boolean): void {
    for (const byte of bytes) if (this.#input.length < MOST_INPUT) this.#input.push(byte);
    if (!end && this.#input.at(-1) !== LF) return;
    let length = this.#input.length;
    if (this.#input[length - 1] === LF) length -= 1;
    if (this.#input[length - 1] === CR) length -= 1;
    const message = Uint8Array.from(this.#input.slice(0, length));
    this.#input = [];
    const generation = this.#generation;
    this.#work = this.#work.then(async () => {
      if (generation !== this.#generation) return;
      // IEEE 488.2, 6.3.2.3: a new message takes back an answer that nobody read.
      this.#output = [];
      const answer = await this.#responder.receive(message);
      if (answer === undefined || answer.length === 0 || generation !== this.#generation) return;
      this.#output.push({ data: answer });
      this.#next.resolve();
      this.#next = Promise.withResolvers<void>();
    }).catch(() => {
      // An instrument that fails is silent.
    });
  }

  /** Waits until it has something to say. */
  ready(): Promise<void> {
    if (this.#output.length > 0) return Promise.resolve();
    return this.#next.promise;
  }

  /**
   * What it says, up to and with its END or a byte.
   *
   * @param stop The byte.
   */
  talk(stop: number | undefined): { readonly data: Uint8Array; readonly end: boolean } | undefined {
    const first = this.#output[0];
    if (first === undefined) return undefined;
    const at = stop === undefined ? -1 : first.data.indexOf(stop);
    const data = at < 0 ? first.data : first.data.subarray(0, at + 1);
    const end = data.length === first.data.length;
    if (end) this.#output.shift();
    else first.data = first.data.subarray(data.length);
    return { data, end };
  }

  /** Device clear. */
  clear(): void {
    this.#generation += 1;
    this.#input = [];
    this.#output = [];
    this.#responder.clear?.();
  }

  /** Group execute trigger. */
  trigger(): void {
    this.#responder.trigger?.();
  }

  /** Serial poll: the status byte, and the request for service is taken back. */
  poll(): number {
    const byte = (this.#responder.statusByte?.() ?? 0) & 0xbf;
    const requested = this.#requests ? 0x40 : 0;
    this.#requests = false;
    return byte | requested;
  }

  [Symbol.dispose](): void {
    this.#subscription?.[Symbol.dispose]();
  }
}
