/**
 * Instruments through a VISA library of an instrument maker (NI-VISA, Keysight, R&S …).
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { LinkError, TimeoutError, UnsupportedError } from "../errors.ts";
import type { Io, Transport } from "../transport.ts";
import { VisaLibrary } from "./library.ts";
import { errorOf, timeoutOf, VisaLink } from "./transport.ts";
import { SERIAL } from "./visa.ts";

/** How a VISA library is used. */
export interface VisaLibraryOptions {
  /**
   * The library's absolute path; Deno needs `--allow-ffi` with the same.
   *
   * @default `STRIPCHART_VISA_LIBRARY` or `PYVISA_LIBRARY`, if Deno may read them, or the usual places
   */
  readonly library?: string;
  /** What deadlines are on. @default the system's clock */
  readonly clock?: Clock;
}

/** How an instrument is opened. */
export interface VisaLibraryOpenOptions extends VisaLibraryOptions {
  /** The library's attributes, as numbers of VPP-4.3, that are set at once: `{ 0x3fff0021: 9600 }`. */
  readonly attributes?: Readonly<Record<number, number | bigint>>;
}

/**
 * Opens an instrument through a VISA library. The library runs in a Worker, with one resource manager for all
 * that is opened through it.
 *
 * @param resource A VISA resource name or an alias that the library knows.
 * @param io Deadline and signal.
 * @throws {LinkError} If there is no library, with all that were tried; or if it can't open the resource.
 * @throws {TimeoutError} If the deadline passes.
 * @throws {UnsupportedError} If it is a raw socket, which needs no library.
 */
export async function openVisaLibrary(
  resource: string,
  io: Io,
  options: VisaLibraryOpenOptions = {},
): Promise<Transport> {
  const { library: path, clock = systemClock, attributes = {} } = options;
  if (resource.includes("\0")) {
    throw new SyntaxError(`Cannot open a resource as its name has a NUL: ${resource}`);
  }
  const library = await VisaLibrary.join(path, clock, io);
  let link: VisaLink | undefined;
  try {
    const start = clock.monotonic();
    const late = () => new TimeoutError(`open ${resource}`, resource, clock.monotonic() - start);
    const timeout = timeoutOf(clock, io.deadline);
    const result = await library.ask({ kind: "open", resource, timeout }, io, late);
    const error = errorOf(result, "open", resource, clock.monotonic() - start);
    if (error !== undefined) throw error;
    const { value: session, names, interfaceType, resourceClass } = result;
    if (session === undefined) throw new LinkError(`Cannot open ${resource}.`, resource);
    link = new VisaLink({
      library,
      clock,
      session,
      resource: names?.[0] ?? resource,
      hasEnd: interfaceType !== SERIAL,
    });
    if (resourceClass === "SOCKET") {
      throw new UnsupportedError(
        `use ${resource} through a VISA library`,
        resource,
        "Open it as a socket, which needs no library.",
      );
    }
    for (const [attribute, state] of Object.entries(attributes)) {
      await link.setAttribute(Number(attribute), BigInt(state), io);
    }
    return link;
  } catch (error) {
    await (link === undefined ? library.leave() : link[Symbol.asyncDispose]());
    throw error;
  }
}

/**
 * Lists what a VISA library finds.
 *
 * @param expression VISA's search expression. `"?*INSTR"` finds all instruments.
 * @param io Deadline and signal: some libraries take minutes.
 * @returns Resource names.
 * @throws {LinkError} If there is no library, with all that were tried.
 * @throws {TimeoutError} If the deadline passes.
 */
export async function findVisaResources(
  expression: string,
  io: Io,
  options: VisaLibraryOptions = {},
): Promise<readonly string[]> {
  const { library: path, clock = systemClock } = options;
  const library = await VisaLibrary.join(path, clock, io);
  try {
    const start = clock.monotonic();
    const late = () =>
      new TimeoutError("find resources by VISA", "VISA", clock.monotonic() - start);
    const result = await library.ask({ kind: "find", expression }, io, late);
    const error = errorOf(result, "find resources by", "VISA", clock.monotonic() - start);
    if (error !== undefined) throw error;
    return result.names ?? [];
  } finally {
    await library.leave();
  }
}
