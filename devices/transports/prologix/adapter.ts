/**
 * A Prologix GPIB adapter (GPIB-ETHERNET, GPIB-USB and what is made alike, as AR488) over any line.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { LinkError, TimeoutError } from "../errors.ts";
import { Listened } from "../listened.ts";
import type { Io, Transport } from "../transport.ts";
import { PrologixBus } from "./bus.ts";
import { PrologixInstrument } from "./instrument.ts";
import { addressText, type GpibAddress } from "./wire.ts";

/** How an adapter is used. */
export interface PrologixOptions {
  /** What deadlines are on; the line must be on the same. @default the system's clock */
  readonly clock?: Clock;
  /** The bus's number in resource names. @default 0 */
  readonly board?: number;
  /**
   * How long the adapter waits for an instrument's next byte before it is asked again, in milliseconds, 1 to
   * 3000. Other instruments wait that long while one is silent. @default 200
   */
  readonly readTimeout?: number;
  /** How much later silence is taken as the end of that wait, in milliseconds. @default 100 */
  readonly margin?: number;
  /** How often the line of service requests is looked at, in milliseconds. @default 100 */
  readonly srqInterval?: number;
}

/** How an instrument behind an adapter is used. */
export interface PrologixInstrumentOptions {
  /**
   * A byte that the adapter puts after END, which the link then reports as such: for instruments that end
   * their text without a line feed. It must not occur in any answer; so not for binary data. @default none
   */
  readonly endMark?: number;
}

/**
 * An adapter, shared by the instruments behind it. One of them is served at a time, in the order of asking;
 * while one takes its time to answer, the others get their turns.
 */
export interface PrologixAdapter extends AsyncDisposable {
  /** What the adapter says it is. */
  readonly version: string;
  /** False once the line is lost or closed. */
  readonly alive: boolean;
  /**
   * A link to an instrument. The bus tells nobody whether there is one.
   *
   * @throws {RangeError} If the address or the mark is out of range.
   * @throws {LinkError} If the adapter is closed.
   */
  instrument(address: GpibAddress, options?: PrologixInstrumentOptions): Transport;
  /** Closes the links to all instruments and the line. */
  [Symbol.asyncDispose](): Promise<void>;
}

class Adapter implements PrologixAdapter {
  readonly #bus: PrologixBus;
  readonly #clock: Clock;
  readonly #board: number;
  readonly #srqInterval: number;
  readonly #instruments = new Set<PrologixInstrument>();
  readonly #listened = new Listened<PrologixInstrument>((signal) => this.#poll(signal));
  #closed: Promise<void> | undefined;

  constructor(bus: PrologixBus, clock: Clock, board: number, srqInterval: number) {
    this.#bus = bus;
    this.#clock = clock;
    this.#board = board;
    this.#srqInterval = srqInterval;
  }

  get version(): string {
    return this.#bus.version;
  }

  get alive(): boolean {
    return this.#closed === undefined && this.#bus.alive;
  }

  instrument(address: GpibAddress, options: PrologixInstrumentOptions = {}): Transport {
    const { endMark } = options;
    if (endMark !== undefined && !(Number.isInteger(endMark) && endMark >= 0 && endMark <= 255)) {
      throw new RangeError(`Cannot mark an end by ${endMark}: it must be an integer from 0 to 255`);
    }
    const text = addressText(address);
    const { primary, secondary } = address;
    const place = secondary === undefined ? `${primary}` : `${primary}::${secondary}`;
    const resource = `GPIB${this.#board}::${place}::INSTR`;
    if (this.#closed !== undefined) {
      throw new LinkError(`Cannot open ${resource}, as its adapter is closed.`, resource);
    }
    const instrument = new PrologixInstrument({
      bus: this.#bus,
      clock: this.#clock,
      resource,
      selection: endMark === undefined ? { address: text } : { address: text, endMark },
      watch: (instrument) => this.#listened.add(instrument),
      closed: async (instrument) => {
        this.#instruments.delete(instrument);
        await this.#listened.remove(instrument);
      },
    });
    this.#instruments.add(instrument);
    return instrument;
  }

  /** Looks for service requests until it is stopped or the line is lost. */
  async #poll(signal: AbortSignal): Promise<void> {
    const late = () => new TimeoutError("poll the service requests", this.#bus.resource, 0);
    for (;;) {
      try {
        // A silent instrument may keep the adapter for a while.
        const io: Io = { deadline: this.#clock.monotonic() + 10_000, signal };
        const asked = await this.#bus.exclusively(
          io,
          late,
          () => this.#bus.ask(undefined, "++srq", io),
        );
        if (asked === "1") {
          for (const instrument of this.#listened.all) await instrument.readStatusByte(io);
        }
      } catch {
        // A poll that failed is made again; a line that is lost is told to whoever uses it.
        if (signal.aborted || !this.#bus.alive) return;
      }
      try {
        await sleep(this.#clock, this.#srqInterval, signal);
      } catch {
        return;
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const instruments = [...this.#instruments];
    await Promise.all(instruments.map((instrument) => instrument[Symbol.asyncDispose]()));
    await this.#bus.close();
  }
}

/**
 * Sets a Prologix adapter up as the controller of its bus.
 *
 * @param link A line to it, open: TCP port 1234 without Nagle's delay, or a serial port. It belongs to the
 * adapter from now on and is closed with it, also if this fails.
 * @param io Deadline and signal of the set-up.
 * @throws {TimeoutError} If nothing answers.
 * @throws {ProtocolError} If what answers is no such adapter.
 * @throws {RangeError} If an option is out of range.
 */
export async function openPrologixAdapter(
  link: Transport,
  io: Io,
  options: PrologixOptions = {},
): Promise<PrologixAdapter> {
  const { clock = systemClock, readTimeout = 200, margin = 100, board = 0, srqInterval = 100 } =
    options;
  try {
    if (!Number.isInteger(readTimeout) || readTimeout < 1 || readTimeout > 3000) {
      throw new RangeError(
        `Cannot have the adapter wait ${readTimeout} ms: it must be an integer from 1 to 3000`,
      );
    }
    const bus = new PrologixBus(link, clock, { readTimeout, margin });
    const start = clock.monotonic();
    const late = () =>
      new TimeoutError(
        `set up the Prologix adapter at ${link.resource}`,
        link.resource,
        clock.monotonic() - start,
      );
    await bus.exclusively(io, late, () => bus.start(io));
    return new Adapter(bus, clock, board, srqInterval);
  } catch (error) {
    await link[Symbol.asyncDispose]();
    throw error;
  }
}
