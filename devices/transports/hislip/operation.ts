/**
 * An operation with its end in sight, and the answers that it waits for.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { TimeoutError } from "../errors.ts";
import type { Io } from "../transport.ts";

interface Expiry {
  readonly deadline: number;
  readonly expire: () => void;
}

/**
 * The deadlines of a link, with one timer for all. A timer of its own for each would cost a query more
 * than the query itself; so the timer outlasts what it was set for, and at most the link.
 */
export class Deadlines implements Disposable {
  /** The clock of the deadlines. */
  readonly clock: Clock;
  readonly #pending = new Set<Expiry>();
  #timer: AbortController | undefined;
  #wakes = Infinity;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Has something expire at its deadline. */
  add(expiry: Expiry): void {
    this.#pending.add(expiry);
    if (this.#timer === undefined || expiry.deadline < this.#wakes) this.#arm(expiry.deadline);
  }

  /** It was done in time. */
  delete(expiry: Expiry): void {
    this.#pending.delete(expiry);
  }

  /** Ends the timer; what is pending is left to others. */
  [Symbol.dispose](): void {
    this.#timer?.abort();
    this.#timer = undefined;
  }

  #arm(wakes: number): void {
    this.#timer?.abort();
    const timer = this.#timer = new AbortController();
    this.#wakes = wakes;
    this.clock.sleepUntil(wakes, timer.signal).then(() => this.#wake(), () => {});
  }

  #wake(): void {
    this.#timer = undefined;
    const now = this.clock.monotonic();
    let next = Infinity;
    for (const expiry of [...this.#pending]) {
      if (expiry.deadline <= now) expiry.expire();
      else next = Math.min(next, expiry.deadline);
    }
    // Who was just rejected may not have armed it yet.
    if (this.#pending.size > 0 && this.#timer === undefined) this.#arm(next);
  }
}

/** Something that is done on a link until a deadline, or until it is given up. */
export class Operation {
  readonly #doing: string;
  readonly #resource: string;
  readonly #io: Io;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #started: number;

  /**
   * @param doing What is done, to be read after "Cannot".
   * @throws The reason of the signal, if it is aborted.
   */
  constructor(doing: string, resource: string, io: Io, deadlines: Deadlines) {
    io.signal?.throwIfAborted();
    this.#doing = doing;
    this.#resource = resource;
    this.#io = io;
    this.#deadlines = deadlines;
    this.#clock = deadlines.clock;
    this.#started = this.#clock.monotonic();
  }

  /** Milliseconds that are left. */
  get left(): number {
    return Math.max(0, this.#io.deadline - this.#clock.monotonic());
  }

  /** Whether its signal was aborted. */
  get aborted(): boolean {
    return this.#io.signal?.aborted ?? false;
  }

  /** What it rejects with at its deadline. */
  timeout(): TimeoutError {
    return new TimeoutError(this.#doing, this.#resource, this.#clock.monotonic() - this.#started);
  }

  /** Waits for `work`, but not past the deadline or the signal. Work that comes later is left alone. */
  wait<T>(work: Promise<T>): Promise<T> {
    const { deadline, signal } = this.#io;
    if (signal?.aborted) {
      work.catch(() => {});
      return Promise.reject(signal.reason);
    }
    return new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        signal?.removeEventListener("abort", abort);
        this.#deadlines.delete(expiry);
      };
      const abort = (): void => {
        finish();
        reject(signal?.reason);
      };
      const expiry: Expiry = {
        deadline,
        expire: () => {
          finish();
          reject(this.timeout());
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#deadlines.add(expiry);
      work.then((value) => {
        finish();
        resolve(value);
      }, (error) => {
        finish();
        reject(error);
      });
    });
  }
}

/** A message that answers a request. */
export interface Answer {
  /** Its control code. */
  readonly control: number;
  /** Its parameter. */
  readonly parameter: number;
  /** Its payload. */
  readonly payload: Uint8Array;
}

interface Expected {
  readonly type: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The answers that are due on a channel. A request that was given up keeps its place, so that its late
 * answer is not taken for that of the next one.
 */
export class AnswersDue {
  #due: Expected[] = [];

  /** Whether an answer of this type is due. */
  has(type: number): boolean {
    return this.#due.some((expected) => expected.type === type);
  }

  /** The next answer of this type that nobody waits for yet. */
  expect(type: number): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#due.push({ type, resolve, reject });
    promise.catch(() => {});
    return promise;
  }

  /** Hands an answer to the oldest who waits for its type; false if nobody does. */
  take(type: number, answer: Answer): boolean {
    const at = this.#due.findIndex((expected) => expected.type === type);
    const [expected] = at < 0 ? [] : this.#due.splice(at, 1);
    expected?.resolve(answer);
    return expected !== undefined;
  }

  /** Gives up what is older than the oldest of a type, except another type. */
  forgetBefore(type: number, except: number): void {
    const at = this.#due.findIndex((expected) => expected.type === type);
    this.#due = this.#due.filter((expected, index) => index >= at || expected.type === except);
  }

  /** Rejects the oldest; false if nothing is due. */
  refuse(error: Error): boolean {
    const expected = this.#due.shift();
    expected?.reject(error);
    return expected !== undefined;
  }

  /** Rejects all. */
  refuseAll(error: Error): void {
    while (this.refuse(error));
  }
}
