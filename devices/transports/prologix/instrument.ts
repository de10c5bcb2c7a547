/**
 * One instrument behind a Prologix adapter.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, ProtocolError, TimeoutError } from "../errors.ts";
import type { Io, ReadIo, ReadResult, Transport } from "../transport.ts";
import type { PrologixBus } from "./bus.ts";
import type { Selection, Sink } from "./selection.ts";
import { escapeData } from "./wire.ts";

/** How many bytes are kept for an instrument that is not read on while others are served. */
const MOST_KEPT = 64 * 2 ** 20;

/** What an instrument has of its adapter. */
export interface InstrumentParts {
  /** The line. */
  readonly bus: PrologixBus;
  /** What deadlines are on. */
  readonly clock: Clock;
  /** Its own resource name. */
  readonly resource: string;
  /** Its place on the bus. */
  readonly selection: Selection;
  /** Begins to look for service requests for this instrument. */
  watch(instrument: PrologixInstrument): AsyncDisposable;
  /** Is told when the instrument is closed. */
  closed(instrument: PrologixInstrument): Promise<void>;
}

/** A link to one instrument, as others see it. */
export class PrologixInstrument implements Transport, Sink {
  readonly resource: string;
  readonly hasEnd: boolean;
  readonly #parts: InstrumentParts;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(statusByte: number | undefined) => void>();
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;

  /** @param parts Its place, and what it has of the adapter. */
  constructor(parts: InstrumentParts) {
    this.#parts = parts;
    this.resource = parts.resource;
    this.hasEnd = parts.selection.endMark !== undefined;
  }

  get alive(): boolean {
    return !this.#closing.signal.aborted && this.#parts.bus.alive;
  }

  /** Keeps what came for it while another instrument was served. */
  keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes <= MOST_KEPT) this.#kept.push(bytes.slice());
    else this.#kept.length = 0;
  }

  #forget(): void {
    this.#kept.length = 0;
    this.#keptBytes = 0;
  }

  #run<T>(doing: string, io: Io, act: (io: Io) => Promise<T>): Promise<T> {
    const { bus, clock } = this.#parts;
    const start = clock.monotonic();
    const late = () =>
      new TimeoutError(`${doing} ${this.resource}`, this.resource, clock.monotonic() - start);
    const closing = this.#closing.signal;
    const signal = io.signal === undefined ? closing : AbortSignal.any([io.signal, closing]);
    const inner = { deadline: io.deadline, signal };
    if (signal.aborted) return Promise.reject(signal.reason);
    return bus.exclusively(inner, late, () => act(inner));
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    if (data.length === 0) return;
    await this.#run("write to", io, async (io) => {
      await this.#parts.bus.write(this.#parts.selection, this, escapeData(data), end, io);
      this.#forget();
    });
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    const { bus, clock, selection } = this.#parts;
    const start = clock.monotonic();
    for (;;) {
      // Each round gives others a turn: an instrument may take long to answer.
      const result = await this.#run("read from", io, async (io) => {
        // What came for it while others were served comes first.
        await bus.settle(io);
        if (this.#keptBytes > 0) return this.#takeKept(target);
        const read = await bus.read(selection, this, target, io);
        return read === undefined ? undefined : this.#marked(target, read.count);
      });
      if (result !== undefined) return result;
      if (clock.monotonic() >= io.deadline) {
        throw new TimeoutError(
          `read from ${this.resource}`,
          this.resource,
          clock.monotonic() - start,
        );
      }
    }
  }

  #takeKept(target: Uint8Array): ReadResult {
    if (this.#keptBytes > MOST_KEPT) {
      throw new ProtocolError(
        `Cannot read on from ${this.resource}, as more than ${MOST_KEPT} bytes came while other ` +
          `instruments were served. Clear it, and read faster.`,
        this.resource,
      );
    }
    const first = this.#kept[0] ?? new Uint8Array(0);
    const count = Math.min(first.length, target.length);
    target.set(first.subarray(0, count));
    const result = this.#marked(target, count);
    const used = result.end ? result.count + 1 : count;
    if (used < first.length) this.#kept[0] = first.subarray(used);
    else this.#kept.shift();
    this.#keptBytes -= used;
    return result;
  }

  /** Looks for the mark that the adapter puts after END. */
  #marked(target: Uint8Array, count: number): ReadResult {
    const { bus, selection } = this.#parts;
    const at = selection.endMark === undefined
      ? -1
      : target.subarray(0, count).indexOf(selection.endMark);
    if (at < 0) return { count, end: false };
    if (at === count - 1) bus.ended(this);
    return { count: at, end: true };
  }

  async recover(io: Io): Promise<string> {
    await this.#finish("recover", "++clr", io);
    return `cleared ${this.resource}, and threw away what came late`;
  }

  clear(io: Io): Promise<void> {
    return this.#finish("clear", "++clr", io);
  }

  trigger(io: Io): Promise<void> {
    return this.#command("trigger", "++trg", io);
  }

  /** An instrument on GPIB is under remote control from the next write on; only the way back is sent. */
  setRemote(remote: boolean, io: Io): Promise<void> {
    return remote ? Promise.resolve() : this.#command("give back the front panel of", "++loc", io);
  }

  #finish(doing: string, command: string, io: Io): Promise<void> {
    return this.#run(doing, io, async (io) => {
      await this.#parts.bus.finish(this.#parts.selection, this, command, io);
      this.#forget();
    });
  }

  #command(doing: string, command: string, io: Io): Promise<void> {
    return this.#run(
      doing,
      io,
      (io) => this.#parts.bus.send(this.#parts.selection, `${command}\n`, io),
    );
  }

  async readStatusByte(io: Io): Promise<number> {
    const answer = await this.#run(
      "read the status byte of",
      io,
      (io) => this.#parts.bus.ask(this.#parts.selection, "++spoll", io),
    );
    const byte = /^\d{1,3}$/.test(answer) ? Number(answer) : NaN;
    if (!(byte <= 255)) {
      throw new ProtocolError(
        `Cannot read the status byte of ${this.resource}: the adapter answered "${answer}".`,
        this.resource,
      );
    }
    // A serial poll takes the request back, whoever asks for it.
    if ((byte & 0x40) !== 0) { for (const listener of [...this.#listeners]) listener(byte); }
    return byte;
  }

  onServiceRequest(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable> {
    io.signal?.throwIfAborted();
    if (this.#closing.signal.aborted) return Promise.reject(this.#closing.signal.reason);
    const own = (statusByte: number | undefined): void => listener(statusByte);
    this.#listeners.add(own);
    const watch = this.#parts.watch(this);
    return Promise.resolve({
      [Symbol.asyncDispose]: async () => {
        this.#listeners.delete(own);
        await watch[Symbol.asyncDispose]();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(
      new LinkError(`Cannot use ${this.resource}, as it is closed.`, this.resource),
    );
    this.#listeners.clear();
    await this.#parts.closed(this);
  }
}
