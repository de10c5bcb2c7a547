/**
 * Links through a Prologix adapter that is opened with the first of them and closed with the last.
 *
 * @module
 */

import type { Io, Transport } from "../transport.ts";
import {
  openPrologixAdapter,
  type PrologixAdapter,
  type PrologixInstrumentOptions,
  type PrologixOptions,
} from "./adapter.ts";
import type { GpibAddress } from "./wire.ts";

/** A line to an adapter that is yet to be opened. */
export interface PrologixLine {
  /** What it is, the same for all who share it: `"PRLGX-TCPIP0::10.0.0.7::1234::INTFC"`. */
  readonly name: string;
  /** Opens it: a socket or a serial port. */
  open(io: Io): Promise<Transport>;
}

interface Shared {
  readonly adapter: Promise<PrologixAdapter>;
  users: number;
  closed: Promise<void> | undefined;
}

const shared = new Map<string, Shared>();

function leave(name: string, entry: Shared): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0) return Promise.resolve();
  if (shared.get(name) === entry) shared.delete(name);
  entry.closed = entry.adapter.then((adapter) => adapter[Symbol.asyncDispose](), () => {});
  return entry.closed;
}

/**
 * Opens a link to an instrument behind a Prologix adapter. Who names the same line shares the adapter; the
 * options of the first count for all.
 *
 * @param line The line to the adapter.
 * @param address The instrument.
 * @param io Deadline and signal.
 * @throws {LinkError} If the line can't be opened.
 * @throws {TimeoutError} If nothing answers.
 * @throws {ProtocolError} If what answers is no such adapter.
 */
export async function openPrologix(
  line: PrologixLine,
  address: GpibAddress,
  io: Io,
  options: PrologixOptions & PrologixInstrumentOptions = {},
): Promise<Transport> {
  let entry = shared.get(line.name);
  if (entry !== undefined) {
    // A line that was lost is left to those who still hold it; the others get a new one.
    const adapter = await entry.adapter.catch(() => undefined);
    if (adapter?.alive !== true && shared.get(line.name) === entry) shared.delete(line.name);
    entry = shared.get(line.name);
  }
  if (entry === undefined) {
    const adapter = line.open(io).then((link) => openPrologixAdapter(link, io, options));
    entry = { adapter, users: 0, closed: undefined };
    shared.set(line.name, entry);
  }
  const own = entry;
  own.users += 1;
  try {
    const link = (await own.adapter).instrument(address, options);
    const dispose = link[Symbol.asyncDispose].bind(link);
    let closed: Promise<void> | undefined;
    link[Symbol.asyncDispose] = () => closed ??= dispose().then(() => leave(line.name, own));
    return link;
  } catch (error) {
    await leave(line.name, own);
    throw error;
  }
}
