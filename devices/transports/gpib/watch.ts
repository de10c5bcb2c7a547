/**
 * Looks for service requests on a board.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { TimeoutError } from "../errors.ts";
import { Listened } from "../listened.ts";
import type { Io } from "../transport.ts";
import type { GpibBoard } from "./board.ts";
import { STATUS } from "./ib.ts";

/** Longest pause while the line is held by an instrument that nobody listens to. Milliseconds. */
const LONGEST_PAUSE = 500;
/** How long one look may have to wait for its turn. Milliseconds. */
const PATIENCE = 10_000;

/** An instrument that listens. */
export interface Polled {
  /** Reads its status byte, and tells its listeners if it asks for service. */
  poll(io: Io): Promise<boolean>;
}

/**
 * The line of service requests is looked at, without waiting, in the pauses of the bus: a wait in the library would
 * keep queries off it. Only if it is asserted are the instruments polled.
 */
export class GpibWatch {
  readonly #board: GpibBoard;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #listened = new Listened<Polled>((signal) => this.#poll(signal));

  /** @param interval Milliseconds from one look to the next. */
  constructor(board: GpibBoard, clock: Clock, interval: number) {
    this.#board = board;
    this.#clock = clock;
    this.#interval = interval;
  }

  /** Begins to look for an instrument, until the result is disposed. */
  add(instrument: Polled): AsyncDisposable {
    return this.#listened.add(instrument);
  }

  /** No more for an instrument, however many listeners it has. */
  remove(instrument: Polled): Promise<void> {
    return this.#listened.remove(instrument);
  }

  /** Looks until it is stopped or the board is lost. */
  async #poll(signal: AbortSignal): Promise<void> {
    let pause = this.#interval;
    while (this.#board.alive) {
      const io: Io = { deadline: this.#clock.monotonic() + PATIENCE, signal };
      const asked = await this.#asserted(io);
      // Asserted by somebody that nobody listens to: asking the others again and again is of no use.
      const helped = !asked || await this.#pollAll(io);
      pause = helped ? this.#interval : Math.min(LONGEST_PAUSE, pause * 2);
      try {
        await sleep(this.#clock, pause, signal);
      } catch {
        return;
      }
    }
  }

  async #asserted(io: Io): Promise<boolean> {
    const { resource, number: board } = this.#board;
    const late = () => new TimeoutError("look for service requests on", resource, PATIENCE);
    try {
      const { status } = await this.#board.exclusively(
        io,
        late,
        () => this.#board.ask({ kind: "requested", board }),
      );
      return (status & (STATUS.ERR | STATUS.SRQI)) === STATUS.SRQI;
    } catch {
      // The next look tells; a board that is lost is told to whoever uses it.
      return false;
    }
  }

  /** True if one of the instruments asked for service. */
  async #pollAll(io: Io): Promise<boolean> {
    let helped = false;
    for (const instrument of this.#listened.all) {
      try {
        if (await instrument.poll(io)) helped = true;
      } catch {
        // One that does not answer must not keep the others from being asked.
      }
    }
    return helped;
  }
}
