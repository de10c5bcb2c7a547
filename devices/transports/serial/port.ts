/**
 * A serial port as a transport: what a system's handle can do at once, made to wait, end and be given up.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, TimeoutError } from "../errors.ts";
import type { Io, ReadIo, ReadResult, Transport } from "../transport.ts";
import { Waiting } from "../waiting.ts";
import type { LineErrors, ModemLines, OutputLines, SerialControl } from "./control.ts";
import type { Direction, SerialHandle } from "./system.ts";

/** Longest turn of looking whether the output has left, in milliseconds. */
const LONGEST_LOOK = 20;

/** What a port is made of. */
export interface PortParts {
  /** The open port. */
  readonly handle: SerialHandle;
  /** As messages call it. */
  readonly resource: string;
  /** Silence that ends a recovery, in milliseconds. */
  readonly quiet: number;
  /** How long a byte takes, in milliseconds. */
  readonly byteTime: number;
  /** Where time comes from. */
  readonly clock: Clock;
}

/** An open serial port. */
export class SerialPort implements Transport, SerialControl {
  readonly resource: string;
  readonly hasEnd = false;
  readonly path: string;
  readonly baudRate: number;
  readonly lowLatency: boolean;
  readonly #handle: SerialHandle;
  readonly #quiet: number;
  readonly #byteTime: number;
  readonly #clock: Clock;
  readonly #waiting: Readonly<Record<Direction, Waiting>>;
  readonly #ended = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(parts: PortParts) {
    this.resource = parts.resource;
    this.#handle = parts.handle;
    this.#quiet = parts.quiet;
    this.#byteTime = parts.byteTime;
    this.#clock = parts.clock;
    this.#waiting = { read: new Waiting(parts.clock), write: new Waiting(parts.clock) };
    this.path = parts.handle.path;
    this.baudRate = parts.handle.baudRate;
    this.lowLatency = parts.handle.lowLatency;
  }

  get alive(): boolean {
    return !this.#ended.signal.aborted && this.#handle.present();
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    if (target.length === 0) {
      throw new RangeError(`Cannot read from ${this.resource}, as the target has no room: 0 bytes`);
    }
    return { count: await this.#transfer("read", target, io), end: false };
  }

  async write(data: Uint8Array, _end: boolean, io: Io): Promise<void> {
    const start = this.#clock.monotonic();
    let rest = data;
    while (rest.length > 0) rest = rest.subarray(await this.#transfer("write", rest, io, start));
  }

  discard(): number {
    return this.#try((handle) => {
      const count = handle.inputWaiting();
      if (count > 0) handle.flush(true, false);
      return count;
    });
  }

  async recover(io: Io): Promise<string> {
    this.#try((handle) => {
      handle.flush(true, true);
      handle.resumeOutput();
    });
    const scratch = new Uint8Array(4096);
    let late = 0;
    for (;;) {
      const now = this.#clock.monotonic();
      const silentAt = now + this.#quiet;
      try {
        const deadline = Math.min(silentAt, io.deadline);
        late += (await this.read(scratch, { ...io, deadline })).count;
        // What comes without a pause must not get round the deadline.
        if (this.#clock.monotonic() < io.deadline) continue;
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        if (silentAt <= io.deadline) break;
      }
      throw new LinkError(
        `Cannot recover ${this.resource}, as it was not silent for ${this.#quiet} ms in the time ` +
          `there was; ${late} bytes were thrown away. Stop what it sends, or allow more time.`,
        this.resource,
      );
    }
    return `The line was flushed and was silent for ${this.#quiet} ms; ` +
      `${late} late bytes were thrown away.`;
  }

  modemLines(): ModemLines {
    return this.#try((handle) => handle.modemLines());
  }

  setLines(lines: Partial<OutputLines>): void {
    this.#try((handle) => handle.setLines(lines));
  }

  async sendBreak(ms: number, io: Io): Promise<void> {
    const until = this.#clock.monotonic() + ms;
    if (!(ms > 0)) {
      throw new RangeError(`Cannot send a break, as its length is more than 0 ms: ${ms}`);
    }
    io.signal?.throwIfAborted();
    this.#try((handle) => handle.setBreak(true));
    try {
      await this.#pause(until, io, "send a break on");
    } finally {
      if (!this.#ended.signal.aborted) this.#try((handle) => handle.setBreak(false));
    }
  }

  inputWaiting(): number {
    return this.#try((handle) => handle.inputWaiting());
  }

  outputWaiting(): number {
    return this.#try((handle) => handle.outputWaiting());
  }

  async drain(io: Io): Promise<void> {
    io.signal?.throwIfAborted();
    for (;;) {
      const waiting = this.outputWaiting();
      if (waiting === 0) return;
      // No system tells this without a thread that waits, but the rate says how long it takes.
      const look = Math.min(Math.max(1, waiting * this.#byteTime), LONGEST_LOOK);
      await this.#pause(this.#clock.monotonic() + look, io, "drain");
    }
  }

  flush(what: "input" | "output" | "both"): void {
    this.#try((handle) => handle.flush(what !== "output", what !== "input"));
  }

  lineErrors(): LineErrors {
    return this.#try((handle) => handle.lineErrors());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end(new LinkError(`Cannot use ${this.resource}, as it is closed`, this.resource));
  }

  /** Tries first, and waits only if there is nothing to be done yet. */
  async #transfer(
    direction: Direction,
    bytes: Uint8Array,
    io: Io,
    start = this.#clock.monotonic(),
  ): Promise<number> {
    io.signal?.throwIfAborted();
    const doing = direction === "read" ? "read from" : "write to";
    const late = (): TimeoutError => this.#late(doing, start);
    for (;;) {
      const count = this.#try((handle) =>
        direction === "read" ? handle.read(bytes) : handle.write(bytes)
      );
      if (count > 0) return count;
      const waiting = this.#waiting[direction];
      const cancel = this.#handle.when(direction, () => waiting.wake());
      try {
        await waiting.wait(io, late);
      } finally {
        cancel();
      }
    }
  }

  async #pause(until: number, io: Io, doing: string): Promise<void> {
    const start = this.#clock.monotonic();
    const signals = [this.#ended.signal, ...io.signal === undefined ? [] : [io.signal]];
    await this.#clock.sleepUntil(Math.min(until, io.deadline), AbortSignal.any(signals));
    if (until > io.deadline) throw this.#late(doing, start);
  }

  #late(doing: string, start: number): TimeoutError {
    const elapsed = this.#clock.monotonic() - start;
    return new TimeoutError(`${doing} ${this.resource}`, this.resource, elapsed);
  }

  /** Does something at once; a device that left ends the port, and with it whatever waits. */
  #try<T>(act: (handle: SerialHandle) => T): T {
    this.#ended.signal.throwIfAborted();
    try {
      return act(this.#handle);
    } catch (error) {
      // The descriptor is given back, or the device comes back under another name.
      if (error instanceof LinkError) this.#end(error).catch(() => {});
      throw error;
    }
  }

  #end(why: LinkError): Promise<void> {
    return this.#closing ??= (async () => {
      this.#ended.abort(why);
      for (const waiting of Object.values(this.#waiting)) {
        waiting.fail(why);
        waiting.stop();
      }
      await this.#handle.close();
    })();
  }
}
