/**
 * Instruments in process: a responder where there would be hardware.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { LinkError, TimeoutError, UnsupportedError } from "./errors.ts";
import type { Responder } from "./responder.ts";
import type { Io, LockRequest, ReadIo, ReadResult, Transport } from "./transport.ts";

/** What a link in process is like. */
export interface SimulatedOptions {
  /** The instrument. */
  readonly responder: Responder;
  /** The resource name in its canonical form. @default "SIM0::INSTR" */
  readonly resource?: string;
  /** What latencies and deadlines are on. @default the system's clock */
  readonly clock?: Clock;
  /** Time from the end of a message to the first byte of its answer, in milliseconds. @default 0 */
  readonly latency?: number;
}

/** IEEE 488.2's bit of the status byte for an answer that waits to be read. */
const MESSAGE_AVAILABLE = 0x10;

interface Answer {
  readonly bytes: Uint8Array;
  readonly ready: number;
}

/**
 * Links to an instrument in process. It can all that any bus can.
 *
 * @param options The instrument and its latency.
 */
export function openSimulated(options: SimulatedOptions): Transport {
  return new SimulatedTransport(options);
}

class SimulatedTransport implements Transport {
  readonly hasEnd = true;
  readonly resource: string;
  readonly #responder: Responder;
  readonly #clock: Clock;
  readonly #latency: number;
  readonly #closing = new AbortController();
  readonly #listening = new Set<Disposable>();
  #parts: Uint8Array[] = [];
  #answers: Answer[] = [];
  #taken = 0;
  /** Answers to what was sent before a clear belong to nobody. */
  #epoch = 0;
  #working: Promise<void> = Promise.resolve();
  #lost: LinkError | undefined;
  /** Wakes the read that waits for an answer. */
  #news = Promise.withResolvers<void>();

  constructor(options: SimulatedOptions) {
    this.#responder = options.responder;
    this.resource = options.resource ?? "SIM0::INSTR";
    this.#clock = options.clock ?? systemClock;
    this.#latency = options.latency ?? 0;
  }

  get alive(): boolean {
    return this.#lost === undefined;
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    this.#check(io);
    this.#parts.push(data.slice());
    if (!end) return;
    const message = withoutTerminator(this.#parts);
    this.#parts = [];
    const epoch = this.#epoch;
    const answer = async (): Promise<void> => {
      if (epoch !== this.#epoch || this.#lost !== undefined) return;
      try {
        const bytes = await this.#responder.receive(message);
        if (epoch !== this.#epoch || bytes === undefined || bytes.length === 0) return;
        this.#answers.push({ bytes, ready: this.#clock.monotonic() + this.#latency });
      } catch (error) {
        this.#lost ??= new LinkError(
          `Cannot use ${this.resource}, as its simulated instrument failed: ${error}.`,
          this.resource,
          { cause: error },
        );
      }
      this.#news.resolve();
    };
    this.#working = this.#working.then(answer);
    await Promise.resolve();
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    this.#check(io);
    const start = this.#clock.monotonic();
    while (true) {
      const first = this.#answers[0];
      const now = this.#clock.monotonic();
      if (first !== undefined && first.ready <= now) {
        const count = Math.min(target.length, first.bytes.length - this.#taken);
        target.set(first.bytes.subarray(this.#taken, this.#taken + count));
        this.#taken += count;
        const end = this.#taken === first.bytes.length;
        if (end) {
          this.#answers.shift();
          this.#taken = 0;
        }
        return { count, end };
      }
      this.#check(io);
      if (now >= io.deadline) {
        throw new TimeoutError(`read from ${this.resource}`, this.resource, now - start);
      }
      await this.#wait(Math.min(io.deadline, first?.ready ?? Infinity), io.signal);
    }
  }

  /** Waits for news or a moment. */
  async #wait(until: number, signal: AbortSignal | undefined): Promise<void> {
    const news = this.#news = Promise.withResolvers<void>();
    const done = new AbortController();
    const signals = [done.signal, this.#closing.signal];
    if (signal !== undefined) signals.push(signal);
    const timer = this.#clock.sleepUntil(until, AbortSignal.any(signals));
    try {
      await Promise.race([news.promise, timer]);
    } finally {
      done.abort();
      timer.catch(() => {});
    }
  }

  #check(io: Io): void {
    io.signal?.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
  }

  discard(): number {
    const thrown = this.#answers.filter(({ ready }) => ready <= this.#clock.monotonic());
    const length = thrown.reduce((sum, { bytes }) => sum + bytes.length, -this.#taken);
    if (thrown.length === 0) return 0;
    this.#answers = this.#answers.slice(thrown.length);
    this.#taken = 0;
    return length;
  }

  async recover(io: Io): Promise<string> {
    await this.clear(io);
    return "cleared the simulated instrument";
  }

  async clear(io: Io): Promise<void> {
    this.#check(io);
    this.#epoch++;
    this.#parts = [];
    this.#answers = [];
    this.#taken = 0;
    await this.#responder.clear?.();
  }

  readStatusByte(io: Io): Promise<number> {
    return this.#do(io, () => {
      if (this.#responder.statusByte === undefined) {
        throw new UnsupportedError(
          "read a status byte",
          this.resource,
          "Give the simulated instrument a statusByte().",
        );
      }
      const waits = this.#answers.length > 0 ? MESSAGE_AVAILABLE : 0;
      return this.#responder.statusByte() | waits;
    });
  }

  trigger(io: Io): Promise<void> {
    return this.#do(io, () => {
      if (this.#responder.trigger === undefined) {
        throw new UnsupportedError(
          "trigger",
          this.resource,
          "Give the simulated instrument a trigger().",
        );
      }
      this.#responder.trigger();
    });
  }

  /** There is no other client, so that a lock is always to be had. */
  lock(request: LockRequest): Promise<void> {
    return this.#do(request, () => {});
  }

  unlock(io: Io): Promise<void> {
    return this.#do(io, () => {});
  }

  setRemote(_remote: boolean, io: Io): Promise<void> {
    return this.#do(io, () => {});
  }

  onServiceRequest(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable> {
    return this.#do(io, () => {
      const listening = this.#responder.onServiceRequest?.(listener);
      if (listening === undefined) {
        throw new UnsupportedError(
          "wait for service requests",
          this.resource,
          "Give the simulated instrument an onServiceRequest().",
        );
      }
      this.#listening.add(listening);
      return {
        [Symbol.asyncDispose]: (): Promise<void> => {
          if (this.#listening.delete(listening)) listening[Symbol.dispose]();
          return Promise.resolve();
        },
      };
    });
  }

  /** Does something that needs no time, with a rejection where it throws. */
  // deno-lint-ignore require-await -- what throws is to reject
  async #do<T>(io: Io, act: () => T): Promise<T> {
    this.#check(io);
    return act();
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closing.signal.aborted) {
      const error = new LinkError(`Cannot use ${this.resource}, as it was closed.`, this.resource);
      this.#lost = error;
      this.#closing.abort(error);
      for (const listening of this.#listening) listening[Symbol.dispose]();
      this.#listening.clear();
    }
    return Promise.resolve();
  }
}

/** A message in one piece, without the newline that ends it on some buses. */
function withoutTerminator(parts: readonly Uint8Array[]): Uint8Array {
  const message = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  let end = message.length;
  if (message[end - 1] === 0x0a) end--;
  if (end < message.length && message[end - 1] === 0x0d) end--;
  return message.subarray(0, end);
}
