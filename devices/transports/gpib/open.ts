/**
 * Instruments on a GPIB board through linux-gpib or NI-488.2.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { formatResourceName } from "../../resource_name.ts";
import type { GpibName } from "../../resource_name/types.ts";
import { TimeoutError } from "../errors.ts";
import type { Io, Transport } from "../transport.ts";
import { GpibBoard } from "./board.ts";
import { errorOf } from "./errors.ts";
import { GpibLink } from "./instrument.ts";
import { GpibWatch } from "./watch.ts";

/** How a GPIB board is used. */
export interface GpibOptions {
  /**
   * The library's absolute path; Deno needs `--allow-ffi` with the same.
   *
   * @default `STRIPCHART_GPIB_LIBRARY`, if Deno may read it, or the usual places of linux-gpib and NI-488.2
   */
  readonly library?: string;
  /** The board's number in the library. @default that of the resource name */
  readonly board?: number;
  /** How often the line of service requests is looked at, in milliseconds. @default 20 */
  readonly pollInterval?: number;
  /** What deadlines are on. @default the system's clock */
  readonly clock?: Clock;
}

/** Where an instrument is on a bus. */
export type GpibAddress = Omit<GpibName, "bus">;

/** On the wire a secondary address has these bits too. */
export const SECONDARY = 0x60;

const watches = new WeakMap<GpibBoard, GpibWatch>();

function watchOf(board: GpibBoard, clock: Clock, interval: number): GpibWatch {
  let watch = watches.get(board);
  if (watch === undefined) {
    watch = new GpibWatch(board, clock, interval);
    watches.set(board, watch);
  }
  return watch;
}

function checked(what: string, value: number, from: number, to: number): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new RangeError(
    `Cannot open a GPIB instrument, as ${what} must be an integer from ${from} to ${to}: ${value}.`,
  );
}

/**
 * Opens a link to an instrument on a GPIB board. The bus is not used for that: whether the instrument is there shows
 * when it is written to. All instruments of a board share one Worker, in which the library runs.
 *
 * @param address Board, primary and secondary address.
 * @param io Deadline and signal.
 * @throws {RangeError} If an address or an option is out of range.
 * @throws {LinkError} If there is no library, with all that were tried; or if there is no such board.
 * @throws {TimeoutError} If the deadline passes.
 */
export async function openGpib(
  address: GpibAddress,
  io: Io,
  options: GpibOptions = {},
): Promise<Transport> {
  const { clock = systemClock, pollInterval = 20 } = options;
  const number = checked("the board", options.board ?? address.board, 0, 15);
  const primary = checked("the primary address", address.primary, 0, 30);
  const secondary = address.secondary === undefined
    ? 0
    : SECONDARY + checked("the secondary address", address.secondary, 0, 30);
  if (!(pollInterval >= 1)) {
    throw new RangeError(
      `Cannot look for service requests every ${pollInterval} ms: it must be 1 at least.`,
    );
  }
  const resource = formatResourceName({ bus: "gpib", ...address });
  const board = await GpibBoard.join({ library: options.library, board: number, clock }, io);
  let givenUp = false;
  try {
    const start = clock.monotonic();
    const elapsed = () => clock.monotonic() - start;
    const late = () => new TimeoutError(`open ${resource}`, resource, elapsed());
    const device = await board.exclusively(io, late, async () => {
      const result = await board.ask({ kind: "open", board: number, primary, secondary });
      const error = errorOf(result, "open", resource, elapsed());
      if (error !== undefined) throw error;
      const opened = result.value ?? 0;
      if (givenUp) await board.ask({ kind: "close", device: opened });
      return opened;
    });
    const watch = watchOf(board, clock, pollInterval);
    return new GpibLink({ board, watch, clock, device, resource });
  } catch (error) {
    givenUp = true;
    await board.leave();
    throw error;
  }
}
