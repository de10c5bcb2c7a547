/**
 * The one line to a Prologix adapter, shared by all instruments behind it.
 *
 * The adapter marks no end of what it read from an instrument. So whenever somebody else is to be served
 * after a read, its version is asked for: what comes before that answer belongs to the former reader, and
 * all that comes after it is new. Such a fence costs no waiting, since the next command goes along with it.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { Turns, turnWithin } from "../turns.ts";
import { within } from "../within.ts";
import { LinkError, ProtocolError, TimeoutError } from "../errors.ts";
import type { Io, ReadResult, Transport } from "../transport.ts";
import { find, joined } from "./bytes.ts";
import type { Selection, Sink } from "./selection.ts";
import { Greeting, setUpText } from "./greeting.ts";

/** How an adapter is used. */
export interface BusTuning {
  /** How long the adapter waits for an instrument's next byte, in milliseconds, 1 to 3000. */
  readonly readTimeout: number;
  /** How much later a silent line is taken as the end of that wait, in milliseconds. */
  readonly margin: number;
}

/** Longest text before the adapter's first answer. */
const MOST_GREETING = 65_536;

/** How long a line may take to be written, even if its sender has given up. Milliseconds. */
const WRITE_TIMEOUT = 2000;

const DISCARD: Sink = { keep() {} };
const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** The adapter's state as far as it is known, and the only one to talk to it. */
export class PrologixBus {
  readonly #link: Transport;
  readonly #clock: Clock;
  readonly #tuning: BusTuning;
  readonly #turns = new Turns();
  readonly #scratch = new Uint8Array(65_536);
  #marker: Uint8Array = nothing;
  #address = "";
  #end = true;
  #endMark: number | undefined;
  /** Whose bytes may still come. */
  #reader: Sink | undefined;
  /** Who gets what comes before the next answer to a fence, and the one after it. */
  readonly #fences: Sink[] = [];
  /** What was received and not yet given to anybody. */
  #ahead: Uint8Array = nothing;
  /** Why nothing more can be sent. */
  #torn: LinkError | undefined;
  /** Whether the adapter has given up the read that was asked for. */
  #silent = false;

  /** @param link The line, open; nobody else may use it. */
  constructor(link: Transport, clock: Clock, tuning: BusTuning) {
    this.#link = link;
    this.#clock = clock;
    this.#tuning = tuning;
  }

  /** The resource name of the line. */
  get resource(): string {
    return this.#link.resource;
  }

  /** Whether the line is there. */
  get alive(): boolean {
    return this.#torn === undefined && this.#link.alive;
  }

