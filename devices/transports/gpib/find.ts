/**
 * Finds the instruments on a GPIB board.
 *
 * @module
 */

import { systemClock } from "../../../time/system_clock.ts";
import { formatResourceName } from "../../resource_name.ts";
import { TimeoutError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { GpibBoard } from "./board.ts";
import { errorOf } from "./errors.ts";
import { ANY_SECONDARY, ERROR, timeoutCode } from "./ib.ts";
import { type GpibOptions, SECONDARY } from "./open.ts";

/** How long the bus may take to say whether there is a listener. Milliseconds. */
const PATIENCE = 100;
/** So many addresses at which the bus hangs, and it is left alone. */
const MOST_HUNG = 3;
/** Instruments on a bus beside its controller, IEEE 488.1 section 1.3. */
const MOST_INSTRUMENTS = 14;
const HIGHEST = 30;

/** An address that could not be asked. */
export interface GpibSkipped {
  /** Its resource name. */
  readonly resource: string;
  /** Why, for a person. */
  readonly reason: string;
}

/** What is on a bus. */
export interface GpibScan {
  /** The resource names of those that listen, by their addresses. */
  readonly found: readonly string[];
  /** Where it is not known whether there is one. */
  readonly skipped: readonly GpibSkipped[];
}

/**
 * Looks at each address of a board for somebody who listens. The instruments notice no more than being addressed.
 * None is waited for longer than 100 ms, and after three of those the rest is skipped: one instrument that hangs must
 * not hold the search up.
 *
 * @param board The board's number.
 * @param io When the deadline passes, the search ends with what it has; the rest is skipped.
 * @param options Which library.
 * @throws {LinkError} If there is no library or no such board, or if it can't control the bus.
 * @throws {UnsupportedError} If the board can't see who listens.
 * @throws The signal's reason.
 */
export async function findGpibInstruments(
  board: number,
  io: Io,
  options: Omit<GpibOptions, "board" | "pollInterval"> = {},
): Promise<GpibScan> {
  const { clock = systemClock, library } = options;
  const used = await GpibBoard.join({ library, board, clock }, io);
  try {
    return await new Search(used, io, clock).run();
  } finally {
    await used.leave();
  }
}

/** Where the search has come to. */
class Search {
  readonly #board: GpibBoard;
  readonly #io: Io;
  readonly #clock: { monotonic(): number };
  readonly #skipped: GpibSkipped[] = [];
  #hung = 0;

  constructor(board: GpibBoard, io: Io, clock: { monotonic(): number }) {
    this.#board = board;
    this.#io = io;
    this.#clock = clock;
  }

  async run(): Promise<GpibScan> {
    const own = await this.#own();
    const primaries: number[] = [];
    const found: string[] = [];
    for (let primary = 0; primary <= HIGHEST; primary++) {
      if (primary === own) continue;
      const before = found.length;
      await this.#at(primary, found);
      if (found.length > before) primaries.push(primary);
    }
    if (primaries.length <= MOST_INSTRUMENTS) return { found, skipped: this.#skipped };
    const reason =
      `at ${primaries.length} addresses somebody seems to listen, more than a bus can ` +
      `have: one that is switched off or hangs holds the line. Unplug one after the other`;
    return {
      found: [],
      skipped: [...found.map((resource) => ({ resource, reason })), ...this.#skipped],
    };
  }

  /** The board's own address, at which nobody else can be; undefined if there was no time to ask. */
  async #own(): Promise<number | undefined> {
    try {
      return await this.#ask("ownAddress");
    } catch (error) {
      if (error instanceof TimeoutError) return undefined;
      throw error;
    }
  }

  async #at(primary: number, found: string[]): Promise<void> {
    const plain = await this.#listens(primary, undefined, 0);
    if (plain !== false) {
      if (plain) found.push(this.#name(primary));
      return;
    }
    if (await this.#listens(primary, undefined, ANY_SECONDARY) !== true) return;
    for (let secondary = 0; secondary <= HIGHEST; secondary++) {
      if (await this.#listens(primary, secondary, SECONDARY + secondary)) {
        found.push(this.#name(primary, secondary));
      }
    }
  }

  #name(primary: number, secondary?: number): string {
    const board = this.#board.number;
    return formatResourceName({
      bus: "gpib",
      board,
      primary,
      ...(secondary === undefined ? {} : { secondary }),
    });
  }

  /** Whether somebody listens at an address; undefined, and a line in the list, if that can't be known. */
  async #listens(
    primary: number,
    secondary: number | undefined,
    sent: number,
  ): Promise<boolean | undefined> {
    const skip = (reason: string): undefined =>
      void this.#skipped.push({ resource: this.#name(primary, secondary), reason });
    this.#io.signal?.throwIfAborted();
    if (this.#clock.monotonic() >= this.#io.deadline) return skip("there was no time left");
    if (this.#hung >= MOST_HUNG) {
      return skip(`the bus hung at ${this.#hung} addresses before: an instrument holds it`);
    }
    try {
      return await this.#ask("listens", primary, sent) !== 0;
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      if (this.#clock.monotonic() >= this.#io.deadline) return skip("there was no time left");
      this.#hung += 1;
      return skip(`the bus hung for ${PATIENCE} ms`);
    }
  }

  async #ask(kind: "ownAddress" | "listens", primary = 0, secondary = 0): Promise<number> {
    const { resource, number: board } = this.#board;
    const late = () => new TimeoutError("search", resource, PATIENCE);
    const timeout = timeoutCode(PATIENCE);
    const result = await this.#board.exclusively(this.#io, late, () =>
      this.#board.ask(
        kind === "listens" ? { kind, board, primary, secondary, timeout } : { kind, board },
      ));
    // A bus with nobody on it takes no command.
    if (result.error === ERROR.ENOL || result.error === ERROR.EBUS) return 0;
    const error = errorOf(result, "search", resource, PATIENCE);
    if (error !== undefined) throw error;
    return result.value ?? 0;
  }
}
