/**
 * One link of a VXI-11 server: what came in, what goes out, and what waits.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { within } from "../within.ts";
import { Code, Reason } from "./protocol.ts";
import { Refusal, type ServedDevice } from "./served_device.ts";

const NEWLINE = 0x0A;
const RETURN = 0x0D;
const BLOCK = 0x23;

/** What a read gives. */
export interface Portion {
  /** The bytes. */
  readonly data: Uint8Array;
  /** Why they end there. */
  readonly reason: number;
}

/** What one link needs. */
export interface ServedLinkParts {
  /** Its number. */
  readonly id: number;
  /** The instrument. */
  readonly device: ServedDevice;
  /** What time-outs are on. */
  readonly clock: Clock;
  /** Longest message that is taken, bytes. */
  readonly mostMessage: number;
  /** Most bytes that one read gives. */
  readonly mostPerRead: number;
}

/** A client's link to an instrument. Its calls come one at a time. */
export class ServedLink {
  readonly id: number;
  readonly device: ServedDevice;
  readonly #parts: ServedLinkParts;
  #input: Uint8Array[] = [];
  #inputLength = 0;
  #output: Uint8Array | undefined;
  #working: Promise<void> | undefined;
  #failed = false;
  #changed = Promise.withResolvers<void>();
  #generation = 0;
  #stop: AbortController | undefined;
  #requests: Disposable | undefined;

  constructor(parts: ServedLinkParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.device = parts.device;
  }

  /** Whether an answer waits to be read. */
  get hasAnswer(): boolean {
    return this.#output !== undefined;
  }

  /** Begins a call: an abort that came before has nothing to do with it. */
  begin(): void {
    this.#stop = undefined;
  }

  /** Is aborted when the call that is under way is. */
  readonly signal = (): AbortSignal => (this.#stop ??= new AbortController()).signal;

  /** Ends the call that is under way, if it waits. */
  abort(): void {
    this.#stop?.abort(new Refusal(Code.abort));
  }

  /** Takes a part of a message; after the last one the instrument gets it. */
  async write(data: Uint8Array, end: boolean, timeout: number): Promise<void> {
    const deadline = this.#parts.clock.monotonic() + timeout;
    while (this.#working !== undefined) await this.#change(deadline);
    this.#inputLength += data.length;
    if (this.#inputLength > this.#parts.mostMessage) {
      this.#dropInput();
      throw new Refusal(Code.outOfResources);
    }
    this.#input.push(data);
    if (end) this.#receive(withoutLineEnd(this.#takeInput()));
  }

  /** Gives what there is of an answer, or waits for one. */
  async read(size: number, termChar: number | undefined, timeout: number): Promise<Portion> {
    const deadline = this.#parts.clock.monotonic() + timeout;
    while (this.#output === undefined) {
      if (this.#failed) {
        this.#failed = false;
        throw new Refusal(Code.ioError);
      }
      await this.#change(deadline);
    }
    let data = this.#output.subarray(0, Math.min(size, this.#parts.mostPerRead));
    let reason = 0;
    if (termChar !== undefined) {
      const at = data.indexOf(termChar);
      if (at >= 0) {
        data = data.subarray(0, at + 1);
        reason |= Reason.termChar;
      }
    }
    if (data.length === size) reason |= Reason.requestCount;
    if (data.length === this.#output.length) {
      reason |= Reason.end;
      this.#output = undefined;
    } else {
      this.#output = this.#output.subarray(data.length);
    }
    return { data, reason };
  }

  /** Forgets what came in and what would go out. */
  clear(): void {
    this.#generation++;
    this.#dropInput();
    this.#output = undefined;
    this.#failed = false;
    this.#working = undefined;
    this.device.responder.clear?.();
  }

  /** Has service requests sent, or not any more. */
  requestService(send: (() => void) | undefined): void {
    this.#requests?.[Symbol.dispose]();
    this.#requests = send === undefined
      ? undefined
      : this.device.responder.onServiceRequest?.(send);
  }

  /** Ends the link: what waits is aborted, its lock is given back. */
  destroy(): void {
    this.#generation++;
    this.abort();
    this.requestService(undefined);
    this.device.unlock(this);
  }

  /** A new message takes back an answer that was not read (IEEE 488.2, 6.3.2.3: interrupted). */
  #receive(message: Uint8Array): void {
    this.#output = undefined;
    this.#failed = false;
    const generation = ++this.#generation;
    const settle = (answer: Uint8Array | undefined, failed: boolean): void => {
      if (generation !== this.#generation) return;
      this.#working = undefined;
      this.#failed = failed;
      this.#output = answer;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers<void>();
    };
    try {
      const answer = this.device.responder.receive(message);
      if (answer instanceof Promise) {
        this.#working = answer.then(
          (answer) => settle(answer, false),
          () => settle(undefined, true),
        );
      } else {
        settle(answer, false);
      }
    } catch {
      throw new Refusal(Code.ioError);
    }
  }

  #change(deadline: number): Promise<void> {
    return within(
      this.#changed.promise,
      { deadline, signal: this.signal() },
      this.#parts.clock,
      () => new Refusal(Code.ioTimeout),
    );
  }

  #dropInput(): void {
    this.#input = [];
    this.#inputLength = 0;
  }

  #takeInput(): Uint8Array {
    const [first] = this.#input;
    let message = first ?? new Uint8Array();
    if (this.#input.length > 1) {
      message = new Uint8Array(this.#inputLength);
      let at = 0;
      for (const part of this.#input) {
        message.set(part, at);
        at += part.length;
      }
    }
    this.#dropInput();
    return message;
  }
}

/**
 * Takes a line end off that a client sent before END. A message with a block keeps it: only the instrument
 * can tell it from the block's last byte.
 */
function withoutLineEnd(message: Uint8Array): Uint8Array {
  if (message.at(-1) !== NEWLINE || message.includes(BLOCK)) return message;
  return message.subarray(0, message.at(-2) === RETURN ? -2 : -1);
}
