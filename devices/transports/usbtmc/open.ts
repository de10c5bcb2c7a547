/**
 * Opening a USB instrument.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { parseResourceName } from "../../resource_name.ts";
import type { UsbName } from "../../resource_name/types.ts";
import { LinkError } from "../errors.ts";
import type { LinuxCalls } from "../serial/linux/libc.ts";
import { commonPlatform } from "../serial/linux/platform.ts";
import type { Share, SharedPlatform } from "../serial/shared.ts";
import { findHolders, inUseBy } from "../serial/unix/holder.ts";
import type { Io, Transport, TransportEvent } from "../transport.ts";
import { noInstrument, notPermitted } from "./advice.ts";
import { AsyncPipes } from "./async_pipes.ts";
import { DeviceFile } from "./file.ts";
import { UsbtmcInstrument } from "./instrument.ts";
import { type Found, listUsbtmc, matching, type Roots, type UsbtmcDevice } from "./list.ts";
import { checkClass } from "./name.ts";
import { PlainPipes } from "./plain_pipes.ts";
import { ASYNC_VERSION, fixed, KEEPING_VERSION, REQUEST, wordOf } from "./requests.ts";

/** How {@linkcode openUsbtmc} opens an instrument. */
export interface UsbtmcOptions {
  /** Refuses an instrument that another program has locked, and keeps others off. @default {true} */
  readonly exclusive?: boolean;
  /**
   * Clears the instrument at opening, so that what a program before left unread is no answer to this one. Its
   * settings stay as they are.
   *
   * @default {true}
   */
  readonly clear?: boolean;
  /** What deadlines are on. @default {the system's clock} */
  readonly clock?: Clock;
  /** Is told how the link fares. */
  readonly onEvent?: (event: TransportEvent) => void;
}

/** Where instruments are; tests have their own. */
export interface UsbtmcSystem {
  /** The C library, and the wait that all ports share. */
  readonly shared: SharedPlatform<LinuxCalls>;
  /** Where the kernel's files are. */
  readonly roots: Roots;
}

/** To read and write, not for children. */
const OPEN_FLAGS = 0x2 | 0x80000;
const LOCK_EXCLUSIVE_NOW = 2 | 4;

function thisSystem(): UsbtmcSystem {
  if (Deno.build.os !== "linux") {
    throw new Deno.errors.NotSupported(
      `Cannot use USB instruments directly, as there is no way to them on this system: ${Deno.build.os}. ` +
        "Install the VISA library of an instrument maker, and set library to its path.",
    );
  }
  return { shared: commonPlatform, roots: { sys: "/sys", dev: "/dev" } };
}

/**
 * Lists the USB instruments that the kernel's driver has, also those that this user may not open.
 *
 * It needs what {@linkcode openUsbtmc} needs.
 *
 * @example
 * ```ts ignore
 * import { usbtmcDevices } from "@stripchart/stripchart/devices";
 *
 * for (const { resource, model, unusable } of usbtmcDevices()) {
 *   console.log(resource, model ?? "", unusable ?? "");
 * }
 * ```
 *
 * @throws {Deno.errors.NotCapable} If the system's library is not permitted.
 * @throws {Deno.errors.NotSupported} If the system is not Linux.
 */
export function usbtmcDevices(): UsbtmcDevice[] {
  return devicesOf(thisSystem());
}

/** The instruments of a system. */
export function devicesOf({ shared, roots }: UsbtmcSystem): UsbtmcDevice[] {
  const share = shared.take("list the USB instruments");
  try {
    return listUsbtmc(share.calls, roots).map(({ device }) => device);
  } finally {
    share.giveNow();
  }
}

/**
 * Opens a USB instrument by the kernel's driver usbtmc: Linux only. It is locked against other programs that ask for
 * that, as this one does.
 *
 * It needs `--allow-ffi` of the system's C library only; an error names the path.
 *
 * @param resource As `"USB0::0x0957::0x1796::MY50000123::INSTR"`. Without a serial number it is the only such model
 * that is connected.
 * @param io Deadline and signal of the opening.
 * @param options Lock, clearing.
 * @throws {LinkError} If there is no such instrument, there are several, it is in use or may not be opened.
 * @throws {RangeError} If it is another kind of resource.
 * @throws {Deno.errors.NotCapable} If the system's library is not permitted.
 * @throws {Deno.errors.NotSupported} If the system is not Linux.
 *
 * @example
 * ```ts ignore
 * import { openUsbtmc } from "@stripchart/stripchart/devices";
 *
 * await using scope = await openUsbtmc("USB0::0x0957::0x1796::INSTR", {
 *   deadline: performance.now() + 5000,
 * });
 * ```
 */