  /** What the adapter says it is. */
  get version(): string {
    return new TextDecoder().decode(this.#marker).trim();
  }

  /** Sets the adapter up and learns how it answers. */
  async start(io: Io): Promise<void> {
    await this.#write(encoder.encode(setUpText(this.#tuning.readTimeout)), io);
    const greeting = new Greeting();
    for (let length = 0; length < MOST_GREETING; length += this.#marker.length) {
      this.#marker = await this.#line(io);
      if (greeting.ends(this.#marker)) return;
    }
    throw new ProtocolError(
      `Cannot use ${this.resource} as a Prologix adapter: it does not answer "++ver" and ` +
        `"++eot_char" as one. Check the port (1234 over TCP) and that nobody else uses it.`,
      this.resource,
    );
  }

  /**
   * Does something while nobody else talks to the adapter. If the caller gives up, a line that is being
   * written is still written to its end, since half of one would spoil the next.
   */
  exclusively<T>(io: Io, late: () => Error, act: () => Promise<T>): Promise<T> {
    return within(this.#inTurn(io, late, act), io, this.#clock, late);
  }

  async #inTurn<T>(io: Io, late: () => Error, act: () => Promise<T>): Promise<T> {
    using _turn = await turnWithin(this.#turns, io, this.#clock, late);
    io.signal?.throwIfAborted();
    if (this.#clock.monotonic() >= io.deadline) throw late();
    if (this.#torn !== undefined) throw this.#torn;
    try {
      return await act();
    } catch (error) {
      throw error instanceof TimeoutError ? late() : error;
    }
  }

  async #write(bytes: Uint8Array, io: Io): Promise<void> {
    const deadline = Math.max(io.deadline, this.#clock.monotonic() + WRITE_TIMEOUT);
    try {
      await this.#link.write(bytes, true, { deadline });
    } catch (error) {
      this.#torn = error instanceof LinkError ? error : new LinkError(
        `Cannot go on with ${this.resource}, as it did not take a whole line. Open it anew.`,
        this.resource,
        { cause: error },
      );
      throw error;
    }
  }

  /**
   * Sends something and waits for no answer.
   *
   * @param selection Who is meant; nobody if absent.
   * @param rest Who gets the rest of what was being read; the reader itself if absent.
   */
  async send(
    selection: Selection | undefined,
    payload: Uint8Array | string,
    io: Io,
    rest?: Sink,
  ): Promise<void> {
    const parts: Uint8Array[] = [];
    if (this.#reader !== undefined) {
      parts.push(encoder.encode("++ver\n"));
      this.#fences.push(rest ?? this.#reader);
      this.#reader = undefined;
    }
    if (selection !== undefined) parts.push(encoder.encode(this.#select(selection)));
    parts.push(typeof payload === "string" ? encoder.encode(payload) : payload);
    await this.#write(joined(parts), io);
  }

  #select({ address, endMark }: Selection): string {
    let text = "";
    if (address !== this.#address) text += `++addr ${address}\n`;
    if (endMark !== this.#endMark) {
      text += endMark === undefined
        ? "++eot_enable 0\n"
        : `++eot_char ${endMark}\n++eot_enable 1\n`;
    }
    this.#address = address;
    this.#endMark = endMark;
    return text;
  }

  /** Sends data to an instrument. The rest of its former answer goes away. */
  async write(
    selection: Selection,
    sink: Sink,
    line: Uint8Array,
    end: boolean,
    io: Io,
  ): Promise<void> {
    const mark = end === this.#end ? nothing : encoder.encode(`++eoi ${end ? 1 : 0}\n`);
    this.#end = end;
    const rest = this.#reader === sink ? DISCARD : undefined;
    await this.send(selection, joined([mark, line]), io, rest);
  }

  /** Asks for a line of the adapter's own. */
  async ask(selection: Selection | undefined, command: string, io: Io): Promise<string> {
    await this.send(selection, `${command}\n`, io);
    // If the answer does not come in time, it must not be taken for something else later.
    this.#reader = DISCARD;
    await this.settle(io);
    const line = await this.#line(io);
    this.#reader = undefined;
    return new TextDecoder().decode(line).trim();
  }

  /** Sends a command, and waits until the adapter has carried it out and all that came before. */
  async finish(selection: Selection, sink: Sink, command: string, io: Io): Promise<void> {
    const rest = this.#reader === sink ? DISCARD : undefined;
    await this.send(selection, `${command}\n`, io, rest);
    this.#reader = DISCARD;
    await this.send(undefined, "", io);
    await this.settle(io);
  }

  /**
   * Reads what an instrument has to say, for as long as the adapter waits for it.
   *
   * @returns What came; nothing if the instrument was silent.
   */
  async read(
    selection: Selection,
    sink: Sink,
    target: Uint8Array,
    io: Io,
  ): Promise<ReadResult | undefined> {
    if (this.#reader !== sink) {
      await this.send(selection, "++read eoi\n", io);
    } else if (this.#silent) {
      await this.#write(encoder.encode("++read eoi\n"), io);
    }
    this.#reader = sink;
    this.#silent = false;
    await this.settle(io);
    if (this.#ahead.length > 0) {
      const count = Math.min(this.#ahead.length, target.length);
      target.set(this.#ahead.subarray(0, count));
      this.#ahead = this.#ahead.subarray(count);
      return { count, end: false };
    }
    const until = this.#clock.monotonic() + this.#tuning.readTimeout + this.#tuning.margin;
    const deadline = Math.min(io.deadline, until);
    try {
      const { count } = await this.#link.read(target, { ...io, deadline });
      if (count === 0) this.#gone();
      return { count, end: false };
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      this.#silent = until <= io.deadline;
      return undefined;
    }
  }

  /** An instrument's answer has ended with its mark: nothing more comes of itself. */
  ended(sink: Sink): void {
    if (this.#reader === sink && this.#ahead.length === 0) this.#reader = undefined;
  }

  #gone(): never {
    this.#torn = new LinkError(
      `Cannot read from ${this.resource}, as it is closed.`,
      this.resource,
    );
    throw this.#torn;
  }

  async #receive(io: Io): Promise<void> {
    const { count } = await this.#link.read(this.#scratch, io);
    if (count === 0) this.#gone();
    this.#ahead = joined([this.#ahead, this.#scratch.slice(0, count)]);
  }

  async #line(io: Io): Promise<Uint8Array> {
    for (let from = 0;;) {
      const at = this.#ahead.indexOf(0x0a, from);
      if (at >= 0) {
        const line = this.#ahead.slice(0, at + 1);
        this.#ahead = this.#ahead.subarray(at + 1);
        return line;
      }
      from = this.#ahead.length;
      if (from > MOST_GREETING) {
        throw new ProtocolError(
          `Cannot read a line of the adapter from ${this.resource}: it is longer than ` +
            `${MOST_GREETING} bytes.`,
          this.resource,
        );
      }
      await this.#receive(io);
    }
  }

  /** Gives away all that comes before the answers to the fences. */
  async settle(io: Io): Promise<void> {
    while (this.#fences.length > 0) {
      const sink = this.#fences[0] ?? DISCARD;
      const at = find(this.#ahead, this.#marker);
      if (at >= 0) {
        sink.keep(this.#ahead.subarray(0, at));
        this.#ahead = this.#ahead.subarray(at + this.#marker.length);
        this.#fences.shift();
        continue;
      }
      const sure = Math.max(0, this.#ahead.length - this.#marker.length + 1);
      sink.keep(this.#ahead.subarray(0, sure));
      this.#ahead = this.#ahead.slice(sure);
      await this.#receive(io);
    }
  }

  /** Closes the line. */
  close(): Promise<void> {
    return this.#link[Symbol.asyncDispose]();
  }
}