export async function openUsbtmc(
  resource: string,
  io: Io,
  options: UsbtmcOptions = {},
): Promise<Transport> {
  const name = parseResourceName(resource);
  if (name.bus !== "usb") {
    throw new RangeError(
      `Cannot open ${resource} as a USB instrument, as its name begins with USB. Open it by its own bus.`,
    );
  }
  checkClass(name);
  return await openUsbtmcOn(thisSystem(), name, resource, io, options);
}

/** Opens an instrument of a system. */
export async function openUsbtmcOn(
  { shared, roots }: UsbtmcSystem,
  name: UsbName,
  resource: string,
  io: Io,
  { exclusive = true, clear = true, clock = systemClock, onEvent }: UsbtmcOptions = {},
): Promise<Transport> {
  io.signal?.throwIfAborted();
  const share = shared.take(`open ${resource}`);
  let instrument: UsbtmcInstrument;
  try {
    const found = find(share.calls, roots, name, resource);
    instrument = make(found, openFile(found, share, exclusive, resource), share, resource, clock);
  } catch (error) {
    share.giveNow();
    throw error;
  }
  if (!clear) return instrument;
  try {
    await instrument.clear(io);
  } catch (error) {
    if (!(error instanceof LinkError) || !instrument.alive) {
      // Closing waits for the driver, whoever gave up does not.
      instrument[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
    // Few instruments can't, and most of the time there is nothing to be cleared.
    onEvent?.({ kind: "note", message: error.message });
  }
  return instrument;
}

function find(calls: LinuxCalls, roots: Roots, name: UsbName, resource: string): Found {
  const all = listUsbtmc(calls, roots);
  const [found, ...others] = matching(all, name);
  const refuse = (why: string): LinkError =>
    new LinkError(`Cannot open ${resource}, as ${why}`, resource);
  if (found !== undefined && others.length === 0) return found;
  if (found !== undefined) {
    throw refuse(
      `${others.length + 1} instruments have that name. Say which: ${listed([found, ...others])}`,
    );
  }
  if (all.length === 0) throw refuse(noInstrument(calls, roots.sys));
  throw refuse(
    `no such instrument is connected. There are: ${listed(all)}. Look at its plug and its power.`,
  );
}

function listed(all: readonly Found[]): string {
  return all.map(({ device: { resource, path, model } }) =>
    `${resource} (${model === undefined ? path : `${model}, ${path}`})`
  ).join(", ");
}

/** Opens the file and locks it. */
function openFile(
  { device: { path } }: Found,
  { calls }: Share<LinuxCalls>,
  exclusive: boolean,
  resource: string,
): number {
  const fd = calls.open(path, OPEN_FLAGS);
  const refuse = (why: string): LinkError =>
    new LinkError(`Cannot open ${resource}, as ${why}`, resource);
  if (fd < 0) throw refuse(notPermitted(-fd, path));
  if (!exclusive || calls.flock(fd, LOCK_EXCLUSIVE_NOW) >= 0) return fd;
  const holders = findHolders(calls, path, { pid: Deno.pid, fd });
  calls.close(fd);
  throw refuse(inUseBy(holders, path, Deno.pid));
}

/** Finds out what instrument and driver can do. */
function make(
  found: Found,
  fd: number,
  share: Share<LinuxCalls>,
  resource: string,
  clock: Clock,
): UsbtmcInstrument {
  const { calls } = share;
  const version = fixed(4);
  const known = calls.ioctl(fd, REQUEST.API_VERSION, version) >= 0 ? wordOf(version) : 0;
  const transfers = known >= ASYNC_VERSION;
  const bits = fixed(1);
  const capabilities = calls.ioctl(fd, REQUEST.GET_CAPS, bits) >= 0 ? bits[0] ?? 0 : 0;
  // Where the driver knows that, it ends itself what it gave up.
  if (!transfers) calls.ioctl(fd, REQUEST.AUTO_ABORT, new Uint8Array([1]));
  const file = new DeviceFile({ fd, path: found.device.path, resource, share, clock, transfers });
  return new UsbtmcInstrument({
    file,
    pipes: transfers ? new AsyncPipes(file, found) : new PlainPipes(file, found),
    capabilities,
    speaks488: found.speaks488,
    keepsRequests: known >= KEEPING_VERSION,
    // Before it knew transfers, the driver called a service request something to read.
    notifies: !found.notifies ? undefined : transfers ? "priority" : "read",
  });
}
